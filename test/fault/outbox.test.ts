import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { type FakeSlack, startFakeSlack } from '../fakes/slack/fake-slack.ts';
import type { Fault } from '../fakes/slack/faults.ts';
import { type FakeMessage, isJson, type Received, str } from '../fakes/slack/types.ts';
import { cardKey, finalTitle, keysOf, type Scene, wishesOf } from './outbox-scene.ts';
import { chance, oneOf, torture } from './outbox-torture.ts';

const KILLS = 30;
const SEED = 20_261_120;
const SCENE: Scene = {
  platform: 'slack',
  channels: ['C0A', 'C0B', 'C0C', 'C0D', 'C0E'],
  threads: 20,
  messages: 10,
  everyMs: 120,
  alarmEvery: 36,
};
/** Milliseconds between two faults; about every fifth call meets one. */
const FAULT_EVERY_MS = 500;
const METHODS = [
  'chat.postMessage',
  'chat.update',
  'conversations.replies',
  'conversations.history',
] as const;

const faultOf = (random: () => number): Fault => ({
  ...oneOf<Fault>(random, [
    { kind: 'rate_limit', retryAfter: 1 + Math.floor(random() * 2) },
    { kind: 'http', status: 500 },
    { kind: 'http', status: 503 },
    { kind: 'late', ms: 300 + random() * 2500 },
    { kind: 'reset', when: 'before' },
    { kind: 'reset', when: 'after' },
    { kind: 'garbage' },
    { kind: 'error', error: 'internal_error' },
  ]),
  method: oneOf(random, ['chat.postMessage', 'chat.postMessage', ...METHODS]),
});

/** Lets faults come one after the other until it is told to stop; gives those that a call met. */
const trouble = (slack: FakeSlack, random: () => number): (() => readonly Fault[]) => {
  const met: Fault[] = [];
  let last: Fault | undefined;
  const settle = (): void => {
    if (last !== undefined && slack.faults.pending === 0) met.push(last);
    slack.faults.clear();
  };
  const timer = setInterval(() => {
    settle();
    last = faultOf(random);
    slack.faults.script(last);
  }, FAULT_EVERY_MS);
  return () => {
    clearInterval(timer);
    settle();
    return met;
  };
};

const keyIn = (metadata: unknown): string => {
  const payload = isJson(metadata) ? metadata.event_payload : undefined;
  return isJson(payload) ? str(payload, 'key') : '';
};

const keyOfCall = ({ args }: Received): string => {
  const metadata: unknown = JSON.parse(str(args, 'metadata') || 'null');
  return keyIn(metadata);
};

const everything = (slack: FakeSlack): readonly FakeMessage[] =>
  SCENE.channels.flatMap((channel) => slack.messages(channel).flatMap(({ ts }) => slack.thread(channel, ts)));

const standing = (slack: FakeSlack): ReadonlyMap<string, readonly FakeMessage[]> =>
  Map.groupBy(everything(slack), ({ look }) => keyIn(look.metadata));

const threads = Array.from({ length: SCENE.threads }, (_, thread) => thread);

const isFinal = (thread: number, card: FakeMessage | undefined): boolean =>
  card !== undefined && readable(card.look).includes(finalTitle(thread));

/** The keys of what is not there, and of the cards that do not show their end. */
const missing = (slack: FakeSlack): readonly string[] => {
  const found = standing(slack);
  const open = threads.filter((thread) => !isFinal(thread, found.get(cardKey(thread))?.[0]));
  return [...keysOf(SCENE).filter((key) => !found.has(key)), ...open.map(cardKey)];
};

/** Posts that were begun in an alarm's channel between its wish and the first try to post it. */
const wentBefore = (slack: FakeSlack, alarm: FakeMessage): readonly Received[] => {
  const wishedAt = Number(/\d{13}/.exec(readable(alarm.look))?.[0]);
  const posts = slack.calls('chat.postMessage').filter(({ args }) => str(args, 'channel') === alarm.channel);
  const first = posts.findIndex((call) => keyOfCall(call) === keyIn(alarm.look.metadata));
  return posts.slice(0, first).filter(({ at }) => at > wishedAt);
};

