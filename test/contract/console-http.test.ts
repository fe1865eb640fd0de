import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConsoleServer, createPublicServer } from '../../src/web/servers.ts';
import { type Client, createClient, signIn } from '../fakes/console/client.ts';
import { change, hostile, logs, status } from '../fakes/console/samples.ts';
import { openStage, type Stage } from '../fakes/console/stage.ts';

const JSON_PLEASE = { accept: 'application/json' };
const UUID = '2f1c9c0e-7f0b-4a43-9a5e-0f9f3f6f1b11';
const HOUR = 3_600_000;

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

describe('signing in', () => {
  it('shows a button first, so that a preview of the link uses nothing up', async () => {
    const link = await stage.link('ben');
    const preview = createClient(stage.url);
    const page = await preview.ask(link.slice(stage.url.length));
    expect(page.status).toBe(200);
    expect(page.body).toContain('Sign in</button>');
    const ben = createClient(stage.url);
    expect((await signIn(ben, link)).status).toBe(303);
    expect((await ben.ask('/')).body).toContain('Signed in as Ben');
  });

  it('sets a cookie no script and no other site can use', async () => {
    const ben = createClient(stage.url);
    const { headers } = await signIn(ben, await stage.link('ben'));
    const cookie = headers['set-cookie']?.find((one) => one.includes('session')) ?? '';
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
  });

  it('works again where it was used, and nowhere else', async () => {
    const link = await stage.link('ben');
    const [mine, theirs] = [createClient(stage.url), createClient(stage.url)];
    await signIn(mine, link);
    expect((await signIn(mine, link)).status).toBe(303);
    const refused = await signIn(theirs, link);
    expect(refused.status).toBe(403);
    expect(refused.body).toContain('already used in another browser');
    expect(refused.body).toContain('botswain login');
  });

  it('refuses an expired link, a made-up one and a browser without cookies, each in words', async () => {
    const late = await stage.link('ben');
    stage.advance(24 * HOUR + 1);
    expect((await signIn(createClient(stage.url), late)).body).toContain('has expired');
    expect((await signIn(createClient(stage.url), `${stage.url}/sign-in?token=x`)).body).toContain(
      'known here',
    );
    const bare = await createClient(stage.url).ask('/sign-in', { method: 'POST', form: { token: 'x' } });
    expect(bare.status).toBe(400);
    expect(bare.body).toContain('cookies');
  });

  it('ends with idleness, with the seventh day, with signing out, and with the person', async () => {
    for (let hours = 0; hours < 7 * 24; hours += 11) {
      expect((await ana.ask('/')).status).toBe(200);
      stage.advance(11 * HOUR);
    }
    expect((await ana.ask('/')).status).toBe(401);

    await signIn(ana, await stage.link('ana'));
    stage.advance(12 * HOUR + 1);
    expect((await ana.ask('/')).status).toBe(401);

    const link = await stage.link('ana');
    await signIn(ana, link);
    const before = new Map(ana.cookies);
    await ana.ask('/sign-out', { method: 'POST' });
    expect((await ana.ask('/')).status).toBe(401);
    for (const [name, value] of before) if (name.includes('session')) ana.cookies.set(name, value);
    expect((await ana.ask('/')).status).toBe(401);
    expect((await signIn(ana, link)).status).toBe(403);

    await signIn(ana, await stage.link('ana'));
    stage.people.delete('ana');
    expect((await ana.ask('/')).status).toBe(401);
  });

  it('stores neither the token of a link nor that of a session', async () => {
    const link = await stage.link('ana');
    await signIn(ana, link);
    const kept = stage.sessions.kept();
    expect(kept).not.toContain(new URL(link).searchParams.get('token'));
    for (const value of ana.cookies.values()) expect(kept).not.toContain(value);
  });

  it('comes again from its own site when another site links here and the browser holds the cookie back', async () => {
    const stranger = createClient(stage.url);
    const page = await stranger.ask('/?show=m1', { headers: { 'sec-fetch-site': 'cross-site' } });
    expect(page.body).toContain('content="0;url=/?show=m1"');
    expect((await stranger.ask('/?show=m1')).status).toBe(401);
  });
});

