import { DateTime } from 'luxon';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Scene } from './stage/scene.ts';
import { team } from './stage/team.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const VERA = 'U0VERA';
const INCIDENTS = 'C0INC';

const today = DateTime.utc();
const day = (moved: number): string => today.plus({ days: moved }).toISODate();

const policy = [
  { risk: 'read', allow: ['operator', 'viewer'] },
  {
    verb: 'stop',
    hours: { from: day(-1), to: day(1) },
    deny: true,
    why: 'the shop is open, and people are buying',
  },
  { components: { min: 3 }, deny: true, why: 'one after the other, please' },
  { channel: 'incidents', allow: ['operator'] },
  { recent_failures: { at_least: 1, within: '1h' }, allow: ['operator'], approvals: 2, from: ['approver'] },
  { verb: 'start', allow: ['operator'], approvals: 1, from: ['approver'] },
  { risk: 'change', allow: ['operator'] },
];

describe('policy as data', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({
      components: async (yard) => ({
        app: await yard.program('app'),
        web: await yard.program('web'),
        mail: await yard.program('mail'),
        // Ends as soon as it has started.
        gone: await yard.program('gone', { first: 'exit 1' }),
        frail: await yard.program('frail', { first: 'exit 1' }),
      }),
      botswain: { people: team.people, policy },
    });
  });
  afterAll(() => scene?.close());

  it('explains a line before anybody types it: which rule decides, why not others, what would help', async () => {
    const text = await scene.asks(ANA, 'policy explain start shop/app');
    expect(text).toMatch(/Policy: start shop\/app/);
    expect(text).toMatch(/1 approval needed/);
    expect(text).toMatch(/Ana may, by policy rule 6, after 1 approval by somebody with the role approver/);
    expect(text).toMatch(/rule 2 — verb: start, not stop/);
    expect(text).toMatch(/rule 3 — components: 1, not at least 3/);
    expect(text).toMatch(/May approve now\*?\s+Ben, Cleo/);
    expect(text).toMatch(/Asked in incidents: no approval \(rule 4\)/);
    expect(scene.yard.starts('app')).toBe(0);
  });

  it('and what it explains is what happens, in either channel', async () => {
    const waits = await scene.requests('start shop/app');
    expect(await scene.shows(waits, /awaiting approval/)).toMatch(/policy rule 6/);
    await scene.presses(BEN, waits, 'Deny');
    await scene.shows(waits, /\*denied\*/);
    const runs = await scene.requests('start shop/app', ANA, INCIDENTS);
    await scene.shows(runs, /succeeded/);
    expect(scene.yard.starts('app')).toBe(1);
  });

  it('refuses in the words of the rule: by the calendar, and by the size of the plan', async () => {
    const refused = await scene.asks(ANA, 'stop shop/app');
    expect(refused).toMatch(/policy rule 2 forbids it to everybody: the shop is open, and people are buying/);
    const many = await scene.asks(ANA, 'restart shop/app shop/web shop/mail');
    expect(many).toMatch(/policy rule 3 forbids it to everybody: one after the other, please/);
    const help = await scene.asks(ANA, 'policy explain restart shop/app shop/web shop/mail');
    expect(help).toMatch(/With at most 2 components: no approval \(rule 7\)/);
    const later = await scene.asks(ANA, 'policy explain stop shop/app');
    expect(later).toMatch(/From \w{3} [\d: -]+on \(UTC\): no approval \(rule 7\)/);
  });

  it('judges a change as of the time at which it is to start', async () => {
    const card = await scene.requests(`stop shop/app --at "${day(3)} 12:00"`);
    await scene.shows(card, /Waits for its time/);
    await scene.presses(ANA, card, 'Cancel');
    await scene.shows(card, /\*cancelled\*/);
  });

  it('what failed lately wants two, and explain says since when', async () => {
    const card = await scene.requests('restart shop/gone');
    await scene.shows(card, /\*(failed|not verified)\*/);
    const text = await scene.asks(ANA, 'policy explain restart shop/gone');
    expect(text).toMatch(/2 approvals needed/);
    expect(text).toMatch(/When nothing of it has failed lately: no approval \(rule 7\)/);
    expect(await scene.shows(await scene.requests('restart shop/gone'), /awaiting approval/)).toMatch(
      /0 of 2/,
    );
    const other = await scene.requests('restart shop/web');
    await scene.shows(other, /succeeded/);
  });

  it('asks anew when more people must approve by the time it starts', async () => {
    const card = await scene.requests('start shop/frail --reason "release"');
    await scene.shows(card, /0 of 1/);
    await scene.shows(await scene.requests('restart shop/frail'), /\*(failed|not verified)\*/);
    const before = scene.yard.starts('frail');
    await scene.presses(BEN, card, 'Approve');
    const text = await scene.shows(card, /\*voided\*/);
    expect(text).toMatch(/it has 1 of the 2 approvals that policy rule 5 wants from approver by now/);
    const [, id] = /asked for anew as (C-\d+)/.exec(text) ?? [];
    const anew = await scene.newCard();
    expect(anew.id).toBe(id);
    const waits = await scene.shows(anew, /awaiting approval/);
    expect(waits).toMatch(/Reason\*\s+release/);
    expect(waits).toMatch(/0 of 2 from approver/);
    expect(waits).not.toMatch(/is locked by/);
    expect(scene.yard.starts('frail')).toBe(before);
  });

  it('explains to somebody what somebody else would get', async () => {
    const text = await scene.asks(VERA, 'policy explain restart shop/web');
    expect(text).toMatch(/Vera may not: policy rule 7 allows it to operator only/);
    expect(text).toMatch(/By somebody with the role operator \(Ana, Ben, Cleo\): no approval \(rule 7\)/);
    const ofAna = await scene.asks(VERA, 'policy explain restart shop/web --as ana');
    expect(ofAna).toMatch(/Ana may, by policy rule 7; nobody has to approve/);
  });
});
