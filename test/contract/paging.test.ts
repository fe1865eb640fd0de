import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Conversation } from '../../src/chat/chat.ts';
import { beginEscalation } from '../../src/domain/escalation.ts';
import type { Incident } from '../../src/domain/incident.ts';
import type { Person } from '../../src/domain/person.ts';
import { Pages } from '../../src/incidents/pages.ts';
import { callWebhook, type Patience } from '../../src/paging/webhook.ts';
import { createWakeups } from '../../src/workflow/wakeups.ts';
import { NOON } from './journal-samples.ts';
import { sqliteBench } from './journal-sqlite.ts';

interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** A phone service that answers as it is told, 200 when nothing is left to be told. */
class Phone {
  readonly got: Got[] = [];
  readonly answers: (number | 'hang' | 'cut')[] = [];
  readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.got.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
      const answer = this.answers.shift() ?? 200;
      if (answer === 'cut') request.socket.destroy();
      else if (answer !== 'hang')
        response
          .writeHead(answer, { location: 'http://127.0.0.1:1/', 'retry-after': '0' })
          .end('x'.repeat(100_000));
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
  }

  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('it does not listen');
    return `http://127.0.0.1:${address.port}/page`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((done) => this.server.close(() => done()));
  }
}

let phone: Phone;
beforeEach(async () => {
  phone = new Phone();
  await phone.start();
});
afterEach(() => phone.stop());

const QUICK: Patience = { withinMs: 5_000, pausesMs: [1, 1, 1] };
const never = new AbortController().signal;

describe('a call of a paging webhook', () => {
  const notice = { incident: 'INC-7', severity: 'P0', title: 'down', person: 'ana', name: 'Ana' } as const;
  const call = (url = phone.url, patience: Patience = QUICK, signal: AbortSignal = never) =>
    callWebhook({ url, token: 'a-token', key: 'INC-7-page-1', notice }, signal, patience);

  it('carries the page, its key and the token', async () => {
    expect(await call()).toEqual({ kind: 'succeeded', value: undefined });
    const [{ headers, body } = { headers: {}, body: undefined }] = phone.got;
    expect(body).toEqual(notice);
    expect([headers.authorization, headers['idempotency-key'], headers['content-type']]).toEqual([
      'Bearer a-token',
      'INC-7-page-1',
      'application/json',
    ]);
  });

  it.each([
    [
      'comes through after faults of the other side, under the same key',
      [500, 'cut', 429, 200],
      4,
      'succeeded',
      '',
    ],
    ['gives up within bounds', [503, 503, 503, 503, 503], 4, 'failed', 'it answers 503, after 4 tries'],
    ['asks once where asking again is of no use', [401], 1, 'failed', 'it answers 401'],
    ['follows no redirect', [307], 1, 'failed', 'it answers 307'],
  ] as const)('%s', async (...[, answers, times, kind, message]) => {
    phone.answers.push(...answers);
    expect(await call()).toMatchObject(kind === 'failed' ? { kind, message } : { kind });
    expect(phone.got).toHaveLength(times);
    expect(new Set(phone.got.map(({ headers }) => headers['idempotency-key'])).size).toBe(1);
  });

  it('does not wait for ever', async () => {
    phone.answers.push('hang', 'hang');
    const ended = await call(phone.url, { withinMs: 50, pausesMs: [1] });
    expect(ended).toMatchObject({ kind: 'failed', message: 'no answer in time, after 2 tries' });
  });

  it('is broken off at once by a stop', async () => {
    phone.answers.push('hang');
    const stopping = new AbortController();
    const ended = call(phone.url, { withinMs: 60_000, pausesMs: [60_000] }, stopping.signal);
    await vi.waitFor(() => expect(phone.got).toHaveLength(1));
    stopping.abort();
    expect(await ended).toMatchObject({ kind: 'failed' });
  });

  it.each(['ftp://127.0.0.1/', 'file:///etc/passwd', 'no url'])(
    'goes nowhere but the web: %s',
    async (url) => {
      expect(await call(url)).toMatchObject({ kind: 'failed', code: 'CONFIG_INVALID' });
    },
  );

  it('says that nobody is there', async () => {
    const { url } = phone;
    await phone.stop();
    expect(await call(url)).toMatchObject({
      kind: 'failed',
      message: 'connection refused, after 4 tries',
    });
    await phone.start();
  });
});

