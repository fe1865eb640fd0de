import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Client, createClient, signIn } from '../fakes/console/client.ts';
import { change } from '../fakes/console/samples.ts';
import { openStage, type Stage } from '../fakes/console/stage.ts';

const JSON_PLEASE = { accept: 'application/json' };
const UUID = '2f1c9c0e-7f0b-4a43-9a5e-0f9f3f6f1b11';

let stage: Stage;
let ana: Client;

beforeEach(async () => {
  stage = await openStage({ allowedHosts: ['console.example.org'] });
  ana = createClient(stage.url);
  await signIn(ana, await stage.link('ana'));
});
afterEach(() => stage.stop());

const typed = (text: string, rest: Readonly<Record<string, string>> = {}) =>
  ana.ask('/line', { method: 'POST', headers: JSON_PLEASE, form: { text, as: 'ana', ...rest } });

const changeOf = (person: string) => ({
  id: `console:${person}:1`,
  account: { platform: 'console', id: person, standing: 'person' } as const,
  conversation: { platform: 'console', channel: 'operations' } as const,
  direct: false,
  text: 'status',
});

describe('a line', () => {
  it('reaches Botswain as the person of the session, and is shown to all', async () => {
    const answer = await typed('/ops restart karmabot/app', { id: UUID });
    expect(answer.status).toBe(202);
    expect(stage.received).toEqual([
      {
        id: `console:ana:${UUID}`,
        account: { platform: 'console', id: 'ana', standing: 'person', display: 'Ana' },
        conversation: { platform: 'console', channel: 'operations' },
        direct: false,
        text: 'restart karmabot/app',
        replyHandle: JSON.parse(answer.body).entry,
      },
    ]);
    const ben = createClient(stage.url);
    await signIn(ben, await stage.link('ben'));
    expect((await ben.ask('/')).body).toMatch(/Ana<\/span><code>restart karmabot\/app/);
  });

  it('is shown once and keeps its id when sent again', async () => {
    await typed('status', { id: UUID });
    await typed('status', { id: UUID });
    expect(new Set(stage.received.map(({ id }) => id)).size).toBe(1);
    const { body } = await ana.ask('/');
    expect(body.match(/data-mine="status"/g)).toHaveLength(1);
  });

  it('is refused in words when empty, too long, or too fast', async () => {
    expect((await typed(' /ops ')).body).toContain('The line is empty');
    const long = await typed('x'.repeat(4097));
    expect(long.status).toBe(413);
    expect(long.body).toContain('4097 bytes long; 4096 are the most');
    expect((await typed('ä'.repeat(2049))).status).toBe(413);
    expect((await typed('x'.repeat(70_000))).status).toBe(413);
    expect(stage.received).toEqual([]);
    const answers = await Promise.all(Array.from({ length: 25 }, () => typed('status')));
    const fast = answers.filter(({ status: code }) => code === 429);
    expect(fast.length).toBeGreaterThanOrEqual(4);
    expect(fast[0]?.body).toContain('Wait a moment');
    stage.advance(3000);
    expect((await typed('status')).status).toBe(202);
  });

  it('says so when it could not be recorded', async () => {
    stage.world.onLine = async () => {
      throw new Error('disk full');
    };
    const answer = await typed('restart karmabot/app');
    expect(answer.status).toBe(503);
    expect(answer.body).toContain('nothing was started');
    expect(answer.body).not.toContain('disk full');
    expect((await ana.ask('/')).body).toContain('not recorded, nothing was started');
  });

  it('says so when the feed itself cannot be written, and starts nothing', async () => {
    const feed = { ...stage.feed, append: () => Promise.reject(new Error('disk full')) };
    const broken = await openStage({ ports: { feed, signIns: stage.signIns } });
    const client = createClient(broken.url);
    await signIn(client, `${broken.url}${(await stage.signIns.issueLink('ana')).path}`);
    const answer = await client.ask('/line', {
      method: 'POST',
      headers: JSON_PLEASE,
      form: { text: 'status' },
    });
    await broken.stop();
    expect([answer.status, JSON.parse(answer.body).message]).toEqual([
      503,
      expect.stringContaining('nothing was started'),
    ]);
    expect(broken.received).toEqual([]);
  });

  it('shows no secret that is known, and passes the line on untouched', async () => {
    await typed('config set --value hunter2');
    expect(stage.received[0]?.text).toContain('hunter2');
    expect((await ana.ask('/')).body).not.toContain('hunter2');
  });

  it('typed in a thread carries it; a thread that is gone is refused', async () => {
    const card = await stage.post(change.running);
    await typed('cancel', { thread: card.message });
    expect(stage.received[0]?.conversation.thread).toBe(card.message);
    expect((await typed('cancel', { thread: 'm999' })).status).toBe(404);
  });

  it('works from a form without script', async () => {
    const answer = await ana.ask('/line', { method: 'POST', form: { text: 'status' } });
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toMatch(/^\/\?show=m/);
  });
});

