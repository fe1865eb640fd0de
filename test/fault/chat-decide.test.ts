import { setTimeout as pause, setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/domain/change.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { Person } from '../../src/domain/person.ts';
import { type Deciding, decide } from '../../src/workflow/decide.ts';
import { draft, entry, NOON } from '../contract/journal-samples.ts';
import { sqliteBench } from '../contract/journal-sqlite.ts';
import { chance, oneOf, rounds } from './chat-stage.ts';
import { reportFault } from './table.ts';

const ROUNDS = rounds(200, 5000);
const SEED = 5;

const person = (key: string, name: string, ...roles: readonly string[]): Person => ({
  key,
  name,
  roles,
  slack: `U0${key.toUpperCase()}`,
  telegram: `${key.length}${key.charCodeAt(0)}`,
});
const PEOPLE: readonly Person[] = [
  person('ana', 'Ana', 'operator', 'approver'),
  person('ben', 'Ben', 'approver'),
  person('cleo', 'Cleo', 'approver'),
  person('dan', 'Dan', 'approver'),
  person('vera', 'Vera', 'viewer'),
];

/** One press: who, with which account, and what. */
interface Pressed {
  readonly who: Person;
  readonly said: 'approved' | 'denied';
  readonly outcome: Outcome<unknown>;
}

describe('#5 many people and accounts decide in any order', () => {
  it('one transition; people count, never accounts; the asker and the roleless never', async ({
    onTestFinished,
  }) => {
    const bench = await sqliteBench();
    onTestFinished(() => bench.remove());
    const { journal } = bench;
    const random = chance(SEED);
    const deciding: Deciding = { journal, people: PEOPLE, now: () => NOON + 1000 };

    const press = async (change: Change): Promise<Pressed> => {
      const who = oneOf(random, PEOPLE);
      const said = oneOf(random, ['approved', 'approved', 'approved', 'approved', 'denied'] as const);
      const via = oneOf(random, [`slack:${who.slack}`, `telegram:${who.telegram}`]);
      await oneOf(random, [async () => {}, () => setImmediate(), () => pause(1)])();
      const wish = { id: change.id, person: who, via, decision: said, startWithinMs: 60_000 } as const;
      return { who, said, outcome: await decide(deciding, wish) };
    };

    const judge = async (change: Change, pressed: readonly Pressed[]): Promise<void> => {
      const after = await journal.changes.find(change.id);
      const decisions = await journal.changes.decisions(change.id);
      const people = decisions.map((one) => one.person);
      expect(new Set(people).size).toBe(people.length);
      expect(people).not.toContain('ana');
      expect(people).not.toContain('vera');
      const denials = decisions.filter((one) => one.decision === 'denied').length;
      const approvals = decisions.length - denials;
      expect(denials).toBeLessThanOrEqual(1);
      expect(approvals).toBeLessThanOrEqual(change.demand.count);
      const expected =
        denials > 0 ? 'denied' : approvals === change.demand.count ? 'requested' : 'awaiting approval';
      expect(after?.state).toBe(expected);
      // Who approved may still say no; that takes the place of the yes.
      const taken = pressed.filter(({ outcome }) => outcome.kind === 'succeeded');
      const heard = new Set(taken.map(({ who }) => who.key));
      expect(heard).toEqual(new Set(people));
      expect(taken.length - heard.size).toBeLessThanOrEqual(denials);
      const late = pressed.filter(
        ({ outcome }) => outcome.kind === 'failed' && outcome.code === 'DENIED_STALE',
      );
      for (const { outcome } of late)
        expect(outcome).toMatchObject({ message: expect.stringMatching(/\((approved|denied) by [A-Z]/) });
    };

    let presses = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const approvals = 1 + Math.floor(random() * 3);
      const wanted = draft(`round ${round}`, { approvals, keys: [`karmabot/app${round}`] });
      const { change } = await journal.changes.request(wanted, entry('change requested'));
      const pressed = await Promise.all(Array.from({ length: 8 }, () => press(change)));
      presses += pressed.length;
      await judge(change, pressed);
    }
    const verified = await journal.audit.verify();
    reportFault({
      fault: '#5 decisions at the same moment, on the journal',
      tries: ROUNDS,
      doubles: 0,
      lost: 0,
      silent: 0,
      unknown: 0,
      byReceipt: 0,
    });
    // Each press has its row: what was decided, or why not.
    expect(verified).toMatchObject({ kind: 'succeeded', value: { records: ROUNDS + presses } });
  }, 600_000);
});