describe('pages', () => {
  const ANA: Person = { key: 'ana', name: 'Ana', roles: [], slack: 'U0ANA', telegram: '111' };
  const BEN: Person = { key: 'ben', name: 'Ben', roles: [], slack: 'U0BEN' };
  const CEM: Person = { key: 'cem', name: 'Cem', roles: [] };
  const chain = { steps: [{ afterMs: 0, call: ['ana'], webhooks: [] }], repeat: 0, repeatAfterMs: 0 };

  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  let at = NOON;
  let reached: (person: Person) => Conversation | undefined;
  beforeEach(async () => {
    bench = await sqliteBench();
    at = NOON;
    reached = ({ slack, telegram }) => {
      if (slack !== undefined) return { platform: 'slack', channel: `D${slack}` };
      return telegram === undefined ? undefined : { platform: 'telegram', channel: telegram };
    };
  });
  afterEach(() => bench.remove());

  const pages = (): Pages =>
    new Pages({
      book: bench.journal.incidents,
      deliveries: bench.journal.deliveries,
      wakeups: createWakeups(),
      now: () => at,
      people: () => [ANA, BEN, CEM],
      directly: async (person) => reached(person),
      webhooks: [{ name: 'phone', url: phone.url }],
      callWebhook: ({ key, notice }, signal) => callWebhook({ url: phone.url, key, notice }, signal, QUICK),
      linkTo: async () => 'https://chat.example/INC-1',
      onError: (error) => {
        throw error;
      },
    });

  /** An incident whose chain has just called these. */
  async function calling(people: readonly string[], webhooks: readonly string[] = []): Promise<Incident> {
    const { id } = await bench.journal.incidents.write((desk) =>
      desk.create({
        title: 'down',
        state: 'open',
        severity: 'P0',
        service: 'karmabot',
        origin: 'alerts',
        openedBy: 'botswain',
        openedAt: at,
        impactSince: at,
        announceAt: at,
        reopened: 0,
        roles: {},
        escalation: { ...beginEscalation(chain, at), done: 1 },
      }),
    );
    return call(id, people, webhooks);
  }

  /** A step more of its chain. */
  const call = (id: string, people: readonly string[], webhooks: readonly string[] = []): Promise<Incident> =>
    bench.journal.incidents.write(async (desk) => {
      const detail = { step: 1, round: 1, people, webhooks };
      await desk.say(id, [
        { at, kind: 'escalated', actor: 'botswain', text: 'Ana is called.', isSaid: true, detail },
      ]);
      const incident = await desk.find(id);
      if (incident === undefined) throw new Error('it is there');
      return desk.put(incident);
    });

  const post = async (key: string): Promise<void> => {
    const claimed = await bench.journal.deliveries.claim(key, at, { place: 'x', pacedOut: 0, restUntil: 0 });
    if (claimed === undefined) throw new Error(`${key} is not due`);
    const { platform, channel } = claimed.conversation;
    await bench.journal.deliveries.delivered(key, claimed.revision, {
      platform,
      channel,
      message: `m-${key}`,
    });
  };

  const giveUp = async (key: string, why: string): Promise<void> => {
    await bench.journal.deliveries.claim(key, at, { place: 'x', pacedOut: 0, restUntil: 0 });
    await bench.journal.deliveries.retryLater(key, {
      revision: 1,
      notBefore: at,
      ambiguous: false,
      givenUp: why,
    });
  };

  const told = async (id: string): Promise<readonly string[]> =>
    (await bench.journal.incidents.timeline(id))
      .filter(({ kind }) => kind === 'paged' || kind === 'page failed')
      .map(({ kind, text, isSaid }) => `${isSaid ? 'said ' : ''}${kind}: ${text}`);

  const keys = async (id: string): Promise<readonly string[]> =>
    (await bench.journal.deliveries.withPrefix(`${id} page `)).map(
      ({ key, conversation: { platform }, lane }) => `${key} ${platform} ${lane}`,
    );

  it('tells each person once, whatever happens in between, and writes down that it stands there', async () => {
    const { id } = await calling(['ana', 'ben']);
    const first = pages();
    await first.round();
    await first.round();
    // The process is killed: another one knows only what is in the journal.
    const second = pages();
    await second.round();
    expect(await keys(id)).toEqual([`${id} page 1 ana slack P0`, `${id} page 1 ben slack P0`]);
    expect(await told(id)).toEqual([]);
    await post(`${id} page 1 ana`);
    await post(`${id} page 1 ben`);
    await second.round();
    await second.round();
    await pages().round();
    expect(await told(id)).toEqual([
      'paged: Ana was told directly in Slack.',
      'paged: Ben was told directly in Slack.',
    ]);
    await call(id, ['ana']);
    await second.round();
    expect((await keys(id)).filter((key) => key.includes('ana'))).toHaveLength(2);
  });

  it('offers to acknowledge, and not any more when somebody has', async () => {
    const { id } = await calling(['ana']);
    const running = pages();
    await running.round();
    await post(`${id} page 1 ana`);
    const shown = async () => (await bench.journal.deliveries.find(`${id} page 1 ana`))?.message;
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
    await bench.journal.incidents.write(async (desk) => {
      const incident = await desk.find(id);
      if (incident !== undefined)
        await desk.put({ ...incident, state: 'acknowledged', acknowledgedBy: 'ben' });
    });
    await running.round();
    expect(await shown()).toMatchObject({ state: 'acknowledged by Ben' });
    await bench.journal.incidents.write(async (desk) => {
      const incident = await desk.find(id);
      if (incident !== undefined) await desk.put({ ...incident, state: 'resolved' });
    });
    await running.round();
    expect(await shown()).toMatchObject({ state: 'resolved', tone: 'good' });
  });

  it('tries their other chat where the first gives up, or takes nothing for a minute', async () => {
    const { id } = await calling(['ana']);
    const running = pages();
    await running.round();
    await giveUp(`${id} page 1 ana`, 'no such channel');
    await running.round();
    expect(await keys(id)).toEqual([`${id} page 1 ana slack P0`, `${id} page 1 ana again telegram P0`]);
    await post(`${id} page 1 ana again`);
    await running.round();
    expect(await told(id)).toEqual(['paged: Ana was told directly in Telegram.']);
    const other = await calling(['ana']);
    await running.round();
    at += 61_000;
    await running.round();
    expect(await keys(other.id)).toHaveLength(2);
  });

  it('says to everybody whom it could not tell', async () => {
    const { id, version } = await calling(['ana', 'ben', 'cem']);
    const running = pages();
    reached = ({ slack }) => (slack === 'U0BEN' ? { platform: 'slack', channel: 'D1' } : undefined);
    await running.round();
    // Cem has no account at all; Ana's chats may only be away for a moment.
    expect(await told(id)).toEqual([
      'said page failed: Cem could NOT be told directly: no chat reaches them.',
    ]);
    await giveUp(`${id} page 1 ben`, 'the account is gone');
    at += 61_000;
    await running.round();
    expect((await told(id)).slice(1)).toEqual([
      'said page failed: Ana could NOT be told directly: no chat reaches them.',
      'said page failed: Ben could NOT be told directly: the account is gone.',
    ]);
    expect((await bench.journal.incidents.find(id))?.version).toBeGreaterThan(version);
    expect((await bench.journal.incidents.unshown(10)).map(({ incident }) => incident.id)).toEqual([id]);
  });

  it('says it where a chat takes nothing for long, and still tells them when it does', async () => {
    const { id } = await calling(['ben']);
    const running = pages();
    await running.round();
    at += 11 * 60_000;
    await running.round();
    expect(await told(id)).toEqual([
      'said page failed: Ben could NOT be told directly: their chat takes nothing at present.',
    ]);
    await post(`${id} page 1 ben`);
    await running.round();
    expect(await told(id)).toHaveLength(1);
  });

  it('calls a webhook for each person, once, and writes down what it answered', async () => {
    phone.answers.push(503, 200, 404);
    const { id } = await calling(['ana', 'ben'], ['phone', 'gone']);
    const running = pages();
    await running.round();
    await vi.waitFor(async () => expect(await told(id)).toHaveLength(4));
    await running.round();
    await running.stop();
    const [first] = phone.got;
    expect(first?.body).toMatchObject({
      incident: id,
      severity: 'P0',
      title: 'down',
      service: 'karmabot',
      url: 'https://chat.example/INC-1',
    });
    expect(new Set(phone.got.map(({ headers }) => headers['idempotency-key']))).toEqual(
      new Set([`${id}-page-1-phone-ana-by-webhook`, `${id}-page-1-phone-ben-by-webhook`]),
    );
    expect(phone.got).toHaveLength(3);
    const lines = await told(id);
    expect(lines.filter((line) => line.startsWith('paged: The webhook phone was called for'))).toHaveLength(
      1,
    );
    expect(lines.filter((line) => line.endsWith('it answers 404.'))).toHaveLength(1);
    expect(lines.filter((line) => line.endsWith('it is not in the configuration any more.'))).toHaveLength(2);
  });

  it('calls it once more after a stop in the middle, under the same key', async () => {
    phone.answers.push('hang');
    const { id } = await calling([], ['phone']);
    const stopped = pages();
    await stopped.round();
    await vi.waitFor(() => expect(phone.got).toHaveLength(1));
    await stopped.stop();
    expect(await told(id)).toEqual([]);
    const running = pages();
    await running.round();
    await vi.waitFor(async () => expect(await told(id)).toEqual(['paged: The webhook phone was called.']));
    await running.stop();
    expect(phone.got.map(({ headers }) => headers['idempotency-key'])).toEqual([
      `${id}-page-1-phone-by-webhook`,
      `${id}-page-1-phone-by-webhook`,
    ]);
    expect(phone.got[0]?.body).not.toHaveProperty('person');
  });

  it('wakes nobody an hour late, nor for what is over', async () => {
    const late = await calling([], ['phone']);
    const over = await calling(['ana'], ['phone']);
    await bench.journal.incidents.write((desk) => desk.put({ ...over, state: 'resolved' }));
    at += 61 * 60_000;
    const running = pages();
    await running.round();
    await running.stop();
    expect(await told(late.id)).toEqual([
      'said page failed: The webhook phone could NOT be called: too late by more than an hour.',
    ]);
    expect([await told(over.id), await keys(over.id), phone.got]).toEqual([[], [], []]);
  });
});
