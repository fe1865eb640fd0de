import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { type Card, Scene } from './stage/scene.ts';
import { onTelegram, team } from './stage/team.ts';
import { TestClock } from './stage/test-clock.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const GROUP = -1_001_000_000_001;
const OPS = 'C0OPS';
/** A loaded machine is slow. */
const PATIENCE_MS = 20_000;
/** More than any test needs while the rest lasts, and twice that is less than a press may be old. */
const REST_S = 45;

const policy = [
  { risk: 'read', allow: ['operator', 'viewer'] },
  { verb: 'restart', allow: ['operator'] },
  { verb: 'stop', allow: ['operator'], approvals: 1, from: ['approver'] },
  { risk: 'change', allow: ['operator'] },
];

describe('trying again has an end', () => {
  let scene: Scene;
  let telegram: FakeTelegram;
  let clock: TestClock;
  beforeAll(async () => {
    telegram = await startFakeTelegram({
      users: [{ id: 111, name: 'Ana' }],
      chats: [{ id: GROUP, title: 'Operations' }],
    });
    clock = await TestClock.make();
    scene = await Scene.open({
      components: async (yard) => ({
        app: await yard.program('app', { first: 'test -e mended || exit 1' }),
        web: await yard.program('web'),
      }),
      botswain: {
        chats: onTelegram(telegram, GROUP).chats,
        policy,
        budget: [{ verb: ['restart', 'stop'], tries: 2, within: '1h', rest: `${REST_S}s` }],
        people: { ...team.people, cleo: { ...team.people.cleo, roles: ['operator', 'approver', 'oncall'] } },
        break_glass: { roles: ['oncall'], review_from: ['approver'] },
      },
      environment: { ...onTelegram(telegram, GROUP).variables, ...clock.environment },
    });
  });
  afterAll(async () => {
    await scene?.close();
    await telegram?.close();
    await clock?.close();
  });

  /** Until one more try would be allowed, and not earlier. */
  async function rested(): Promise<void> {
    const dry = (): Promise<string> => scene.asks(ANA, 'restart shop/app --dry-run');
    expect(await dry()).toMatch(/it would be refused/);
    await clock.step(REST_S * 1000);
    expect(await dry()).not.toMatch(/it would be refused/);
  }

  const fails = async (user = ANA): Promise<Card> => {
    const card = await scene.requests('restart shop/app', user);
    await scene.shows(card, /\*(failed|not verified)\*/, PATIENCE_MS);
    return card;
  };

  it('after two tries the button goes away, from the card before as well, and somebody is called once', async () => {
    const first = await fails();
    expect(scene.buttons(first)).toContain('Run again');
    const second = await fails(BEN);
    await scene.shows(second, /Tried too often: restart of shop\/app@production/);
    await scene.shows(first, /Tried too often/);
    expect(scene.buttons(first)).not.toContain('Run again');
    expect(scene.buttons(second)).not.toContain('Run again');
    const match = /A person has to look: restart of shop\/app@production/;
    const note = await scene.slack.expectMessage({ channel: OPS, match });
    expect(JSON.stringify(note.look)).toMatch(/U0BEN[\s\S]*U0CLEO/);
    expect(readable(note.look)).toMatch(
      /tried 2 times on shop\/app@production since .*C-1 by Ana, C-2 by Ben/,
    );
    await telegram.expectMessage({ chat: GROUP, text: match, within: PATIENCE_MS });
  });

  it('a third is refused, with how often, by whom and until when; other components are not concerned', async () => {
    const refusal = await scene.asks(ANA, 'restart shop/app');
    expect(refusal).toMatch(
      /restart was tried 2 times on shop\/app@production since .*; the last one was not verified/i,
    );
    expect(refusal).toMatch(/logs shop\/app@production[\s\S]*One more try is allowed from \d\d:\d\d on/);
    expect(refusal).toMatch(/--break-glass/);
    expect(refusal).toMatch(/DENIED_BUDGET/);
    expect(await scene.asks(ANA, 'policy explain restart shop/app')).toMatch(
      /the budget of restart on shop\/app@production is used up \(2 tries\); one more from \d\d:\d\d/,
    );
    expect(await scene.asks(ANA, 'restart shop/app --dry-run')).toMatch(
      /it would be refused: restart was tried 2/,
    );
    await scene.shows(await scene.requests('restart shop/web'), /\*succeeded\*/);
  });

  it('after a rest one more is allowed; not verified, it closes again, and nobody is called twice', async () => {
    await rested();
    const third = await fails();
    expect(scene.buttons(third)).not.toContain('Run again');
    expect(await scene.asks(ANA, 'restart shop/app')).toMatch(/tried 3 times/);
    await scene.bot.kill();
    await scene.bot.start();
    expect(await scene.asks(ANA, 'restart shop/app')).toMatch(/DENIED_BUDGET/);
    const calls = scene.slack.messages(OPS).filter(({ look }) => /A person has to look/.test(readable(look)));
    expect(calls).toHaveLength(1);
  });

  it('verified, the budget is full again', async () => {
    await rested();
    await writeFile(join(scene.yard.folder, 'mended'), '');
    await scene.shows(await scene.requests('restart shop/app'), /\*succeeded\*/);
    await scene.shows(await scene.requests('restart shop/app'), /\*succeeded\*/);
  });

  it('of two that were asked for at once only one makes the last try', async () => {
    const one = await scene.requests('stop shop/web', ANA);
    await scene.presses(BEN, one, 'Approve');
    await scene.shows(one, /\*succeeded\*/);
    const [two, three] = [
      await scene.requests('stop shop/web', ANA),
      await scene.requests('stop shop/web', ANA),
    ];
    await Promise.all([scene.presses(BEN, two, 'Approve'), scene.presses(BEN, three, 'Approve')]);
    const ends = await Promise.all([two, three].map((card) => scene.shows(card, /\*(succeeded|voided)\*/)));
    expect(ends.filter((text) => /\*succeeded\*/.test(text))).toHaveLength(1);
    expect(ends.find((text) => /\*voided\*/.test(text))).toMatch(/Nothing was done: stop was tried 2 times/);
  });

  it('a broken glass goes through', async () => {
    const card = await scene.requests('stop shop/web --break-glass --reason "it must be off now"', 'U0CLEO');
    expect(await scene.shows(card, /\*succeeded\*/)).toMatch(
      /skipped 1 approval from approver, the budget of stop on shop\/web@production/,
    );
  });

  it('the audit has each time that it was used up, once', async () => {
    const records = await scene.audit();
    const used = records.filter(({ event }) => event === 'budget used up');
    expect(used.map(({ detail }) => detail)).toMatchObject([
      { component: 'shop/app@production', verb: 'restart', tries: '2' },
      { component: 'shop/web@production', verb: 'stop', tries: '2' },
    ]);
  });
});