describe('a button', () => {
  const press = (
    form: Readonly<Record<string, string>>,
    headers: Readonly<Record<string, string>> = JSON_PLEASE,
  ) => ana.ask('/press', { method: 'POST', headers, form: { as: 'ana', ...form } });

  it('types its line, and says which message it stood on', async () => {
    const card = await stage.post(change.awaiting);
    expect((await press({ message: card.message, line: 'show C-142', id: UUID })).status).toBe(202);
    expect(stage.received).toMatchObject([
      {
        text: 'show C-142',
        pressed: card,
        conversation: { platform: 'console', channel: 'operations' },
        replyHandle: card.message,
      },
    ]);
    expect(stage.received[0]?.conversation.thread).toBeUndefined();
    expect((await ana.ask('/')).body).toContain('pressed Show plan');
  });

  it('that the message lost meanwhile still reaches Botswain, which knows what to say', async () => {
    const card = await stage.post(change.succeeded);
    expect((await press({ message: card.message, line: 'approve C-142 3fa94b1c' })).status).toBe(202);
    expect((await ana.ask('/')).body).toContain('pressed a button that is gone');
  });

  it('that wants words has a place for them, and types them as one, whatever stands in them', async () => {
    const action = {
      label: 'Sign',
      style: 'primary',
      line: 'review C-5',
      asks: 'What did you find?',
    } as const;
    const entry = await stage.feed.append({
      content: {
        kind: 'message',
        message: { title: 'Reviewed', tone: 'neutral', parts: [], actions: [action] },
      },
    });
    expect((await ana.ask('/')).body).toMatch(/What did you find\?[\s\S]*name="words" required/);
    const words = 'the disk\n was "full" \\ --dry-run';
    const answer = await press({ message: entry.id, line: 'review C-5', words });
    expect(answer.status).toBe(202);
    expect(stage.received.at(-1)?.text).toBe('review C-5 "the disk was \\"full\\" \\\\ --dry-run"');
  });

  it('of a message for somebody else does not exist', async () => {
    const ben = { ...changeOf('ben') };
    await stage.chat.whisper(ben, change.awaiting);
    const [entry] = await stage.feed.since({ viewer: 'ben', revision: 0, limit: 1 });
    expect((await press({ message: entry?.id ?? '', line: 'show C-142' })).status).toBe(404);
    expect(stage.received).toEqual([]);
  });

  it('asks on a page of its own where there is no script', async () => {
    const card = await stage.post(change.awaiting);
    const form = { message: card.message, line: 'approve C-142 3fa94b1c' };
    const asked = await press(form, {});
    expect(asked.body).toContain('It starts at once');
    expect(stage.received).toEqual([]);
    expect((await press({ ...form, confirmed: 'yes' }, {})).status).toBe(303);
    expect(stage.received).toHaveLength(1);
  });
});
