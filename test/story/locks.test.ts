import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { FREELY, Scene } from './stage/scene.ts';
import { onTelegram, team } from './stage/team.ts';
import { TestClock } from './stage/test-clock.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const CLEO = 'U0CLEO';
const OPS = 'C0OPS';
const TIM = 444;
const GROUP = -1_001_000_000_001;
/** More than any test needs to look at what waits, and less than a press may be old. */
const AHEAD_MS = 50_000;

describe('locks', () => {
  let scene: Scene;
  let clock: TestClock;
  let telegram: FakeTelegram;

  beforeAll(async () => {
    telegram = await startFakeTelegram({
      users: [
        { id: 111, name: 'Ana' },
        { id: TIM, name: 'Tim' },
      ],
      chats: [{ id: GROUP, title: 'Operations' }],
    });
    clock = await TestClock.make();
    scene = await Scene.open({
      components: async (yard) => ({
        app: await yard.program('app'),
        web: await yard.program('web'),
        slow: await yard.program('slow', { clings: true }),
      }),
      botswain: {
        policy: FREELY,
        people: { ...team.people, tim: { name: 'Tim', telegram: TIM, roles: ['operator'] } },
        chats: onTelegram(telegram, GROUP).chats,
      },
      environment: { ...onTelegram(telegram, GROUP).variables, ...clock.environment },
    });
  });
  afterAll(async () => {
    await scene?.close();
    await telegram?.close();
    await clock?.close();
  });

  /** Where the bot writes to somebody alone. */
  const directOf = (user: string): string => scene.slack.direct(user).id;

  const toldDirectly = (user: string, match: RegExp) =>
    scene.slack.expectMessage({ channel: directOf(user), match, withinMs: 10_000 });

  const saidInOps = (match: RegExp) => scene.slack.expectMessage({ channel: OPS, match, withinMs: 10_000 });

  async function unlocks(user: string, subject: string): Promise<void> {
    const count = () =>
      scene.slack.messages(OPS).filter(({ look }) => / unlocked /.test(readable(look))).length;
    const before = count();
    await scene.types(user, `unlock ${subject}`);
    await scene.slack.until(() => (count() > before ? true : undefined), 10_000);
  }

  /** Is refused because of a lock, and presses the button below the refusal. */
  async function isRefusedAndWaits(user: string, line: string): Promise<string> {
    const refusal = await scene.asks(user, line);
    const ephemeral = scene.slack.ephemerals(user).at(-1);
    if (ephemeral === undefined) throw new Error('nothing was said');
    const before = scene.slack.ephemerals(user).length;
    await scene.slack.clickEphemeral({ ephemeral, label: 'Tell me when it is free' });
    const told = await scene.slack.until(() => scene.slack.ephemerals(user)[before], 10_000);
    expect(readable(told.look)).toMatch(/You will be told/);
    return refusal;
  }

  it('keeps everybody else away, says who and why, and tells whoever asked when it is free, once', async () => {
    await scene.types(BEN, 'lock shop/app --reason "migrating by hand"');
    await saidInOps(/Ben locked shop\/app@production/);
    const refusal = await isRefusedAndWaits(ANA, 'restart shop/app');
    expect(refusal).toMatch(/shop\/app@production is locked by Ben: migrating by hand/);
    expect(refusal).toMatch(/Ask Ben; whoever may change there can free it: unlock shop\/app@production/);
    expect(scene.yard.starts('app')).toBe(0);
    await unlocks(BEN, 'shop/app');
    const told = await toldDirectly(ANA, /shop\/app@production is free/);
    await scene.types(BEN, 'lock shop/app --reason "once more"');
    await saidInOps(/once more/);
    await unlocks(BEN, 'shop/app');
    const card = await scene.requests('restart shop/app');
    await scene.shows(card, /succeeded/);
    const all = scene.slack.messages(told.channel).filter(({ look }) => /is free/.test(readable(look)));
    expect(all).toHaveLength(1);
  });

  it('the end of a change frees it, too, and whoever typed in Telegram is told there', async () => {
    const stopping = await scene.requests('start shop/slow', BEN);
    await scene.shows(stopping, /succeeded/);
    const card = await scene.requests('stop shop/slow', BEN);
    await scene.shows(card, /running/);
    telegram.say({ user: 111, chat: GROUP, text: '/ops restart shop/slow' });
    const refusal = await telegram.expectMessage({
      chat: GROUP,
      text: /shop\/slow@production is locked by C-\d+/,
      button: 'Tell me when it is free',
      within: 10_000,
    });
    telegram.say({ user: 111, chat: 111, text: '/start' });
    const shown = await telegram.press({
      chat: GROUP,
      messageId: refusal.messageId,
      label: 'Tell me when it is free',
      user: 111,
    });
    expect(shown).toMatchObject({ text: expect.stringMatching(/You will be told/) });
    await scene.yard.letGo('slow');
    await telegram.expectMessage({ chat: 111, text: /shop\/slow@production is free/, within: 15_000 });
    await scene.shows(card, /succeeded/);
  });

  it('who cannot be written to directly is told where they asked, by name', async () => {
    await scene.types(BEN, 'lock shop/web --reason "looking at it"');
    await saidInOps(/Ben locked shop\/web/);
    telegram.say({ user: TIM, chat: GROUP, text: '/ops notify shop/web' });
    await telegram.expectMessage({
      chat: GROUP,
      text: /You will be told[\s\S]*looking at it/,
      within: 10_000,
    });
    await unlocks(BEN, 'shop/web');
    const told = await telegram.expectMessage({
      chat: GROUP,
      text: /shop\/web@production is free/,
      within: 15_000,
    });
    expect(told.text).toMatch(/Tim/);
  });

  it('one’s own lock does not stop one’s own change, which runs under it, and it stays afterwards', async () => {
    const before = scene.yard.starts('web');
    await scene.types(ANA, 'lock shop/web --reason "my migration"');
    await saidInOps(/Ana locked shop\/web@production[\s\S]*Only changes that Ana asks for may run/);
    expect(await scene.asks(BEN, 'restart shop/web')).toMatch(/locked by Ana: my migration/);
    const card = await scene.requests(`restart shop/web --at ${clock.ahead(AHEAD_MS)}`, ANA);
    await scene.shows(card, /under Ana's lock of shop\/web@production, which stays afterwards/);
    await clock.step(AHEAD_MS);
    await scene.shows(card, /succeeded/);
    expect(scene.yard.starts('web')).toBe(before + 1);
    expect(await scene.asks(BEN, 'restart shop/web')).toMatch(/locked by Ana: my migration/);
  });

  it('is seen in help, in the fleet and in the service’s own status', async () => {
    expect(await scene.asks(BEN, 'help')).toMatch(/shop\/web@production: locked by Ana: my migration/);
    await scene.types(BEN, 'status');
    await saidInOps(/The fleet[\s\S]*locked by Ana/);
    await scene.types(BEN, 'status shop/web');
    const status = await saidInOps(/shop: shop\/web@production[\s\S]*locked by Ana: my migration/);
    await scene.slack.click({ user: BEN, channel: OPS, ts: status.ts, label: 'Tell me when it is free' });
    await scene.told(BEN, /You will be told/);
    await unlocks(ANA, 'shop/web');
    await toldDirectly(BEN, /shop\/web@production is free/);
  });

  it('of two who lock at once one gets it, and the other hears who', async () => {
    await Promise.all([
      scene.types(BEN, 'lock shop/web --reason "ben first"'),
      scene.types(CLEO, 'lock shop/web --reason "cleo first"'),
    ]);
    const told = await scene.slack.until(
      () =>
        [BEN, CLEO]
          .flatMap((user) => scene.slack.ephemerals(user))
          .find(({ look }) => /locked by (Ben|Cleo): (ben|cleo) first/.test(readable(look))),
      10_000,
    );
    const winner = /locked by Ben/.test(readable(told.look)) ? 'Ben' : 'Cleo';
    expect(told.user).toBe(winner === 'Ben' ? CLEO : BEN);
    await saidInOps(new RegExp(`${winner} locked shop/web@production[\\s\\S]*${winner.toLowerCase()} first`));
    await unlocks(ANA, 'shop/web');
  });

  it('wants a reason, and a time that it can read', async () => {
    expect(await scene.asks(ANA, 'lock shop/web')).toMatch(/a lock wants a reason[\s\S]*--reason "why"/i);
    const ephemeral = scene.slack.ephemerals(ANA).at(-1);
    if (ephemeral === undefined) throw new Error('nothing was said');
    await scene.slack.clickEphemeral({ ephemeral, label: 'investigating' });
    await saidInOps(/Ana locked shop\/web@production[\s\S]*investigating/);
    await unlocks(ANA, 'shop/web');
    expect(await scene.asks(ANA, 'lock shop/web --reason "a try" --until soonish')).toMatch(
      /"soonish" is not a time/,
    );
  });

  it('with an end it frees itself, also while nobody was there; the waiter is told after the boot', async () => {
    const until = clock.ahead(AHEAD_MS);
    await scene.types(CLEO, `lock shop/web --until ${until} --reason "for a moment"`);
    await saidInOps(/Cleo locked shop\/web[\s\S]*then it frees itself/);
    expect(await isRefusedAndWaits(ANA, 'restart shop/web')).toMatch(
      /locked by Cleo until (?:\w{3} )?\d\d:\d\d: for a moment/,
    );
    await scene.bot.kill();
    await clock.step(AHEAD_MS);
    await scene.boot();
    await toldDirectly(ANA, /shop\/web@production is free/);
    const card = await scene.requests('restart shop/web', ANA);
    await scene.shows(card, /succeeded/);
  });

  it('the audit has every lock with its end', async () => {
    const records = await scene.audit();
    const locked = records.filter(({ event }) => event === 'lock taken' || event === 'lock released');
    expect(locked.filter(({ event }) => event === 'lock taken').length).toBe(
      locked.filter(({ event }) => event === 'lock released').length,
    );
    expect(locked.findLast(({ event }) => event === 'lock released')).toMatchObject({
      actor: 'botswain',
      subject: 'shop/web@production',
      detail: { why: 'its time was over' },
    });
  });
});
