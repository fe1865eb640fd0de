import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, signIn } from '../fakes/console/client.ts';
import type { SeenMessage } from '../fakes/telegram/seen.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { type Card, Scene, serviceOf } from './stage/scene.ts';
import { onTelegram, team } from './stage/team.ts';
import { TestClock } from './stage/test-clock.ts';

const ANA = 'U0ANA';
const ANA_ON_TELEGRAM = 111;
const BEN_ON_TELEGRAM = 222;
const GROUP = -1_001_000_000_001;
/** Longer than a stop may be approved here, and less than a press may be old. */
const EXPIRY_MS = 61_000;
const policy = [
  { verb: 'stop', allow: ['operator'], approvals: 1, from: ['approver'], expires: '1m' },
  ...team.policy,
];
/** Within this a decision stands on every copy. */
const STAMPED_MS = 5_000;

describe('asked in Slack, decided in Telegram', () => {
  let scene: Scene;
  let telegram: FakeTelegram;
  let clock: TestClock;
  /** The console's page as Cleo sees it. */
  let page: () => Promise<string>;

  beforeAll(async () => {
    telegram = await startFakeTelegram({
      users: [
        { id: ANA_ON_TELEGRAM, name: 'Ana' },
        { id: BEN_ON_TELEGRAM, name: 'Ben' },
      ],
      chats: [{ id: GROUP, title: 'Operations' }],
    });
    clock = await TestClock.make();
    scene = await Scene.open({
      components: async (yard) => ({
        app: await yard.program('app'),
        held: await yard.program('held'),
        // Ends as soon as it has started.
        gone: await yard.program('gone', { first: 'exit 1' }),
        slow: await yard.program('slow', { clings: true }),
      }),
      services: async (yard) => ({
        glass: serviceOf(
          'glass',
          { frail: await yard.program('frail', { endsAfter: 0.8 }) },
          { verify: { hold: '1s', within: '3s' } },
        ),
      }),
      botswain: { chats: onTelegram(telegram, GROUP).chats, policy },
      environment: { ...onTelegram(telegram, GROUP).variables, ...clock.environment },
    });
    await scene.yard.start('slow');
    const link = scene.bot.signInLink('Cleo');
    const browser = createClient(new URL(link).origin);
    await signIn(browser, link);
    page = async () => (await browser.ask('/')).body;
  });
  afterAll(async () => {
    await scene?.close();
    await telegram?.close();
    await clock?.close();
  });

  interface Copies {
    readonly asked: Card;
    readonly operations: Card;
    readonly group: SeenMessage;
  }

  async function asks(text: string): Promise<Copies> {
    const asked = await scene.requests(text, ANA, 'C0INC');
    const operations = await scene.newCard('C0OPS');
    const wanted = { chat: GROUP, text: new RegExp(`${asked.id} · plan`), button: 'Approve', within: 25_000 };
    return { asked, operations, group: await telegram.expectMessage(wanted) };
  }

  /** Waits until every copy reads like this, and returns how long that took; a group takes 20 messages a minute. */
  async function stamped({ asked, operations, group }: Copies, match: RegExp): Promise<number> {
    const startedAt = performance.now();
    const within = 25_000;
    await Promise.all([
      scene.shows(asked, match, within),
      scene.shows(operations, match, within),
      telegram.expectMessage({ chat: GROUP, messageId: group.messageId, text: match, within }),
      expect.poll(page, { timeout: within }).toMatch(match),
    ]);
    return performance.now() - startedAt;
  }

  it('the asker is the same person in both chats, and may not approve from the other one', async () => {
    const copies = await asks('restart shop/app --reason "stuck"');
    const press = { chat: GROUP, messageId: copies.group.messageId, label: 'Approve' };
    const own = await telegram.press({ ...press, user: ANA_ON_TELEGRAM });
    expect(own).toMatchObject({ alert: true, text: expect.stringMatching(/somebody else must decide/) });
    expect(scene.yard.starts('app')).toBe(0);
    await telegram.press({ ...press, user: BEN_ON_TELEGRAM });
    expect(await stamped(copies, /approved by Ben at \d\d:\d\d/)).toBeLessThan(STAMPED_MS);
    await stamped(copies, /succeeded/);
    expect(scene.yard.starts('app')).toBe(1);
    expect(scene.buttons(copies.asked)).toEqual([]);
    expect(scene.buttons(copies.operations)).toEqual([]);
  }, 60_000);

  const groupNow = ({ group }: Copies): SeenMessage | undefined =>
    telegram.fromBot(GROUP).find(({ messageId }) => messageId === group.messageId);

  it('a no ends it everywhere, with who, when and why, and no copy has a button left', async () => {
    const copies = await asks('restart shop/app');
    telegram.say({
      user: BEN_ON_TELEGRAM,
      chat: GROUP,
      text: `/ops deny ${copies.asked.id} not during the release`,
    });
    const took = await stamped(copies, /denied by Ben at \d\d:\d\d \(not during the release\)/);
    expect(took).toBeLessThan(STAMPED_MS);
    expect(scene.buttons(copies.asked)).toEqual([]);
    expect(scene.buttons(copies.operations)).toEqual([]);
    expect(groupNow(copies)?.buttons).toEqual([]);
    expect(scene.yard.starts('app')).toBe(1);
  }, 60_000);

  const approves = ({ group }: Copies): Promise<unknown> =>
    telegram.press({ user: BEN_ON_TELEGRAM, chat: GROUP, messageId: group.messageId, label: 'Approve' });

  /** Ends what carries out a step on the target, as an out-of-memory killer would: it leaves no exit code. */
  async function loseSight(): Promise<void> {
    await expect.poll(() => scene.yard.asked('slow'), { timeout: 12_000 }).toBe(true);
    const receipts = join(scene.yard.folder, 'receipts');
    const underWay = (await readdir(receipts)).filter((name) => !existsSync(join(receipts, name, 'rc')));
    expect(underWay).toHaveLength(1);
    const [pid] = (await readFile(join(receipts, underWay[0] ?? '', 'pid'), 'utf8')).split(' ');
    process.kill(Number(pid), 'SIGKILL');
  }

  interface Ending {
    readonly ends: string;
    readonly line: string;
    /** Once it was asked for. */
    readonly befalls: (copies: Copies) => Promise<unknown>;
    readonly says: RegExp;
    /** What may still be pressed. */
    readonly leaves: readonly string[];
  }

  const endings: readonly Ending[] = [
    {
      ends: 'cancelled',
      line: 'restart shop/app',
      befalls: ({ asked }) => scene.types(ANA, `cancel ${asked.id}`),
      says: /Cancelled by Ana; nothing was done/,
      leaves: [],
    },
    {
      ends: 'voided',
      line: 'restart shop/held',
      befalls: async (copies) => {
        await scene.types(ANA, 'freeze shop/held --until 2h --reason "a demo"');
        await scene.slack.expectMessage({ channel: 'C0OPS', match: /Ana froze shop\/held@production/ });
        await approves(copies);
      },
      says: /Nothing was done: shop\/held@production is frozen/,
      leaves: [],
    },
    {
      ends: 'failed',
      line: 'restart shop/gone',
      befalls: approves,
      says: /it ended with code 1/,
      leaves: ['Logs', 'Run again'],
    },
    {
      ends: 'not verified',
      line: 'restart glass/frail',
      befalls: approves,
      says: /its process \d+ is gone/,
      leaves: ['Logs', 'Run again'],
    },
    {
      ends: 'unknown',
      line: 'restart shop/slow',
      befalls: async (copies) => {
        await approves(copies);
        await loseSight();
      },
      says: /may or may not have happened/,
      leaves: ['It happened', 'It did not happen'],
    },
    {
      ends: 'expired',
      line: 'stop shop/app',
      befalls: () => clock.step(EXPIRY_MS),
      says: /Nobody approved it in time; nothing was done/,
      leaves: [],
    },
  ];

  it.each(endings)(
    'every copy says that it is $ends, and offers no decision any more',
    async (ending) => {
      const { ends, line, befalls, says, leaves } = ending;
      const copies = await asks(line);
      await befalls(copies);
      await stamped(copies, new RegExp(`\\b${ends}\\b`));
      await stamped(copies, says);
      const { asked, operations } = copies;
      const left = () => [scene.buttons(asked), scene.buttons(operations), groupNow(copies)?.buttons];
      await expect.poll(left, { timeout: 25_000 }).toEqual([leaves, leaves, leaves]);
    },
    60_000,
  );

  it('the audit has who said no, from which account and why', async () => {
    const denied = (await scene.audit()).filter(({ event }) => event === 'change denied');
    expect(denied).toMatchObject([
      { actor: 'ben', detail: { via: 'telegram:222', reason: 'not during the release' } },
    ]);
  }, 60_000);
});
