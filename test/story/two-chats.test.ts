import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createClient, signIn } from '../fakes/console/client.ts';
import type { SeenMessage } from '../fakes/telegram/seen.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { type Card, Scene } from './stage/scene.ts';
import { onTelegram } from './stage/team.ts';

const ANA = 'U0ANA';
const ANA_ON_TELEGRAM = 111;
const BEN_ON_TELEGRAM = 222;
const GROUP = -1_001_000_000_001;
/** Within this a decision stands on every copy. */
const STAMPED_MS = 5_000;

describe('asked in Slack, decided in Telegram', () => {
  let scene: Scene;
  let telegram: FakeTelegram;
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
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app') }),
      botswain: { chats: onTelegram(telegram, GROUP).chats },
      environment: onTelegram(telegram, GROUP).variables,
    });
    const link = scene.bot.signInLink('Cleo');
    const browser = createClient(new URL(link).origin);
    await signIn(browser, link);
    page = async () => (await browser.ask('/')).body;
  });
  afterAll(async () => {
    await scene?.close();
    await telegram?.close();
  });

  interface Copies {
    readonly asked: Card;
    readonly operations: Card;
    readonly group: SeenMessage;
  }

  async function asks(text: string): Promise<Copies> {
    const asked = await scene.requests(text, ANA, 'C0INC');
    const operations = await scene.newCard('C0OPS');
    const wanted = { chat: GROUP, text: new RegExp(`${asked.id} · plan`), button: 'Approve', within: 10_000 };
    return { asked, operations, group: await telegram.expectMessage(wanted) };
  }

  /** Waits until every copy reads like this, and returns how long that took. */
  async function stamped({ asked, operations, group }: Copies, match: RegExp): Promise<number> {
    const startedAt = performance.now();
    await Promise.all([
      scene.shows(asked, match),
      scene.shows(operations, match),
      telegram.expectMessage({ chat: GROUP, messageId: group.messageId, text: match, within: 12_000 }),
      expect.poll(page, { timeout: 12_000 }).toMatch(match),
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
    const group = telegram.fromBot(GROUP).find(({ messageId }) => messageId === copies.group.messageId);
    expect(group?.buttons).toEqual([]);
    expect(scene.yard.starts('app')).toBe(1);
    const denied = (await scene.audit()).filter(({ event }) => event === 'change denied');
    expect(denied).toMatchObject([
      { actor: 'ben', detail: { via: 'telegram:222', reason: 'not during the release' } },
    ]);
  }, 60_000);
});
