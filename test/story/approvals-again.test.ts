import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJournal } from '../../src/store/open-journal.ts';
import { readable } from '../fakes/slack/content.ts';
import { type FakeTelegram, startFakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { type Card, Scene } from './stage/scene.ts';
import { onTelegram, team } from './stage/team.ts';
import { TestClock } from './stage/test-clock.ts';

const BEN = 'U0BEN';
const CLEO = 'U0CLEO';
const DORA = 'U0DORA';
const EVE = 'U0EVE';
const GROUP = -1_001_000_000_001;
/** A loaded machine is slow. */
const PATIENCE_MS = 30_000;

const people = {
  ...team.people,
  dora: { name: 'Dora', slack: DORA, telegram: 444, roles: ['lead'] },
  eve: { name: 'Eve', slack: EVE, roles: ['approver'] },
};

const change = { allow: ['operator'], from: ['approver'] } as const;
const policy = [
  { risk: 'read', allow: ['operator', 'viewer'] },
  { ...change, verb: 'restart', approvals: 1, remind: '3s', escalate: { after: '4s', from: ['lead'] } },
  { ...change, verb: 'start', approvals: 2, remind: '3s' },
  { ...change, verb: 'stop', approvals: 1, expires: '3s', on_expiry: 'denied' },
  { risk: 'change', allow: ['operator'] },
];

const settings = (who: object) => ({
  ...team,
  people: who,
  chats: { ...team.chats, telegram: { chats: { operations: GROUP } } },
  policy,
});

describe('who has not decided is asked again', { timeout: 90_000 }, () => {
  let scene: Scene;
  let telegram: FakeTelegram;
  let clock: TestClock;
  beforeAll(async () => {
    telegram = await startFakeTelegram({
      users: [
        { id: 111, name: 'Ana' },
        { id: 222, name: 'Ben' },
      ],
      chats: [{ id: GROUP, title: 'Operations' }],
    });
    clock = await TestClock.make();
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app'), web: await yard.program('web') }),
      botswain: settings(people),
      environment: { ...onTelegram(telegram, GROUP).variables, ...clock.environment },
      prepare: (slack) => {
        slack.user(DORA, { name: 'dora' });
        slack.user(EVE, { name: 'eve' });
      },
    });
  });
  afterAll(async () => {
    await scene?.close();
    await telegram?.close();
    await clock?.close();
  });

  const inThread = ({ channel, ts }: Card, match: RegExp): readonly string[] =>
    scene.slack
      .thread(channel, ts)
      .map(({ look }) => JSON.stringify(look))
      .filter((text) => match.test(text));

  const directly = (user: string, match: RegExp): readonly string[] =>
    scene.slack
      .messages(scene.slack.direct(user).id)
      .map(({ look }) => readable(look))
      .filter((text) => match.test(text));

  /** Waits for something that is seen in Slack; says what the bot printed when it never is. */
  const seen = (look: () => string | true | undefined): Promise<string | true> =>
    scene.slack.until(look, PATIENCE_MS).catch((error: unknown) => {
      throw new Error(`${String(error)}\n${scene.bot.printed}`);
    });

  const startsWith = async (changed: object): Promise<void> => {
    await scene.bot.stop();
    await scene.bot.write('botswain.yaml', settings({ ...people, ...changed }));
    await scene.bot.start();
  };

  it('first those who may approve, then the next role, whose yes counts', async () => {
    const card = await scene.requests('restart shop/app');
    await seen(() => inThread(card, /Still waiting/)[0]);
    expect(inThread(card, /Still waiting/)[0]).toMatch(/Ana has waited since[\s\S]*U0BEN[\s\S]*U0CLEO/);
    await seen(() => directly(BEN, /Still waiting/)[0]);
    expect(directly(DORA, new RegExp(card.id))).toEqual([]);
    const note = await seen(() => inThread(card, /Now asked as well/)[0]);
    expect(note).toMatch(/0 of 1 approvals so far, so lead may approve as well[\s\S]*U0DORA/);
    expect(note).not.toMatch(/U0BEN/);
    await seen(() => directly(DORA, /awaiting approval/)[0]);
    expect(await scene.shows(card, /from approver or lead/)).toMatch(/0 of 1/);
    await telegram.expectMessage({ chat: GROUP, text: /Now asked as well/, within: PATIENCE_MS });
    await scene.presses(DORA, card, 'Approve');
    expect(await scene.shows(card, /succeeded/)).toMatch(/approved by Dora/);
    expect(inThread(card, /Now asked as well/)).toHaveLength(1);
    expect(scene.yard.starts('app')).toBe(1);
  });

  it('after a long sleep once, and nothing twice', async () => {
    const card = await scene.requests('start shop/web');
    await seen(() => inThread(card, /Still waiting/)[0]);
    await scene.bot.kill();
    const before = inThread(card, /Still waiting/).length;
    await clock.step(9_000);
    await scene.bot.start();
    await seen(() => inThread(card, /Still waiting/)[before]);
    await scene.presses(BEN, card, 'Deny');
    await scene.shows(card, /\*denied\*/);
    const said = inThread(card, /Still waiting/).length;
    await scene.bot.stop();
    const numbers = await remindersOf(scene, card);
    expect(said).toBe(numbers.length);
    expect(new Set(numbers).size).toBe(numbers.length);
    // More than two periods lie in the sleep, and only the last of them was made good.
    const skipped = Math.max(...numbers) - numbers.length;
    expect(skipped).toBeGreaterThanOrEqual(1);
    await scene.bot.start();
  });

  it('who approved may deny as long as it waits, and whoever comes later is told by whom it was decided', async () => {
    const card = await scene.requests('start shop/web');
    await scene.presses(BEN, card, 'Approve');
    await scene.told(BEN, new RegExp(`approved ${card.id}; 1 more needed`));
    const open = scene.slack.message(card.channel, card.ts);
    await scene.types(BEN, `deny ${card.id} I was wrong`);
    expect(await scene.shows(card, /\*denied\*/)).toMatch(
      /0 of 2[\s\S]*denied by Ben at \d\d:\d\d \(I was wrong\)/,
    );
    expect(scene.buttons(card)).toEqual([]);
    if (open === undefined) throw new Error('the card was never there');
    await scene.slack.clickAction({ user: CLEO, message: open, label: 'Approve' });
    await scene.told(CLEO, new RegExp(`${card.id} does not wait [\\s\\S]*denied by Ben`));
  });

  it('who has lost the role does not count any more when the next one approves', async () => {
    const card = await scene.requests('start shop/web');
    await scene.presses(BEN, card, 'Approve');
    await scene.told(BEN, new RegExp(`approved ${card.id}; 1 more needed`));
    await startsWith({ ben: { ...people.ben, roles: ['operator'] } });
    await scene.presses(CLEO, card, 'Approve');
    await scene.told(CLEO, new RegExp(`approved ${card.id}; 1 more needed`));
    const text = await scene.shows(card, /approved by Ben at \d\d:\d\d, who may not approve any more/);
    expect(text).toMatch(/1 of 2/);
    expect(scene.yard.starts('web')).toBe(0);
    await scene.presses(EVE, card, 'Approve');
    await scene.shows(card, /succeeded/);
    expect(scene.yard.starts('web')).toBe(1);
    await startsWith({});
  });

  it('nor when it is to start at last', async () => {
    const card = await scene.requests('start shop/web');
    await scene.types(BEN, 'lock shop/web --reason "looking at it"');
    await scene.presses(BEN, card, 'Approve');
    await scene.presses(CLEO, card, 'Approve');
    await scene.shows(card, /Waits for shop\/web@production/);
    await startsWith({ cleo: { ...people.cleo, roles: ['operator'] } });
    await scene.types(BEN, 'unlock shop/web');
    const text = await scene.shows(card, /\*voided\*/);
    expect(text).toMatch(/Nothing was done: Cleo may not approve any more, so it has 1 of the 2 approvals/);
    // It waits again, for two who may.
    const anew = await scene.newCard();
    expect(text).toContain(`It is asked for anew as ${anew.id}.`);
    await scene.shows(anew, /0 of 2 from approver/);
    await scene.presses('U0ANA', anew, 'Cancel');
    await scene.shows(anew, /\*cancelled\*/);
    expect(scene.yard.starts('web')).toBe(1);
    await startsWith({});
  });

  it('nobody in time counts as a no where the rule says so', async () => {
    const card = await scene.requests('stop shop/web');
    const text = await scene.shows(card, /\*denied\*/);
    expect(text).toMatch(/Nobody approved it in time, and that counts as denied here; nothing was done/);
    expect(scene.buttons(card)).toEqual([]);
    await telegram.expectMessage({ chat: GROUP, text: /counts as denied here/, within: PATIENCE_MS });
  });

  it('the audit has one escalation, with the roles that were asked then', async () => {
    const records = await scene.audit();
    const widened = records.filter(({ event }) => event === 'approval escalated');
    expect(widened).toMatchObject([{ subject: 'C-1', actor: 'botswain', detail: { to: 'lead' } }]);
  });
});

/** The numbers of the reminders that a change's thread was to show. */
async function remindersOf(scene: Scene, { id, channel }: Card): Promise<readonly number[]> {
  const journal = await openJournal(join(scene.bot.folder, 'data'));
  if (journal.kind !== 'succeeded') throw new Error(journal.message);
  try {
    const all = await journal.value.deliveries.withPrefix(`${id} reminder `);
    const here = all.filter(({ parent }) => parent === `${id} card slack:${channel}`);
    return here.map(({ key }) => Number(/ reminder (\d+) /.exec(key)?.[1]));
  } finally {
    await journal.value.close();
  }
}
