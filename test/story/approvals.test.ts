import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scene, serviceOf } from './stage/scene.ts';
import { team } from './stage/team.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const CLEO = 'U0CLEO';
const VERA = 'U0VERA';

const change = { allow: ['operator'], from: ['approver'] } as const;
const policy = [
  { risk: 'read', allow: ['operator', 'viewer'] },
  { ...change, verb: 'restart', approvals: 2 },
  { ...change, verb: 'start', approvals: 1, reason: 'required' },
  { ...change, verb: 'stop', approvals: 1, expires: '2s' },
  { ...change, verb: ['lock', 'unlock'], approvals: 0, from: undefined },
];

describe('changes wait for other people', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({
      components: async (yard) => ({
        app: await yard.program('app'),
        web: await yard.program('web'),
        mail: await yard.program('mail'),
      }),
      botswain: { people: team.people, policy: policy.map(withoutUndefined) },
    });
  });
  afterAll(() => scene?.close());

  it('two must agree: each person counts once, the asker and those without the role never', async () => {
    const card = await scene.requests('restart shop/app');
    expect(await scene.shows(card, /awaiting approval/)).toMatch(/0 of 2 from approver/);
    await scene.presses(ANA, card, 'Approve');
    await scene.told(ANA, /asked for C-\d+ yourself; somebody else must decide/i);
    await scene.presses(VERA, card, 'Approve');
    await scene.told(VERA, /needs somebody with the role approver; you have viewer/);
    await scene.presses(BEN, card, 'Approve');
    await scene.told(BEN, /1 more needed/);
    await scene.presses(BEN, card, 'Approve');
    await scene.told(BEN, /you approved C-\d+ already/i);
    expect(scene.yard.starts('app')).toBe(0);
    await scene.presses(CLEO, card, 'Approve');
    const text = await scene.shows(card, /succeeded/);
    expect(text).toMatch(/2 of 2 from approver/);
    expect(text).toMatch(/approved by Ben at \d\d:\d\d/);
    expect(text).toMatch(/approved by Cleo at \d\d:\d\d/);
    expect(scene.yard.starts('app')).toBe(1);
  });

  it('two approve within the same millisecond, each with a double click: one start', async () => {
    const card = await scene.requests('restart shop/app');
    await Promise.all([BEN, BEN, CLEO, CLEO].map((user) => scene.presses(user, card, 'Approve')));
    await scene.shows(card, /succeeded/);
    expect(scene.yard.starts('app')).toBe(2);
  });

  it('one approves while another denies: one of them wins, the other is told', async () => {
    const card = await scene.requests('start shop/web --reason "release day"');
    await Promise.all([scene.presses(BEN, card, 'Approve'), scene.presses(CLEO, card, 'Deny')]);
    const text = await scene.shows(card, /succeeded|denied by/);
    const denied = /denied by Cleo/.test(text);
    expect(text).toMatch(denied ? /denied by Cleo/ : /approved by Ben/);
    await scene.told(denied ? BEN : CLEO, /does not wait for a decision any more/);
    expect(scene.yard.starts('web')).toBe(denied ? 0 : 1);
    expect(scene.buttons(card)).toEqual([]);
  });

  it('a reason is demanded before anybody is bothered, and shown to whom decides', async () => {
    expect(await scene.asks(ANA, 'start shop/mail')).toMatch(/wants a reason.*--reason "why"/s);
    const card = await scene.requests('start shop/mail --reason "the queue is full"');
    expect(await scene.shows(card, /awaiting approval/)).toContain('the queue is full');
    await scene.types(BEN, `deny ${card.id} not on a Friday`);
    const text = await scene.shows(card, /\*denied\*/);
    expect(text).toMatch(/denied by Ben at \d\d:\d\d \(not on a Friday\)/);
    expect(scene.buttons(card)).toEqual([]);
    expect(scene.yard.starts('mail')).toBe(0);
  });

  it('a card that shows another plan decides nothing', async () => {
    const card = await scene.requests('restart shop/app');
    expect(await scene.asks(BEN, `approve ${card.id} 0123456789abcdef`)).toMatch(/shows another plan/);
    expect(await scene.shows(card, /awaiting approval/)).toMatch(/0 of 2/);
    await scene.presses(ANA, card, 'Cancel');
    expect(await scene.shows(card, /cancelled/)).toMatch(/Cancelled by Ana; nothing was done/);
  });

  it('nobody answers in time: the card says so, has no buttons, and a late click changes nothing', async () => {
    const card = await scene.requests('stop shop/app');
    const open = scene.slack.message(card.channel, card.ts);
    const text = await scene.shows(card, /\*expired\*/);
    expect(text).toMatch(/Nobody approved it in time; nothing was done/);
    expect(scene.buttons(card)).toEqual([]);
    if (open === undefined) throw new Error('the card was never there');
    await scene.slack.clickAction({ user: BEN, message: open, label: 'Approve' });
    await scene.told(BEN, /C-\d+ has expired/);
    expect(scene.yard.pid('app')).toBeGreaterThan(0);
  });

  it('a kill between the question and the answer loses neither', async () => {
    const card = await scene.requests('restart shop/app');
    await scene.presses(BEN, card, 'Approve');
    await scene.told(BEN, new RegExp(`${card.id}; 1 more needed`));
    await scene.bot.kill();
    await scene.bot.start();
    await scene.presses(CLEO, card, 'Approve');
    expect(await scene.shows(card, /succeeded/)).toMatch(/approved by Ben[\s\S]*approved by Cleo/);
    expect(scene.yard.starts('app')).toBe(3);
  });

  it('what was approved must still be what would run', async () => {
    const card = await scene.requests('restart shop/app');
    await scene.types(CLEO, 'lock shop/app --reason "looking at it"');
    await scene.presses(BEN, card, 'Approve');
    await scene.presses(CLEO, card, 'Approve');
    await scene.shows(card, /Waits for shop\/app@production, locked by Cleo: looking at it/);
    await scene.bot.stop();
    const components = {
      app: { ...(await scene.yard.program('app')), stop_seconds: 7 },
      web: await scene.yard.program('web'),
      mail: await scene.yard.program('mail'),
    };
    await scene.bot.write('services/shop.yaml', serviceOf('shop', components));
    await scene.bot.start();
    await scene.types(CLEO, 'unlock shop/app');
    expect(await scene.shows(card, /\*voided\*/)).toMatch(/Nothing was done: .* changed/);
    expect(scene.yard.starts('app')).toBe(3);
  });

  it('the audit has every decision, and each change was started at most once', async () => {
    const records = await scene.audit();
    const started = records.filter(({ event }) => event === 'change started').map(({ subject }) => subject);
    expect(new Set(started).size).toBe(started.length);
    expect(
      records.filter(({ event, subject }) => event === 'change approved' && subject === 'C-1'),
    ).toHaveLength(2);
    expect(
      records.filter(({ event, subject }) => event === 'decision refused' && subject === 'C-1'),
    ).toHaveLength(3);
    expect(records.find(({ event }) => event === 'change denied')).toMatchObject({ actor: 'ben' });
  });
});

function withoutUndefined(rule: object): object {
  return Object.fromEntries(Object.entries(rule).filter(([, value]) => value !== undefined));
}
