import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { type Card, Scene, serviceOf } from './stage/scene.ts';
import { onTelegram } from './stage/team.ts';
import { TestClock } from './stage/test-clock.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const CLEO = 'U0CLEO';
const OPS = 'C0OPS';
const GROUP = -1_001_000_000_001;
/** More than any test needs to look at what waits. */
const AHEAD_MS = 50_000;

const today = DateTime.utc();
const day = (moved: number): string => today.plus({ days: moved }).toISODate();

const policy = [
  { risk: 'read', allow: ['operator', 'viewer'] },
  {
    frozen: true,
    service: 'shop',
    allow: ['approver'],
    approvals: 1,
    from: ['approver'],
    reason: 'required',
  },
  { risk: 'change', allow: ['operator'] },
];

const freezes = [
  { name: 'stocktaking', service: 'store', from: day(-1), to: day(1), reason: 'the shelves are counted' },
  {
    name: 'stops on Sundays only',
    service: 'shop',
    verb: 'stop',
    only: { from: `${day(10)} 02:00`, to: `${day(10)} 04:00` },
    reason: 'its runbook says so',
  },
];

describe('freezes', () => {
  let scene: Scene;
  let clock: TestClock;
  let telegram: FakeTelegram;

  beforeAll(async () => {
    telegram = await startFakeTelegram({
      users: [{ id: 111, name: 'Ana' }],
      chats: [{ id: GROUP, title: 'Operations' }],
    });
    clock = await TestClock.make();
    scene = await Scene.open({
      components: async (yard) => ({
        app: await yard.program('app'),
        web: await yard.program('web'),
        slow: await yard.program('slow', { clings: true }),
        mail: await yard.program('mail'),
      }),
      services: async (yard) => ({ store: serviceOf('store', { db: await yard.program('db') }) }),
      botswain: {
        policy,
        freezes,
        chats: onTelegram(telegram, GROUP).chats,
        break_glass: { roles: ['operator'], review_from: ['approver'] },
      },
      environment: { ...onTelegram(telegram, GROUP).variables, ...clock.environment },
    });
  });
  afterAll(async () => {
    await scene?.close();
    await telegram?.close();
    await clock?.close();
  });

  const saidInOps = (match: RegExp) => scene.slack.expectMessage({ channel: OPS, match, withinMs: 10_000 });

  /** Types a freeze and returns its id. */
  async function freezesIt(line: string): Promise<string> {
    const reason = /--reason "([^"]+)"/.exec(line)?.[1] ?? '';
    await scene.types(BEN, line);
    const message = await saidInOps(new RegExp(`Ben froze[\\s\\S]*${reason}`));
    return /\bF-\d+/.exec(readable(message.look))?.[0] ?? '';
  }

  async function cancels(card: Card): Promise<void> {
    const before = scene.slack.ephemerals(ANA).length;
    await scene.presses(ANA, card, 'Cancel');
    await scene.slack.until(() => scene.slack.ephemerals(ANA)[before], 10_000);
  }

  it('by the calendar: says which, until when and why, and a button asks for it when it is over', async () => {
    const refusal = await scene.asks(ANA, 'restart store/db');
    expect(refusal).toMatch(
      /store\/db@production is frozen until .*\(stocktaking: the shelves are counted\)/,
    );
    expect(refusal).toMatch(/DENIED_FROZEN/);
    const ephemeral = scene.slack.ephemerals(ANA).at(-1);
    if (ephemeral === undefined) throw new Error('nothing was said');
    await scene.slack.clickEphemeral({ ephemeral, label: 'Do it when the freeze is over' });
    const card = await scene.newCard();
    expect(await scene.shows(card, /Waits for its time/)).toContain(`${day(2)} 00:00`);
    await cancels(card);
    expect(scene.yard.starts('db')).toBe(0);
  });

  it('`only`: one verb is frozen but in its window, the others are not', async () => {
    expect(await scene.asks(ANA, 'stop shop/app')).toMatch(
      /frozen until .*02:00 \(stops on Sundays only: its runbook says so\)/,
    );
    const card = await scene.requests('start shop/app');
    await scene.shows(card, /succeeded/);
    const at = `${day(10)}T03:00:00Z`;
    const planned = await scene.requests(`stop shop/app --at ${at}`);
    await scene.shows(planned, /Waits for its time/);
    await cancels(planned);
    expect(await scene.asks(ANA, `stop shop/app --at ${day(10)}T05:00:00Z`)).toMatch(
      /shop\/app@production is frozen at that time/,
    );
  });

  it('typed: keeps everybody away, tells who may all the same, and can be lifted', async () => {
    const id = await freezesIt('freeze shop/web --until 2h --reason "the demo"');
    const refusal = await scene.asks(ANA, 'restart shop/web');
    expect(refusal).toMatch(
      /shop\/web@production is frozen until (?:\w{3} )?\d\d:\d\d \(F-\d+ by Ben: the demo\)/,
    );
    expect(refusal).toMatch(/Ben or Cleo may do it all the same \(policy rule 2\)/);
    expect(refusal).toMatch(/--break-glass/);
    expect(refusal).toMatch(new RegExp(`It can be lifted: unfreeze ${id}`));
    telegram.say({ user: 111, chat: GROUP, text: '/ops restart shop/web' });
    await telegram.expectMessage({
      chat: GROUP,
      text: /frozen until (?:\w{3} )?\d\d:\d\d \(F-\d+ by Ben: the demo\)/,
      button: 'Do it when the freeze is over',
      within: 10_000,
    });
    await scene.types(CLEO, `unfreeze ${id}`);
    await saidInOps(/Cleo lifted the freeze of shop\/web@production/);
    const card = await scene.requests('restart shop/web');
    await scene.shows(card, /succeeded/);
    expect(await scene.asks(CLEO, `unfreeze ${id}`)).toMatch(/is over already/);
  });

  it('policy lets some through, with approval and a reason', async () => {
    const id = await freezesIt('freeze shop/web --until 2h --reason "another demo"');
    const before = scene.yard.starts('web');
    expect(await scene.asks(CLEO, 'restart shop/web')).toMatch(/wants a reason/);
    const card = await scene.requests('restart shop/web --reason "the demo needs it"', CLEO);
    expect(await scene.shows(card, /awaiting approval/)).toMatch(/policy rule 2, which lifts the freeze/);
    await scene.presses(BEN, card, 'Approve');
    await scene.shows(card, /succeeded/);
    expect(scene.yard.starts('web')).toBe(before + 1);
    await scene.types(BEN, `unfreeze ${id}`);
    await saidInOps(new RegExp(`not frozen[\\s\\S]*${id}`));
  });

  it('who breaks the glass goes through it', async () => {
    const id = await freezesIt('freeze shop/web --until 2h --reason "a third demo"');
    const card = await scene.requests('restart shop/web --break-glass --reason "the shop is down"');
    expect(await scene.shows(card, /succeeded/)).toMatch(/skipped the freeze/);
    await scene.types(BEN, `unfreeze ${id}`);
    await saidInOps(new RegExp(`not frozen[\\s\\S]*${id}`));
  });

  it('is judged again before the first step: what waits for its time meets a freeze that came later', async () => {
    const before = scene.yard.starts('web');
    const card = await scene.requests(`restart shop/web --at ${clock.ahead(AHEAD_MS)}`);
    await scene.shows(card, /Waits for its time/);
    const id = await freezesIt('freeze shop --until 2h --reason "came later"');
    await saidInOps(new RegExp(`came later[\\s\\S]*Will not start[\\s\\S]*${card.id}`));
    await clock.step(AHEAD_MS);
    const text = await scene.shows(card, /\*voided\*/, 20_000);
    expect(text).toMatch(/Nothing was done: shop\/web@production is frozen until .*came later/);
    expect(scene.yard.starts('web')).toBe(before);
    await scene.types(BEN, `unfreeze ${id}`);
    await saidInOps(new RegExp(`not frozen[\\s\\S]*${id}`));
  });

  it('does not stop the rest of a change that is under way', async () => {
    const started = await scene.requests('start shop/slow shop/mail');
    await scene.shows(started, /succeeded/);
    const card: Card = await scene.requests('restart shop/slow shop/mail');
    await scene.bot.until(() => scene.yard.asked('slow'));
    const id = await freezesIt('freeze shop --until 2h --reason "in the middle"');
    const before = scene.yard.starts('mail');
    await scene.yard.letGo('slow');
    await scene.shows(card, /succeeded/, 20_000);
    expect(scene.yard.starts('mail')).toBe(before + 1);
    await scene.types(BEN, `unfreeze ${id}`);
    await saidInOps(new RegExp(`not frozen[\\s\\S]*${id}`));
  });

  it('is seen in the fleet, in a service’s own status, in help and in the list of freezes', async () => {
    const id = await freezesIt('freeze shop/web --until 3h --reason "to be seen"');
    await scene.types(ANA, 'status');
    await saidInOps(/The fleet[\s\S]*store@production[\s\S]*frozen until/);
    await scene.types(ANA, 'status shop/web');
    const status = await saidInOps(/shop: shop\/web@production[\s\S]*to be seen/);
    expect(readable(status.look)).toMatch(
      /frozen for stop until .*\(stops on Sundays only: its runbook says so\)/,
    );
    expect(await scene.asks(ANA, 'help')).toMatch(/Now: .*frozen until/);
    await scene.types(ANA, 'freezes');
    const list = readable((await saidInOps(/Freezes[\s\S]*stocktaking/)).look);
    expect(list).toMatch(new RegExp(`${id}[^\\n]*shop/web@production`));
    expect(list).toMatch(/3 hold now/);
    await scene.types(BEN, `unfreeze ${id}`);
    await saidInOps(new RegExp(`not frozen[\\s\\S]*${id}`));
  });

  it('everything at once, until a moment; then it is over by itself, also over a restart', async () => {
    await freezesIt(`freeze --until ${clock.ahead(AHEAD_MS)} --reason "all of it"`);
    expect(await scene.asks(ANA, 'restart shop/web')).toMatch(/all of it/);
    await scene.bot.kill();
    await scene.boot();
    await clock.step(AHEAD_MS);
    const card = await scene.requests('restart shop/web');
    await scene.shows(card, /succeeded/);
  });

  it.each([
    ['freeze shop --reason "no end"', /a freeze wants an end/i],
    ['freeze shop --until 2h', /a freeze wants a reason/i],
    ['freeze shop --until yesterday --reason "no time"', /"yesterday" is not a time/],
    ['unfreeze F-999', /there is no freeze "F-999"/i],
    ['unfreeze stocktaking', /stands in botswain\.yaml/],
  ])('%s is refused in words', async (line, words) => {
    expect(await scene.asks(ANA, line)).toMatch(words);
  });

  it('who may change nothing freezes nothing', async () => {
    expect(await scene.asks('U0VERA', 'freeze --until 2h --reason "a joke"')).toMatch(
      /you may not run freeze/i,
    );
  });

  it('the audit has who froze what and who lifted it', async () => {
    const records = await scene.audit();
    const set = records.filter(({ event }) => event === 'freeze set');
    expect(set.length).toBeGreaterThan(5);
    expect(set[0]).toMatchObject({ actor: 'ben', subject: 'F-1', detail: { reason: 'the demo' } });
    const lifted = records.find(({ event }) => event === 'freeze lifted');
    expect(lifted).toMatchObject({ actor: 'cleo', subject: 'F-1' });
    expect(records.some(({ code }) => code === 'DENIED_FROZEN')).toBe(true);
  });
});