describe('who may talk to it', () => {
  it.each(['evil.example', '127.0.0.1.evil.example', 'localhost.', 'evil.example:3001'])(
    'refuses the host %j in words',
    async (host) => {
      const answer = await ana.ask('/', { headers: { host } });
      expect(answer.status).toBe(421);
      expect(answer.body).not.toContain('Fleet');
      expect(answer.body).toContain('localhost or 127.0.0.1');
    },
  );

  it.each(['localhost', 'LOCALHOST:8080', '[::1]:3001', 'console.example.org'])(
    'answers as %s',
    async (host) => {
      expect((await ana.ask('/healthz', { headers: { host } })).status).toBe(404);
      expect((await ana.ask('/', { headers: { host } })).status).not.toBe(421);
    },
  );

  it.each(['null', 'https://evil.example', 'http://127.0.0.1', ''])(
    'refuses a write from origin %j',
    async (origin) => {
      const answer = await ana.ask('/line', {
        method: 'POST',
        headers: { origin },
        form: { text: 'status' },
      });
      expect(answer.status).toBe(403);
      expect(stage.received).toEqual([]);
    },
  );

  it('refuses everything to whoever is not signed in', async () => {
    const nobody = createClient(stage.url);
    const entry = await stage.post(logs);
    for (const path of [
      '/',
      '/events',
      '/earlier',
      '/complete?text=s',
      '/picker',
      `/files/${entry.message}`,
    ]) {
      expect((await nobody.ask(path)).status, path).toBe(401);
    }
    const answer = await nobody.ask('/line', {
      method: 'POST',
      headers: JSON_PLEASE,
      form: { text: 'status' },
    });
    expect(answer.status).toBe(401);
    expect(answer.body).toContain('botswain login');
    expect(stage.received).toEqual([]);
  });

  it('sends a policy under which nothing inline and nothing foreign runs', async () => {
    const { headers, body } = await ana.ask('/');
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers['referrer-policy']).toBe('same-origin');
    expect(headers['cache-control']).toBe('no-store');
    expect(body).not.toMatch(/<script(?! type="module" src="\/assets)/);
    expect(body).not.toMatch(/ style=| on[a-z]+=/);
  });

  it('lets a tab of one person never act as another', async () => {
    await signIn(ana, await stage.link('ben'));
    const answer = await typed('restart karmabot/app');
    expect(answer.status).toBe(409);
    expect(answer.body).toContain('signed in as Ben');
    expect(stage.received).toEqual([]);
  });
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

const changeOf = (person: string) => ({
  id: `console:${person}:1`,
  account: { platform: 'console', id: person, standing: 'person' } as const,
  conversation: { platform: 'console', channel: 'operations' } as const,
  direct: false,
  text: 'status',
});

describe('what came from outside', () => {
  it('never becomes markup, neither on the page nor in the stream', async () => {
    const card = await stage.post(hostile);
    await typed('"><img src=x onerror=alert(1)>\u001b[31m\u202e');
    const events = await ana.stream('/events');
    const streamed = await events.until(/event: fleet/);
    events.close();
    for (const text of [(await ana.ask('/')).body, streamed.replaceAll('\\"', '"')]) {
      expect(text).toContain(`id="${card.message}"`);
      expect(text).not.toMatch(/<(script|img|svg onload|b>|i>)(?! type="module" src="\/assets)/);
      expect(text).not.toMatch(/(?!\n)\p{Cc}|\p{Cf}/u);
      expect(text).not.toMatch(/href="javascript/);
    }
  });

  it('is downloaded as plain text under a tame name', async () => {
    const card = await stage.post(hostile);
    const { headers, body } = await ana.ask(`/files/${card.message}`);
    expect(body).toBe('<script>alert(9)</script>');
    expect(headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-disposition']).toBe('attachment; filename="..-..-etc-passwd-.html"');
    expect(headers['content-security-policy']).toContain('sandbox');
    expect((await ana.ask('/files/m999')).status).toBe(404);
  });
});

describe('the stream', () => {
  it('resumes after what was seen, with the latest form of what changed meanwhile', async () => {
    await stage.post(status);
    const card = await stage.post(change.awaiting);
    const first = await ana.stream('/events');
    const seen = await first.until(/awaiting approval/);
    first.close();
    const last = [...seen.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1] ?? '';
    await stage.chat.update(card, change.running);
    await stage.chat.update(card, change.succeeded);
    const second = await ana.stream('/events?after=0', { 'last-event-id': last });
    const resumed = await second.until(/succeeded/);
    second.close();
    expect(resumed).not.toContain('Fleet: 3 good');
    expect(resumed.match(/event: entry/g)).toHaveLength(1);
  });

  it('carries what is for one person to that one alone', async () => {
    const ben = createClient(stage.url);
    await signIn(ben, await stage.link('ben'));
    const [mine, theirs] = [await ana.stream('/events'), await ben.stream('/events')];
    await stage.chat.whisper(changeOf('ana'), logs);
    await stage.post(status);
    expect(await mine.until(/Fleet: 3 good/)).toContain('docker logs pollbot-web');
    expect(await theirs.until(/Fleet: 3 good/)).not.toContain('docker logs pollbot-web');
    mine.close();
    theirs.close();
  });

  it('tells of the fleet and of what waits when it changes, and only then', async () => {
    const events = await ana.stream('/events');
    await events.until(/event: waiting/);
    stage.world.rows = [{ service: 'newbot', environment: 'staging', tone: 'good', summary: 'up', ageMs: 0 }];
    stage.waiting.set('ana', 3);
    const text = await events.until(/newbot[\s\S]*"count":3/);
    events.close();
    expect(text.match(/event: waiting/g)).toHaveLength(2);
  });

  it('has a tab that is far behind, or ahead of a feed begun anew, draw itself again', async () => {
    for (let post = 0; post < 501; post += 1) await stage.post(change.succeeded);
    const behind = await ana.stream('/events?after=0');
    await behind.until(/event: reset/);
    behind.close();
    const ahead = await ana.stream('/events?after=99999');
    await ahead.until(/event: reset/);
    ahead.close();
  });

  it('ends when the server stops', async () => {
    const events = await ana.stream('/events');
    await events.until(/event: hello/);
    await stage.stop();
    await events.ended;
  });
});

describe('the servers', () => {
  const log = () => {};

  it('say that they are alive, and whether they may take work', async () => {
    let why: string | undefined = 'the journal is being opened';
    const ready = async () => ({ ready: why === undefined, ...(why === undefined ? {} : { why }) });
    const server = createPublicServer({ host: '127.0.0.1', port: 0, ready, log });
    const started = await server.start();
    if (started.kind !== 'succeeded') throw new Error(started.message);
    const client = createClient(started.value.url);
    expect((await client.ask('/healthz')).status).toBe(200);
    const not = await client.ask('/readyz');
    expect([not.status, not.body]).toEqual([503, '{"ready":false,"why":"the journal is being opened"}']);
    why = undefined;
    expect((await client.ask('/readyz')).status).toBe(200);
    expect((await client.ask('/nowhere')).status).toBe(404);
    await server.stop();
  });

  it('name the setting when their port is taken', async () => {
    const { port } = new URL(stage.url);
    const second = createConsoleServer({ port: Number(port), allowedHosts: [], log, mounts: [] });
    expect(await second.start()).toMatchObject({
      kind: 'failed',
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('listens there already'),
      remedy: expect.stringContaining('CONSOLE_PORT'),
    });
  });

  it('keep the query out of the log and the reason out of the answer', async () => {
    const lines: unknown[] = [];
    const server = createConsoleServer({
      port: 0,
      allowedHosts: [],
      log: (...line) => lines.push(line),
      mounts: [
        async (http) => {
          http.get('/boom', async () => {
            throw new Error('inner secret');
          });
        },
      ],
    });
    const started = await server.start();
    if (started.kind !== 'succeeded') throw new Error(started.message);
    const answer = await createClient(started.value.url).ask('/boom?token=abc');
    await server.stop();
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('inner secret');
    expect(JSON.stringify(lines)).toContain('inner secret');
    expect(JSON.stringify(lines)).not.toContain('token=abc');
  });
});
