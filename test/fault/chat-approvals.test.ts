import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditRecord } from '../../src/domain/audit-event.ts';
import { readable } from '../fakes/slack/content.ts';
import type { FakeTelegram } from '../fakes/telegram/telegram-fake.ts';
import { type Scene, serviceOf } from '../story/stage/scene.ts';
import {
  BEN_ON_TELEGRAM,
  COMPONENTS,
  type Duel,
  openApprovalStage,
  PAIR,
  SHOP,
  type Shown,
} from './chat-approval-stage.ts';
import { chance, ended, judged, oneOf, programsOf, rounds, soon } from './chat-stage.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const CLEO = 'U0CLEO';
const ROUNDS = rounds(3, 120);
const SEED = 20_261_120;

describe('#5 people decide at the same moment', () => {
  let scene: Scene;
  let telegram: FakeTelegram;
  const random = chance(SEED);
  const marks: string[] = [];
  const played = new Map<string, Duel>();

  beforeAll(async () => {
    ({ scene, telegram } = await openApprovalStage());
  });
  afterAll(async () => {
    await scene?.close();
    await telegram?.close();
  });

  const presses =
    (user: string, label: string) =>
    ({ message }: Shown) =>
    async (): Promise<void> => {
      const ack = await scene.slack.clickAction({ user, label, message });
      expect(ack.acked).toBe(true);
    };
  const benElsewhere =
    (verb: string) =>
    ({ id }: Shown) =>
    async (): Promise<void> =>
      void telegram.say({ user: BEN_ON_TELEGRAM, chat: BEN_ON_TELEGRAM, text: `/ops ${verb} ${id}` });
  const all =
    (...acts: readonly ((shown: Shown) => () => Promise<unknown>)[]) =>
    (shown: Shown) =>
      acts.map((act) => act(shown));

  const by = (person: string, event: string): string => `${event} ${person}`;
  const REFUSED_ONE = [
    [by('ben', 'change approved'), by('cleo', 'decision refused')],
    [by('cleo', 'change approved'), by('ben', 'decision refused')],
  ] as const;

  const DUELS: readonly Duel[] = [
    {
      name: 'two approve',
      components: SHOP.map((name) => `shop/${name}`),
      acts: all(presses(BEN, 'Approve'), presses(CLEO, 'Approve')),
      outcomes: REFUSED_ONE,
      losers: [BEN, CLEO],
    },
    {
      name: 'one approves, one denies',
      components: SHOP.map((name) => `shop/${name}`),
      acts: all(presses(BEN, 'Approve'), presses(CLEO, 'Deny')),
      outcomes: [
        [by('ben', 'change approved'), by('cleo', 'decision refused')],
        [by('cleo', 'change denied'), by('ben', 'decision refused')],
      ],
      losers: [BEN, CLEO],
    },
    {
      name: 'two of two',
      components: PAIR.map((name) => `pair/${name}`),
      acts: all(presses(BEN, 'Approve'), presses(CLEO, 'Approve'), presses(ANA, 'Approve')),
      outcomes: [
        [by('ana', 'decision refused'), by('ben', 'change approved'), by('cleo', 'change approved')],
      ],
    },
    {
      name: 'one person with two accounts, twice each',
      components: PAIR.map((name) => `pair/${name}`),
      acts: all(
        presses(BEN, 'Approve'),
        benElsewhere('approve'),
        presses(BEN, 'Approve'),
        benElsewhere('approve'),
      ),
      outcomes: [
        [
          ...[1, 2, 3].map(() => by('ben', 'decision refused')),
          by('ben', 'change approved'),
          by('cleo', 'change approved'),
        ],
      ],
      after: async (shown) => {
        await scene.told(BEN, new RegExp(`you approved ${shown.id} already`, 'i'));
        await scene.bot.until(async () => (await telegramTold(shown)) === 2);
        await presses(CLEO, 'Approve')(shown)();
      },
    },
  ];

  const telegramTold = async ({ id }: Shown): Promise<number> =>
    telegram
      .fromBot(BEN_ON_TELEGRAM)
      .filter(({ text }) => new RegExp(`you approved ${id}\\b`, 'i').test(text)).length;

  const cardOf = ({ id, message: { channel, ts } }: Shown) => ({ id, channel, ts });

  /** When its four seconds are over: the card's timestamp is about when it was asked for. */
  const expiryOf = ({ message }: Shown): number => Number(message.ts) * 1000 + 4000;

  async function ask(verb: string, component: string): Promise<Shown> {
    const mark = `round ${marks.length}.`;
    marks.push(mark);
    const { id, channel, ts } = await scene.requests(`${verb} ${component} --reason "${mark}"`);
    const message = scene.slack.message(channel, ts);
    if (message === undefined) throw new Error(`${id} has no card`);
    return { id, message: { ...message } };
  }

  /** The one who came too late is told, alone, who was before them. */
  async function loserIsTold(shown: Shown, losers: readonly string[]): Promise<void> {
    const too = new RegExp(
      `${shown.id} does not wait for a decision any more: it is [a-z ]+ \\((approved|denied) by (Ben|Cleo)\\)`,
    );
    const found = await scene.slack.until(
      () =>
        losers
          .flatMap((user) => scene.slack.ephemerals(user))
          .map((one) => ({ user: one.user, text: too.exec(readable(one.look)) }))
          .find(({ text }) => text !== null),
      10_000,
    );
    expect(found.text?.[2]).toBe(found.user === BEN ? 'Cleo' : 'Ben');
  }

  async function play(duel: Duel, number: number): Promise<void> {
    const component = duel.components[number % duel.components.length] ?? '';
    const shown = await ask('restart', component);
    played.set(shown.id, duel);
    const spread = oneOf(random, [0, 1, 1, 5, 40]);
    await Promise.all(duel.acts(shown).map((act) => soon(random, spread, act)));
    if (duel.losers !== undefined) await loserIsTold(shown, duel.losers);
    await duel.after?.(shown);
  }

  it('one transition each, the loser told alone by whom; people count, not accounts', async () => {
    for (let number = 0; number < ROUNDS; number += 1) {
      const duel = DUELS[number % DUELS.length];
      if (duel !== undefined) await play(duel, number);
    }
    await ended(scene, marks);
  }, 300_000);

  it('#6 a double click, and a button on a card that has ended: refused with the reason, no effect', async () => {
    const shown = await ask('restart', 'shop/app0');
    const clicks = Array.from({ length: 6 }, () => presses(BEN, 'Approve')(shown)());
    await Promise.all(clicks);
    await scene.shows(cardOf(shown), /\*succeeded\*/);
    const before = scene.slack.ephemerals(CLEO).length;
    for (const label of ['Approve', 'Deny']) await presses(CLEO, label)(shown)();
    await presses(ANA, 'Cancel')(shown)();
    const told = await scene.slack.until(() => {
      const fresh = scene.slack.ephemerals(CLEO).slice(before);
      return fresh.length === 2 ? fresh : undefined;
    }, 10_000);
    for (const { look } of told)
      expect(readable(look)).toMatch(
        /does not wait for a decision any more: it is succeeded \(approved by Ben\)/,
      );
    await scene.told(ANA, new RegExp(`${shown.id} has ended already: it is succeeded`));
    expect(scene.buttons(cardOf(shown))).toEqual([]);
  }, 60_000);

  it('#6 an approval at the very moment it expires counts or is refused as expired, never both', async () => {
    const approvedAtItsEnd = async (component: string, earlyMs: number): Promise<void> => {
      const shown = await ask('stop', component);
      await pause(expiryOf(shown) - earlyMs - Date.now());
      await presses(BEN, 'Approve')(shown)();
      const text = await scene.shows(cardOf(shown), /\*(expired|succeeded)\*/);
      if (/\*expired\*/.test(text)) await scene.told(BEN, new RegExp(`${shown.id} has expired`));
      else expect(text).toMatch(/approved by Ben/);
    };
    await approvedAtItsEnd('shop/app0', 40);
    await approvedAtItsEnd('shop/app1', 0);
  }, 60_000);

  it('#6 an approval of a plan that is not what would be done any more: voided, no effect', async () => {
    const shown = await ask('restart', 'shop/app2');
    const starts = scene.yard.starts('app2');
    await scene.bot.stop();
    const components = await programsOf(SHOP)(scene.yard);
    const changed = { ...components, app2: { ...components.app2, stop_seconds: 7 } };
    await scene.bot.write('services/shop.yaml', serviceOf('shop', changed));
    await scene.boot();
    await presses(BEN, 'Approve')(shown)();
    expect(await scene.shows(cardOf(shown), /\*voided\*/)).toMatch(/Nothing was done: .* changed/);
    await presses(CLEO, 'Approve')(shown)();
    await scene.told(CLEO, new RegExp(`${shown.id} does not wait for a decision any more: it is voided`));
    const renewed = await scene.newCard();
    expect(await scene.shows(renewed, /awaiting approval/)).toMatch(/0 of 1/);
    await scene.presses(ANA, renewed, 'Cancel');
    await scene.shows(renewed, /\*cancelled\*/);
    expect(scene.yard.starts('app2')).toBe(starts);
    // What it was asked for stands in both cards.
    marks.pop();
  }, 60_000);

  /** Who decided what about a change, sorted as the duels have it. */
  const decisionsOn = (records: readonly AuditRecord[], id: string): readonly string[] =>
    records
      .filter(({ subject }) => subject === id)
      .filter(({ event }) => ['change approved', 'change denied', 'decision refused'].includes(event))
      .map(({ event, actor }) => by(actor, event))
      .toSorted();

  it('the audit has each decision once, and nothing is doubled, lost or silent', async () => {
    const records = await scene.audit();
    for (const [id, duel] of played) {
      const outcomes = duel.outcomes.map((outcome) => outcome.toSorted());
      expect(outcomes, `${id}, ${duel.name}`).toContainEqual(decisionsOn(records, id));
    }
    const fault = '#5 and #6 approvals at the same moment, stale buttons';
    const verdict = await judged(scene, {
      fault,
      tries: marks.length,
      accepted: marks,
      components: COMPONENTS,
    });
    expect(verdict.problems).toEqual([]);
  });
});
