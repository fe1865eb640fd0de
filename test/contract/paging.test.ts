import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PagingStage } from './paging-stage.ts';

let stage: PagingStage;
beforeEach(async () => {
  stage = await PagingStage.start();
});
afterEach(() => stage.stop());

describe('pages', () => {
  it('tells each person once, whatever happens in between, and writes down that it stands there', async () => {
    const { id } = await stage.calling(['ana', 'ben']);
    const first = stage.pages();
    await first.round();
    await first.round();
    // The process is killed: another one knows only what is in the journal.
    const second = stage.pages();
    await second.round();
    expect(await stage.keys(id)).toEqual([`${id} page 1 ana slack P0`, `${id} page 1 ben slack P0`]);
    expect(await stage.told(id)).toEqual([]);
    await stage.post(`${id} page 1 ana`);
    await stage.post(`${id} page 1 ben`);
    await second.round();
    await second.round();
    await stage.pages().round();
    expect(await stage.told(id)).toEqual([
      'paged: Ana was told directly in Slack.',
      'paged: Ben was told directly in Slack.',
    ]);
    await stage.call(id, ['ana']);
    await second.round();
    expect((await stage.keys(id)).filter((key) => key.includes('ana'))).toHaveLength(2);
  });

  it('offers to acknowledge, and not any more when somebody has', async () => {
    const { id } = await stage.calling(['ana']);
    const running = stage.pages();
    await running.round();
    await stage.post(`${id} page 1 ana`);
    const shown = async () => (await stage.bench.journal.deliveries.find(`${id} page 1 ana`))?.message;
    expect(await shown()).toMatchObject({
      state: 'you are called',
      tone: 'bad',
      parts: [{ text: 'Ana is called.' }, { text: `${id} · https://chat.example/INC-1` }],
    });
    expect((await shown())?.actions.map(({ line }) => line)).toEqual([
      `ack ${id}`,
      `escalate ${id}`,
      `show ${id}`,
    ]);
    await stage.bench.journal.incidents.write(async (desk) => {
      const incident = await desk.find(id);
      if (incident !== undefined)
        await desk.put({ ...incident, state: 'acknowledged', acknowledgedBy: 'ben' });
    });
    await running.round();
    expect(await shown()).toMatchObject({ state: 'acknowledged by Ben' });
    await stage.bench.journal.incidents.write(async (desk) => {
      const incident = await desk.find(id);
      if (incident !== undefined) await desk.put({ ...incident, state: 'resolved' });
    });
    await running.round();
    expect(await shown()).toMatchObject({ state: 'resolved', tone: 'good' });
  });

  it('tries their other chat where the first gives up, or takes nothing for a minute', async () => {
    const { id } = await stage.calling(['ana']);
    const running = stage.pages();
    await running.round();
    await stage.giveUp(`${id} page 1 ana`, 'no such channel');
    await running.round();
    expect(await stage.keys(id)).toEqual([`${id} page 1 ana slack P0`, `${id} page 1 ana again telegram P0`]);
    await stage.post(`${id} page 1 ana again`);
    await running.round();
    expect(await stage.told(id)).toEqual(['paged: Ana was told directly in Telegram.']);
    const other = await stage.calling(['ana']);
    await running.round();
    stage.at += 61_000;
    await running.round();
    expect(await stage.keys(other.id)).toHaveLength(2);
  });

  it('says to everybody whom it could not tell', async () => {
    const { id, version } = await stage.calling(['ana', 'ben', 'cem']);
    const running = stage.pages();
    stage.reached = ({ slack }) => (slack === 'U0BEN' ? { platform: 'slack', channel: 'D1' } : undefined);
    await running.round();
    // Cem has no account at all; Ana's chats may only be away for a moment.
    expect(await stage.told(id)).toEqual([
      'said page failed: Cem could NOT be told directly: no chat reaches them.',
    ]);
    await stage.giveUp(`${id} page 1 ben`, 'the account is gone');
    stage.at += 61_000;
    await running.round();
    expect((await stage.told(id)).slice(1)).toEqual([
      'said page failed: Ana could NOT be told directly: no chat reaches them.',
      'said page failed: Ben could NOT be told directly: the account is gone.',
    ]);
    expect((await stage.bench.journal.incidents.find(id))?.version).toBeGreaterThan(version);
    expect((await stage.bench.journal.incidents.unshown(10)).map(({ incident }) => incident.id)).toEqual([
      id,
    ]);
  });

  it('says it where a chat takes nothing for long, and still tells them when it does', async () => {
    const { id } = await stage.calling(['ben']);
    const running = stage.pages();
    await running.round();
    stage.at += 11 * 60_000;
    await running.round();
    expect(await stage.told(id)).toEqual([
      'said page failed: Ben could NOT be told directly: their chat takes nothing at present.',
    ]);
    await stage.post(`${id} page 1 ben`);
    await running.round();
    expect(await stage.told(id)).toHaveLength(1);
  });

  it('calls a webhook for each person, once, and writes down what it answered', async () => {
    stage.phone.answers.push(503, 200, 404);
    const { id } = await stage.calling(['ana', 'ben'], ['phone', 'gone']);
    const running = stage.pages();
    await running.round();
    await vi.waitFor(async () => expect(await stage.told(id)).toHaveLength(4));
    await running.round();
    await running.stop();
    const [first] = stage.phone.got;
    expect(first?.body).toMatchObject({
      incident: id,
      severity: 'P0',
      title: 'down',
      service: 'karmabot',
      url: 'https://chat.example/INC-1',
    });
    expect(new Set(stage.phone.got.map(({ headers }) => headers['idempotency-key']))).toEqual(
      new Set([`${id}-page-1-phone-ana-by-webhook`, `${id}-page-1-phone-ben-by-webhook`]),
    );
    expect(stage.phone.got).toHaveLength(3);
    const lines = await stage.told(id);
    expect(lines.filter((line) => line.startsWith('paged: The webhook phone was called for'))).toHaveLength(
      1,
    );
    expect(lines.filter((line) => line.endsWith('it answers 404.'))).toHaveLength(1);
    expect(lines.filter((line) => line.endsWith('it is not in the configuration any more.'))).toHaveLength(2);
  });

  it('calls it once more after a stop in the middle, under the same key', async () => {
    stage.phone.answers.push('hang');
    const { id } = await stage.calling([], ['phone']);
    const stopped = stage.pages();
    await stopped.round();
    await vi.waitFor(() => expect(stage.phone.got).toHaveLength(1));
    await stopped.stop();
    expect(await stage.told(id)).toEqual([]);
    const running = stage.pages();
    await running.round();
    await vi.waitFor(async () =>
      expect(await stage.told(id)).toEqual(['paged: The webhook phone was called.']),
    );
    await running.stop();
    expect(stage.phone.got.map(({ headers }) => headers['idempotency-key'])).toEqual([
      `${id}-page-1-phone-by-webhook`,
      `${id}-page-1-phone-by-webhook`,
    ]);
    expect(stage.phone.got[0]?.body).not.toHaveProperty('person');
  });

  it('wakes nobody an hour late, nor for what is over', async () => {
    const late = await stage.calling([], ['phone']);
    const over = await stage.calling(['ana'], ['phone']);
    await stage.bench.journal.incidents.write((desk) => desk.put({ ...over, state: 'resolved' }));
    stage.at += 61 * 60_000;
    const running = stage.pages();
    await running.round();
    await running.stop();
    expect(await stage.told(late.id)).toEqual([
      'said page failed: The webhook phone could NOT be called: too late by more than an hour.',
    ]);
    expect([await stage.told(over.id), await stage.keys(over.id), stage.phone.got]).toEqual([[], [], []]);
  });
});
