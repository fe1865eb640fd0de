import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FaultKind } from '../fakes/telegram/faults.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { alarmsAfter, finalTitle, type Scene, wishesOf } from './outbox-scene.ts';
import { chance, oneOf, torture } from './outbox-torture.ts';

const KILLS = 8;
const SEED = 7;
const GROUPS = [-1_001_000_000_001, -1_001_000_000_002, -1_001_000_000_003, -1_001_000_000_004] as const;
const SCENE: Scene = {
  platform: 'telegram',
  channels: GROUPS.map(String),
  threads: 4,
  messages: 8,
  everyMs: 250,
  alarmEvery: 9,
};
const FAULT_EVERY_MS = 1500;
/** Messages and edits a group bears in a minute (https://core.telegram.org/bots/faq). */
const BUDGET = 20;
const MARK = 'This may stand here twice';

const kindOf = (random: () => number): FaultKind =>
  oneOf<FaultKind>(random, [
    { kind: 'refuse', code: 429, description: 'Too Many Requests: retry after 2', retryAfter: 2 },
    { kind: 'refuse', code: 500, description: 'Internal Server Error' },
    { kind: 'cut before' },
    { kind: 'cut after' },
    { kind: 'bad gateway' },
  ]);

const titles = [
  ...wishesOf(SCENE).map(({ reply }) => reply.message.title),
  ...wishesOf(SCENE).flatMap((_, index) => alarmsAfter(SCENE, index)?.message.title ?? []),
  ...Array.from({ length: SCENE.threads }, (_, thread) => finalTitle(thread)),
];

const standing = (telegram: FakeTelegram): readonly string[] =>
  GROUPS.flatMap((group) => telegram.fromBot(group).map(({ text }) => text));

const withTitle = (texts: readonly string[], title: string): readonly string[] =>
  texts.filter((text) => new RegExp(`${title}\\b`).test(text));

describe('the outbox under torture, Telegram', () => {
  let telegram: FakeTelegram;
  let complaints: readonly string[] = [];

  beforeAll(async () => {
    telegram = await startFakeTelegram({ chats: GROUPS.map((id) => ({ id, title: `Group ${id}` })) });
    telegram.limitGroups(BUDGET);
    const random = chance(SEED);
    const timer = setInterval(() => {
      telegram.state.faults.clear();
      const method = random() < 0.6 ? 'sendMessage' : 'editMessageText';
      telegram.fail({ method, how: kindOf(random) });
    }, FAULT_EVERY_MS);
    const began = Date.now();
    complaints = await torture({
      scene: SCENE,
      env: { API: telegram.apiRoot, BOT_TOKEN: telegram.token },
      kills: KILLS,
      lifeMs: 3000,
      random,
      missing: () => titles.filter((title) => withTitle(standing(telegram), title).length === 0),
      patienceMs: 150_000,
    });
    clearInterval(timer);
    const calls = telegram.recorded.filter(({ method }) => /^(sendMessage|editMessageText)$/i.test(method));
    const repeats = standing(telegram).filter((text) => text.includes(MARK));
    console.info(
      `${titles.length} messages, ${KILLS} kill -9, ${calls.length} calls, ${repeats.length} marked repeats, ${Math.round((Date.now() - began) / 1000)} s`,
    );
  }, 300_000);
  afterAll(() => telegram.close());

  it('shows everything, and what stands there twice says so', () => {
    const silent = titles.filter((title) => {
      const copies = withTitle(standing(telegram), title);
      return copies.length === 0 || copies.filter((text) => !text.includes(MARK)).length > 1;
    });
    expect(silent).toEqual([]);
  });

  it('shows the end of every thread once, and a second time only where that says so', () => {
    const ends = titles.filter((title) => title.endsWith('done'));
    for (const title of ends) {
      const copies = withTitle(standing(telegram), title);
      const repeats = copies.filter((text) => text.includes(MARK));
      expect(copies.length, title).toBeGreaterThanOrEqual(1);
      expect(copies.length - repeats.length, title).toBeLessThanOrEqual(1);
      expect(repeats.length, title).toBeLessThanOrEqual(1);
    }
  });

  it('has nothing to complain of', () => expect(complaints).toEqual([]));
});
