import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { show } from '../../../commands/show.ts';
import type { Alert, AlertReport } from '../../../src/domain/alert.ts';
import type { Message } from '../../../src/domain/message.ts';
import { NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { contextOf } from '../workflow/context.ts';
import { configuration, person, rule } from '../workflow/yard.ts';

const ana = person('ana', 'operator');
const ben = person('ben', 'karma-only');
const rules = [rule(1, { service: ['karmabot'], allow: ['operator', 'karma-only'] }), rule(2)];
const ours = {
  ...configuration(rules),
  people: [ana, ben],
  timezone: 'UTC',
  integrations: [
    {
      name: 'am',
      source: 'alertmanager',
      settings: {},
      tokens: [],
      logins: [],
      secrets: [],
      services: [],
      levels: {},
      mostInFiveMinutes: 300,
    },
  ],
};

const report = (fingerprint: string, title: string): AlertReport => ({
  fingerprint,
  kind: 'alert',
  status: 'firing',
  level: 'critical',
  title,
  labels: {},
  annotations: {},
  links: [],
  expectsResolve: true,
});

describe('show A-12', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  beforeEach(async () => {
    bench = await sqliteBench();
  });
  afterEach(() => bench.remove());

  const receive = (body: Buffer | string, more: object = {}) =>
    bench.journal.incidents.receive([
      {
        integration: 'am',
        at: NOON,
        method: 'POST',
        headers: { 'user-agent': 'Alertmanager/0.25.0' },
        query: {},
        body: Buffer.from(body),
        ...more,
      },
    ]);
  const takeUp = (number: number, services: readonly string[], more: object = {}) => {
    const reports = services.map((service, index) => report(`f${index}`, `${service} is down`));
    return bench.journal.incidents.takeUp([{ number, reading: { reports, ...more } }], async (desk) => {
      for (const [index, service] of services.entries()) {
        const alert: Alert = {
          integration: 'am',
          source: 'alertmanager',
          report: report(`f${index}`, `${service} is down`),
          service,
          environment: 'production',
          severity: 'P1',
          status: 'firing',
          firstSeen: NOON,
          lastSeen: NOON,
          firingSince: NOON,
          count: 1,
          turns: [],
          isFlapping: false,
          delivery: number,
          ...(index === 0 ? { incident: 'INC-7' } : { unannounced: 'silenced by S-3' }),
        };
        await desk.putAlert(alert);
      }
    });
  };
  const ask = async (id: string, who = ana): Promise<Message | string> => {
    if (show.kind !== 'read') throw new Error('show reads');
    const answer = await show.answer(
      contextOf({ journal: bench.journal, configuration: ours }, who),
      { id },
      [],
    );
    return answer.kind === 'succeeded' ? answer.value.message : `${answer.code} ${answer.message}`;
  };

  it('shows what came, while it waits and once it was taken up', async () => {
    await receive('{"alerts":[]}', { query: { a: 'b' } });
    expect(await ask('A-1')).toMatchObject({ title: 'A-1: what am sent', state: 'waits to be taken up' });
    expect(JSON.stringify(await ask('a-1'))).toMatch(/Alertmanager\/0\.25\.0[\s\S]*a: b[\s\S]*alerts/);
    await takeUp(1, ['karmabot', 'karmabot']);
    const message = await ask('A-1');
    expect(message).toMatchObject({ state: 'taken up' });
    expect(message).toMatchObject({
      parts: expect.arrayContaining([
        {
          kind: 'list',
          items: [
            { text: 'karmabot is down', tone: 'bad', detail: 'firing; INC-7' },
            { text: 'karmabot is down', tone: 'bad', detail: 'firing; silenced by S-3' },
          ],
        },
      ]),
    });
  });

  it('says of what nothing came why, and of what is not there that it is not', async () => {
    for (let count = 0; count < 3; count += 1) await receive('{}');
    await takeUp(1, [], { note: 'a ping', eventId: 'e' });
    await takeUp(2, [], { eventId: 'e' });
    await bench.journal.incidents.takeUp([{ number: 3, reading: undefined }], async () => {});
    expect(await ask('A-1')).toMatchObject({ state: 'a ping' });
    expect(await ask('A-2')).toMatchObject({ state: 'the same as A-1' });
    expect(await ask('A-3')).toMatchObject({ state: 'of unknown shape' });
    expect(await ask('A-4')).toMatch(/INPUT_NO_SUCH_ID/);
  });

  it('puts a long body, and bytes that are no text, into a file or base64', async () => {
    const long = JSON.stringify({ text: 'x'.repeat(5_000) });
    await receive(long);
    await receive(Buffer.from([0, 255]));
    expect(await ask('A-1')).toMatchObject({ file: { name: 'A-1.txt', text: long } });
    expect(JSON.stringify(await ask('A-2'))).toContain('AP8=');
  });

  it('is for those who may look at all that it is, or may be, about', async () => {
    for (let count = 0; count < 3; count += 1) await receive('{}');
    expect(await ask('A-1', ben)).toMatch(/DENIED_POLICY/);
    await takeUp(1, ['karmabot']);
    expect(await ask('A-1', ben)).toMatchObject({ state: 'taken up' });
    await takeUp(2, ['karmabot', 'katana']);
    expect(await ask('A-2', ben)).toMatch(/DENIED_POLICY/);
    expect(await ask('A-2')).toMatchObject({ state: 'taken up' });
  });
});
