import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { StepRecord } from '../../../src/domain/change.ts';
import { PersonalControl } from '../../../src/lines/control.ts';
import { afterSettling, afterStop } from '../../../src/lines/control-words.ts';
import { createWakeups } from '../../../src/workflow/wakeups.ts';
import { draft, entry, incoming, NOON, step } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { contextOf } from '../workflow/context.ts';
import { configuration, person } from '../workflow/yard.ts';

const HOUR_MS = 3_600_000;

describe('what a decision is answered with', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  beforeEach(async () => {
    bench = await sqliteBench();
  });
  afterEach(() => bench.remove());

  const ben = { ...person('ben', 'approver'), name: 'Ben' };
  const controlOf = () => {
    const settings = { ...configuration(), people: [person('ana', 'operator'), ben] };
    return contextOf({ journal: bench.journal, configuration: settings }, ben).control;
  };

  it('says when an approved change starts that was asked for later', async () => {
    const startAt = NOON + 5 * HOUR_MS;
    const later = draft('a', { approvals: 1, startAt, startBy: startAt + 600_000 });
    await bench.journal.changes.request(later, entry('change requested'));
    await bench.journal.changes.request(draft('b', { approvals: 1 }), entry('change requested'));
    expect(await controlOf().approve('C-1', undefined)).toMatchObject({
      value: 'You approved C-1; it starts at 17:00.',
    });
    expect(await controlOf().approve('C-2', undefined)).toMatchObject({
      value: 'You approved C-2; it may start.',
    });
  });

  it('counts a decision whose card could not be shown, and says so', async () => {
    const { journal } = bench;
    await journal.changes.request(draft('a', { approvals: 1 }), entry('change requested'));
    const settings = { ...configuration(), people: [person('ana', 'operator'), ben] };
    const failures: unknown[] = [];
    const ports = {
      configuration: settings,
      journal,
      wakeups: createWakeups(),
      publish: () => Promise.reject(new Error('the card cannot be drawn')),
      now: () => NOON,
      onError: (change: string) => failures.push(change),
    };
    const control = new PersonalControl(ports, ben, incoming('x'));
    expect(await control.approve('C-1', undefined)).toMatchObject({ kind: 'succeeded' });
    expect(failures).toEqual(['C-1']);
  });

  it('ends a denied change in words, with the name and why', async () => {
    for (const key of ['a', 'b'])
      await bench.journal.changes.request(draft(key, { approvals: 1 }), entry('change requested'));
    await controlOf().deny('C-1', 'not on a Friday.');
    await controlOf().deny('C-2', undefined);
    const endings = (await bench.journal.changes.list({ limit: 2, oldestFirst: true })).map(
      ({ ending }) => ending,
    );
    expect(endings).toEqual([
      'Denied by Ben; nothing was done. Why: not on a Friday.',
      'Denied by Ben; nothing was done.',
    ]);
  });
});

describe('what comes of stopping and settling', () => {
  const change = { ...draft('a', { keys: ['karmabot/app', 'karmabot/nginx'] }), id: 'C-7' };
  const records = (...states: readonly StepRecord['state'][]): readonly StepRecord[] =>
    states.map((state, index) => ({ ...step('C-7', { step: String(index + 1) }), state }));

  it('speaks of a next step only where there is one', () => {
    expect(afterStop(change, records('succeeded'))).toBe(
      'C-7 stops before its next step and leaves out step 2 (restart karmabot/nginx).',
    );
    expect(afterStop(change, records('succeeded', 'succeeded'))).toMatch(
      /no step left to stop: all of them were done .* only its verification ends/,
    );
    expect(afterStop(change, records('succeeded', 'started'))).toMatch(/its last one is under way/);
    expect(afterStop(change, records('succeeded', 'unknown'))).toMatch(/once its unknown step is settled/);
  });

  it('says what runs now, what does not, and what is still unknown', () => {
    expect(afterSettling(change, records('succeeded'))).toBe(
      'Noted. C-7: it goes on, and these run now: step 2 (restart karmabot/nginx).',
    );
    expect(afterSettling(change, records('succeeded', 'succeeded'))).toMatch(/it is only verified now/);
    expect(afterSettling(change, records('failed'))).toBe(
      'Noted. C-7 fails there and lets go of its locks; nothing more of it runs. Left out: step 2 (restart karmabot/nginx).',
    );
    expect(afterSettling(change, records('failed', 'unknown'))).toMatch(
      /still unknown: what became of step 2/,
    );
    expect(afterSettling({ ...change, cancelledBy: 'Ana' }, records('succeeded'))).toMatch(
      /it stops there, as Ana asked/,
    );
  });
});
