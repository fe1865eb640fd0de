import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, createClient, signIn } from '../fakes/console/client.ts';
import { bytes, POISON } from './chat-poison-bodies.ts';
import {
  ANA_ON_TELEGRAM,
  GROUP,
  memoryOf,
  openPublicStage,
  type PublicStage,
  send as sendAnything,
  signedBy,
  TELEGRAM_SECRET,
} from './chat-public.ts';
import { judged, rounds } from './chat-stage.ts';

const ANA = 'U0ANA';
const TIMES = rounds(3, 60);
/** The bot itself has some 180; a body has at most 5, and JSON of that many keys some ten times as much. */
const MOST_MB = 450;

const TYPES = [
  'application/json',
  'application/x-www-form-urlencoded',
  'text/plain',
  'multipart/form-data; boundary=x',
];

describe('#15 poison on every public path', () => {
  let stage: PublicStage;
  let ana: Client;
  let origin = '';
  let tries = 0;
  let before = 0;
  const accepted: string[] = [];
  /** The sums of all bodies that were sent. */
  const sums = new Set<string>();

  const send: typeof sendAnything = (url, asked) => {
    if (asked.body !== undefined) sums.add(createHash('sha256').update(asked.body).digest('hex'));
    return sendAnything(url, asked);
  };

  beforeAll(async () => {
    stage = await openPublicStage();
    const link = stage.scene.bot.signInLink('Ana');
    origin = new URL(link).origin;
    ana = createClient(origin);
    await signIn(ana, link);
    before = memoryOf(stage.scene.bot.pid).now;
  });
  afterAll(() => stage?.close());

  const at = (path: string): string => `${stage.scene.publicUrl}${path}`;
  const encoded = (name: string): Readonly<Record<string, string>> =>
    name === 'a gzip bomb' ? { 'content-encoding': 'gzip' } : {};
  const alive = async (): Promise<void> => {
    expect((await send(at('/healthz'), { method: 'GET' })).status).toBe(200);
  };

  it.each(Object.entries(POISON))(
    '%s: a clear 4xx on the webhooks, whatever it calls itself',
    async (name, body) => {
      for (let time = 0; time < TIMES; time += 1)
        for (const type of TYPES)
          for (const path of ['/slack/events', '/telegram/webhook']) {
            const answer = await send(at(path), {
              headers: { 'content-type': type, ...encoded(name) },
              body,
            });
            tries += 1;
            expect([400, 401, 413, 415], `${path} as ${type}`).toContain(answer.status);
            expect(answer.text).not.toBe('');
          }
      await alive();
    },
  );

  it.each(Object.entries(POISON))(
    '%s: also with a genuine signature or secret nothing breaks',
    async (name, body) => {
      const secret = stage.scene.slack.http.signingSecret;
      for (const type of TYPES.slice(0, 2)) {
        const wire = signedBy(secret, body.toString('latin1'), { type });
        const headers = { ...wire.headers, ...encoded(name) };
        const answer = await send(at('/slack/events'), { headers, body: Buffer.from(wire.body) });
        tries += 1;
        expect([200, 400, 403], type).toContain(answer.status);
      }
      const headers = { 'x-telegram-bot-api-secret-token': TELEGRAM_SECRET, ...encoded(name) };
      const answer = await send(at('/telegram/webhook'), { headers, body });
      tries += 1;
      expect(answer.status).toBe(400);
      await alive();
    },
  );

  it('10 MB: refused before it is read, and never kept', async () => {
    const body = bytes(`{"a":"${'x'.repeat(10 * 1024 * 1024)}"}`);
    for (let time = 0; time < 4 * TIMES; time += 1)
      for (const path of ['/slack/events', '/telegram/webhook']) {
        const answer = await send(at(path), { headers: { 'content-type': 'application/json' }, body });
        tries += 1;
        // The answer comes while the body is still being sent, so it may be cut off with it.
        expect([413, 0]).toContain(answer.status);
      }
    await alive();
  });

  /** Genuine Slack and Telegram shapes with values of the wrong type in each place. */
  const WRONG: readonly unknown[] = [null, 5, true, [], {}, '', '\ud800', '\u0000', { toString: 1 }];

  it('values of wrong types in what Slack signed: nothing is done, and it need not come again', async () => {
    const secret = stage.scene.slack.http.signingSecret;
    const event = { type: 'app_mention', user: ANA, text: 'restart shop/app', channel: 'C0OPS', ts: '1.1' };
    const shape = { type: 'event_callback', team_id: 'T0TEAM', api_app_id: 'A0APP', event };
    for (const wrong of WRONG)
      for (const key of ['user', 'text', 'channel', 'ts', 'thread_ts']) {
        const spoilt = { ...shape, event_id: `Ev${tries}`, event: { ...event, [key]: wrong } };
        const { headers, body } = signedBy(secret, JSON.stringify(spoilt));
        const answer = await send(at('/slack/events'), { headers, body: Buffer.from(body) });
        tries += 1;
        expect([200, 400, 403], `${key} = ${JSON.stringify(wrong)}`).toContain(answer.status);
      }
    await alive();
  }, 60_000);

  it('values of wrong types in what Telegram sent: nothing is done, nothing breaks', async () => {
    const message = {
      message_id: 9,
      date: 1_700_000_000,
      chat: { id: GROUP, type: 'supergroup' },
      from: { id: ANA_ON_TELEGRAM, is_bot: false, first_name: 'Ana' },
      text: '/ops restart shop/app',
      entities: [{ type: 'bot_command', offset: 0, length: 4 }],
    };
    const headers = { 'x-telegram-bot-api-secret-token': TELEGRAM_SECRET };
    for (const wrong of WRONG)
      for (const key of Object.keys(message)) {
        const spoilt = { update_id: 1000 + tries, message: { ...message, [key]: wrong } };
        const answer = await send(at('/telegram/webhook'), { headers, body: bytes(JSON.stringify(spoilt)) });
        tries += 1;
        expect([200, 400, 503], `${key} = ${JSON.stringify(wrong)}`).toContain(answer.status);
      }
    await alive();
  }, 60_000);

  const QUERIES = ['%00', '%ff', '%ed%a0%80', '__proto__', '../../etc/passwd', 'x'.repeat(9000)];

  const consoleTakes = async (path: string, cookie: string): Promise<void> => {
    for (const [name, body] of Object.entries(POISON)) {
      const type = 'application/x-www-form-urlencoded';
      const asked = { origin: origin, accept: 'application/json', 'content-type': type, cookie };
      const answer = await send(`${origin}${path}`, { headers: { ...asked, ...encoded(name) }, body });
      tries += 1;
      // 0: longer than it takes, and cut off while still being sent.
      expect([400, 401, 403, 404, 413, 415, 0], `${path}: ${name}`).toContain(answer.status);
    }
  };
  const consoleReads = async (path: string, cookie: string): Promise<void> => {
    for (const query of QUERIES) {
      const answer = await send(`${origin}${path}${query}`, { method: 'GET', headers: { cookie } });
      tries += 1;
      expect(answer.status, `${path}${query.slice(0, 20)}`).toBeLessThan(500);
    }
  };

  it('the console: a clear 4xx on every path, signed in or not', async () => {
    const signedIn = [...ana.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    for (const cookie of [signedIn, '', 'botswain_session_80=x; __proto__=1']) {
      for (const path of ['/line', '/press', '/sign-in', '/nowhere']) await consoleTakes(path, cookie);
      for (const path of [
        '/complete?text=',
        '/files/',
        '/assets/',
        '/earlier?before=',
        '/sign-in?token=',
        '/?show=',
      ])
        await consoleReads(path, cookie);
    }
  }, 120_000);

  const BROKEN = [
    '\ud800',
    '\udc00x',
    'a\u202eb',
    'NUL \u0000',
    '\u200f\u061c',
    '😀'.slice(0, 1),
    '__proto__',
    '\ufffe\uffff',
  ];

  it('lines and names with broken Unicode: answered, recorded, and the audit still verifies', async () => {
    const { scene } = stage;
    for (const [number, text] of BROKEN.entries()) {
      expect(await scene.asks(ANA, `status x${text}`)).not.toBe('');
      await scene.types(ANA, `restart shop/app --dry-run --reason "why ${number} ${text}"`);
      accepted.push(`why ${number} `);
    }
    scene.slack.user('U0ODD', { name: 'odd\ud800\u0000\u202e' });
    expect(await scene.asks('U0ODD', 'status')).toMatch(/does not know you/);
    expect(scene.slack.messages('C0OPS').filter(({ by_bot }) => by_bot)).toEqual([]);
  }, 60_000);

  it('is alive as the same process, in bounded memory, and did nothing', async () => {
    const { scene } = stage;
    await alive();
    const memory = memoryOf(scene.bot.pid);
    console.info(
      `memory: ${Math.round(before)} MB before, ${Math.round(memory.most)} MB at most, ${Math.round(memory.now)} MB after ${tries} requests`,
    );
    expect(memory.most).toBeLessThan(MOST_MB);
    expect(scene.bot.printed).not.toMatch(/uncaught|unhandled/i);
    const verdict = await judged(scene, {
      fault: '#15 poison payloads',
      tries,
      accepted,
      components: ['shop/app'],
    });
    expect(verdict.problems).toEqual([]);
    expect(verdict.changes).toBe(0);
  });

  it('what was refused is in the audit by the sha256 of its body', async () => {
    const refused = (await stage.scene.audit()).filter(({ event }) => event === 'request refused');
    // The first of a kind in a minute has its own row; those that only count the others have none.
    const hashed = refused.filter(({ detail }) => detail.sha256 !== undefined);
    for (const { detail } of hashed) expect(sums).toContain(detail.sha256);
    const kinds = new Set(hashed.map(({ subject, detail }) => `${subject} ${detail.status}`));
    expect([...kinds].sort()).toEqual(
      expect.arrayContaining([
        '/slack/events 400',
        '/slack/events 401',
        '/telegram/webhook 400',
        '/telegram/webhook 401',
      ]),
    );
  });
}, 60_000);