/** The most calls in any stretch of this many milliseconds. */
const most = (calls: readonly Received[], ms: number): number =>
  Math.max(...calls.map(({ at }) => calls.filter((other) => other.at >= at && other.at < at + ms).length));

describe('the outbox under torture, Slack', () => {
  let slack: FakeSlack;
  let complaints: readonly string[] = [];
  let met: readonly Fault[] = [];

  beforeAll(async () => {
    slack = await startFakeSlack();
    for (const channel of SCENE.channels) slack.channel(channel);
    slack.rates.enforced = true;
    const random = chance(SEED);
    const endTrouble = trouble(slack, random);
    const began = Date.now();
    complaints = await torture({
      scene: SCENE,
      env: { API: slack.apiUrl, BOT_TOKEN: slack.botToken, APP_TOKEN: slack.appToken },
      kills: KILLS,
      lifeMs: 3000,
      random,
      missing: () => missing(slack),
      recovers: () => {
        met = endTrouble();
      },
      patienceMs: 150_000,
    });
    const calls = slack.received.filter(({ method }) => METHODS.some((one) => one === method));
    const tally = [...Map.groupBy(met, ({ kind }) => kind)].map(([kind, many]) => `${kind} ${many.length}`);
    console.info(
      `${keysOf(SCENE).length} messages in ${SCENE.threads} threads, ${KILLS} kill -9, ${calls.length} calls, ${met.length} faults (${tally.join(', ')}), ${Math.round((Date.now() - began) / 1000)} s`,
    );
  }, 300_000);
  afterAll(() => slack.stop());

  it('shows every message exactly once, each in its thread, and nothing else', () => {
    const found = standing(slack);
    const counts = [...found].map(([key, messages]) => `${key} × ${messages.length}`).toSorted();
    expect(counts).toEqual(keysOf(SCENE).map((key) => `${key} × 1`));
    const astray = wishesOf(SCENE).filter(
      ({ card, reply }) => found.get(reply.key)?.[0]?.thread_ts !== found.get(card.key)?.[0]?.ts,
    );
    expect(astray).toEqual([]);
  });

  it('shows the end of every thread', () => {
    const found = standing(slack);
    expect(threads.filter((thread) => !isFinal(thread, found.get(cardKey(thread))?.[0]))).toEqual([]);
  });

  it('tries an alarm before everything that waits in its channel', () => {
    const alarms = everything(slack).filter(({ look }) => keyIn(look.metadata).startsWith('alarm'));
    expect(alarms.length).toBeGreaterThan(3);
    // One call may have been on its way already.
    const late = alarms.map((alarm) => wentBefore(slack, alarm)).filter((calls) => calls.length > 1);
    expect(late.map((calls) => calls.map(keyOfCall))).toEqual([]);
  });

  it('keeps to the rates of the platform over all kills, so that hardly a call is refused for its pace', () => {
    const ok = slack.received.filter(({ outcome }) => outcome.endsWith('ok'));
    const updates = ok.filter(({ method }) => method === 'chat.update');
    const perChannel = SCENE.channels.map((channel) =>
      most(
        ok.filter((call) => call.method === 'chat.postMessage' && str(call.args, 'channel') === channel),
        10_000,
      ),
    );
    expect(Math.max(...perChannel)).toBeLessThanOrEqual(10);
    expect(most(updates, 60_000)).toBeLessThanOrEqual(50);
    const asked = met.filter(({ kind }) => kind === 'rate_limit').length;
    const refused = slack.received.filter(({ outcome }) => outcome === 'http 429').length - asked;
    console.info(
      `posts in 10 s and channel: ${perChannel.join(', ')}; edits in a minute: ${most(updates, 60_000)}; refused for their pace: ${refused}`,
    );
    expect(refused).toBeLessThanOrEqual(5);
  });

  it('has nothing to complain of', () => expect(complaints).toEqual([]));
});
