import { expect, it } from 'vitest';
import type { Current } from './journal.ts';
import { auditEvents, decision, draft, entry, NOON, runningChange } from './journal-samples.ts';

const requested = entry('change requested');
const started = entry('change started');
const approved = entry('change approved');

/** Requests, decisions, starts and moves of changes. */
export function changesContract(current: Current): void {
  it('allots C-1, C-2, … and keeps all that was asked for', async () => {
    const { changes, audit } = current().journal;
    const wish = draft('slack:Ev1', { reason: 'it hangs' });
    const first = await changes.request(wish, requested);
    const second = await changes.request(draft('slack:Ev2'), requested);
    const { requestKey: _key, origin, ...asked } = wish;
    expect(first).toEqual({ isNew: true, change: { id: 'C-1', ...asked } });
    expect(second.change.id).toBe('C-2');
    expect(await changes.find('C-1')).toEqual(first.change);
    expect(await changes.originOf('C-1')).toEqual(origin);
    expect(await changes.find('C-3')).toBeUndefined();
    expect(await changes.originOf('C-3')).toBeUndefined();
    const records = await audit.list({ limit: 10 });
    expect(records.map((record) => record.subject)).toEqual(['C-2', 'C-1']);
  });

  it('gives the first change to a second request with the same key, also when both come at once', async () => {
    const { changes } = current().journal;
    const both = await Promise.all([
      changes.request(draft('slack:Ev1'), requested),
      changes.request(draft('slack:Ev1', { reason: 'again' }), requested),
    ]);
    expect(both.map((result) => result.change.id)).toEqual(['C-1', 'C-1']);
    expect(both.filter((result) => result.isNew)).toHaveLength(1);
    expect((await changes.request(draft('slack:Ev3'), requested)).change.id).toBe('C-2');
    expect(await auditEvents(current().journal)).toEqual(['change requested', 'change requested']);
  });

  it('lists newest first, by state, service and time', async () => {
    const { changes } = current().journal;
    await changes.request(draft('a'), requested);
    await changes.request(draft('b', { keys: ['leavebot/app', 'karmabot/nginx'] }), requested);
    await changes.request(draft('c', { approvals: 1, requestedAt: NOON + 5_000 }), requested);
    const ids = async (filter: Parameters<typeof changes.list>[0]) =>
      (await changes.list(filter)).map((change) => change.id);
    expect(await ids({ limit: 50 })).toEqual(['C-3', 'C-2', 'C-1']);
    expect(await ids({ limit: 2 })).toEqual(['C-3', 'C-2']);
    expect(await ids({ limit: 50, states: ['awaiting approval'] })).toEqual(['C-3']);
    expect(await ids({ limit: 50, states: [] })).toEqual([]);
    expect(await ids({ limit: 50, service: 'leavebot' })).toEqual(['C-2']);
    expect(await ids({ limit: 50, since: NOON + 5_000 })).toEqual(['C-3']);
  });

  it('counts two approvals at the same instant and moves once', async () => {
    const { changes } = current().journal;
    const { change } = await changes.request(draft('a', { approvals: 2 }), requested);
    const results = await Promise.all([
      changes.decide(decision(change, 'ben'), { startWithinMs: 60_000 }, approved),
      changes.decide(decision(change, 'cleo'), { startWithinMs: 60_000 }, approved),
    ]);
    expect(results.map((result) => result.kind)).toEqual(['recorded', 'recorded']);
    expect(results.map((result) => result.change.state).sort()).toEqual(['awaiting approval', 'requested']);
    const after = await changes.find('C-1');
    expect(after).toMatchObject({ state: 'requested', startBy: NOON + 61_000 });
    expect((await changes.decisions('C-1')).map((one) => one.person)).toEqual(['ben', 'cleo']);
  });

  it('lets exactly one of approve and deny win when both come at once', async () => {
    const { changes } = current().journal;
    const { change } = await changes.request(draft('a', { approvals: 1 }), requested);
    const results = await Promise.all([
      changes.decide(decision(change, 'ben'), { startWithinMs: 60_000 }, approved),
      changes.decide(
        decision(change, 'cleo', { decision: 'denied', reason: 'not today' }),
        { startWithinMs: 60_000 },
        entry('change denied'),
      ),
    ]);
    expect(results.map((result) => result.kind).sort()).toEqual(['recorded', 'too late']);
    expect(await changes.decisions('C-1')).toHaveLength(1);
    expect(await auditEvents(current().journal)).toHaveLength(2);
  });

  it('takes a double click as one decision, before and after the last one needed', async () => {
    const { changes } = current().journal;
    const { change } = await changes.request(draft('a', { approvals: 2 }), requested);
    const mine = decision(change, 'ben', { reason: 'looks right' });
    await changes.decide(mine, { startWithinMs: 60_000 }, approved);
    const again = await changes.decide({ ...mine, at: NOON + 2_000 }, { startWithinMs: 60_000 }, approved);
    expect(again).toMatchObject({ kind: 'already decided', decision: mine });
    await changes.decide(decision(change, 'cleo'), { startWithinMs: 60_000 }, approved);
    const late = await changes.decide(mine, { startWithinMs: 60_000 }, approved);
    expect(late).toMatchObject({ kind: 'already decided', change: { state: 'requested' } });
    expect(await auditEvents(current().journal)).toHaveLength(3);
  });

  it('ends with any denial, and says who and why', async () => {
    const { changes } = current().journal;
    const { change } = await changes.request(draft('a', { approvals: 2 }), requested);
    await changes.decide(decision(change, 'ben'), { startWithinMs: 60_000 }, approved);
    const no = decision(change, 'cleo', { decision: 'denied', reason: 'not today' });
    const terms = { startWithinMs: 60_000, denial: 'Denied by Cleo; nothing was done. Why: not today.' };
    const result = await changes.decide(no, terms, entry('change denied'));
    expect(result).toMatchObject({
      kind: 'recorded',
      change: { state: 'denied', endedAt: NOON + 1_000, ending: terms.denial },
    });
    expect((await changes.start('C-1', { at: NOON + 2_000 }, started)).kind).toBe('gone');
  });

  it.each([
    ['of another plan', { digest: 'f'.repeat(64) }],
    ['after its time', { at: NOON + 900_000 }],
  ])('refuses a decision %s', async (_why, more) => {
    const { changes } = current().journal;
    const { change } = await changes.request(draft('a', { approvals: 1 }), requested);
    const result = await changes.decide(decision(change, 'ben', more), { startWithinMs: 60_000 }, approved);
    expect(result).toMatchObject({ kind: 'too late', change: { state: 'awaiting approval' } });
    expect(await changes.decisions('C-1')).toEqual([]);
    expect(await auditEvents(current().journal)).toEqual(['change requested']);
  });

  it('counts the second clock from --at when that is later than the approval', async () => {
    const { changes } = current().journal;
    const startAt = NOON + 7_200_000;
    const { change } = await changes.request(draft('a', { approvals: 1, startAt }), requested);
    await changes.decide(decision(change, 'ben'), { startWithinMs: 60_000 }, approved);
    expect(await changes.find('C-1')).toMatchObject({ startBy: startAt + 60_000 });
  });

  it('starts one of two changes on overlapping components, and tells the other who holds the lock', async () => {
    const { changes, locks } = current().journal;
    await changes.request(draft('a', { keys: ['karmabot/app', 'karmabot/nginx'] }), requested);
    await changes.request(draft('b', { keys: ['karmabot/nginx', 'leavebot/app'] }), requested);
    const results = await Promise.all([
      changes.start('C-1', { at: NOON + 1 }, started),
      changes.start('C-2', { at: NOON + 1 }, started),
    ]);
    expect(results).toMatchObject([
      { kind: 'started', change: { id: 'C-1', state: 'running', startedAt: NOON + 1 } },
      { kind: 'locked', lock: { key: 'karmabot/nginx@production', holder: 'C-1', holderName: 'C-1 (ana)' } },
    ]);
    // All or none: the free component of the second was not taken.
    expect((await locks.all()).map((lock) => lock.key)).toEqual([
      'karmabot/app@production',
      'karmabot/nginx@production',
    ]);
    expect(await changes.find('C-2')).toMatchObject({ state: 'requested' });
  });

  it('starts a change once', async () => {
    const { changes } = current().journal;
    await changes.request(draft('a'), requested);
    const results = await Promise.all(
      [1, 2, 3].map((ms) => changes.start('C-1', { at: NOON + ms }, started)),
    );
    expect(results.map((result) => result.kind)).toEqual(['started', 'gone', 'gone']);
    expect((await changes.start('C-9', { at: NOON }, started)).kind).toBe('gone');
  });

  it.each([
    ['before its time', draft('a', { startAt: NOON + 10_000 })],
    ['after its second clock', draft('a', { startBy: NOON - 1 })],
    ['that waits for approval', draft('a', { approvals: 1 })],
    ['that was never approved', draft('a', { approvals: 1, state: 'requested' })],
  ])('does not start a change %s', async (_why, wish) => {
    const { changes, locks } = current().journal;
    await changes.request(wish, requested);
    expect((await changes.start('C-1', { at: NOON }, started)).kind).toBe('gone');
    expect(await locks.all()).toEqual([]);
  });

  it('moves by compare-and-set, and lets the locks go with a final state', async () => {
    const { journal } = current();
    const { changes, locks } = journal;
    const change = await runningChange(journal, 'a');
    const verifying = { to: 'verifying', patch: {}, audit: entry('step succeeded') } as const;
    expect((await changes.move(change.id, ['running'], verifying))?.state).toBe('verifying');
    expect(await changes.move(change.id, ['running'], verifying)).toBeUndefined();
    expect(await locks.all()).toHaveLength(1);
    const patch = { endedAt: NOON + 9_000, code: 'TARGET_NOT_VERIFIED', ending: 'web answers 502' } as const;
    const ended = await changes.move(change.id, ['verifying'], {
      to: 'not verified',
      patch,
      audit: entry('change not verified'),
    });
    expect(ended).toMatchObject({ state: 'not verified', ...patch });
    expect(await locks.all()).toEqual([]);
    expect((await auditEvents(journal)).slice(2)).toEqual(['step succeeded', 'change not verified']);
  });

  it('keeps the locks of an unknown change', async () => {
    const { journal } = current();
    const change = await runningChange(journal, 'a');
    await journal.changes.move(change.id, ['running'], {
      to: 'unknown',
      patch: {},
      audit: entry('change became unknown'),
    });
    expect(await journal.locks.all()).toHaveLength(1);
  });

  it('throws on a move that the lifecycle does not know', async () => {
    const { changes } = current().journal;
    await changes.request(draft('a'), requested);
    const move = async () =>
      changes.move('C-1', ['requested'], { to: 'succeeded', patch: {}, audit: entry('change succeeded') });
    await expect(move()).rejects.toThrow('never goes from requested to succeeded');
    await expect(changes.request(draft('b', { state: 'running' }), requested)).rejects.toThrow('begins as');
  });

  it('marks a running change to stop, and no other', async () => {
    const { journal } = current();
    await journal.changes.request(draft('a', { keys: ['leavebot/app'] }), requested);
    expect(await journal.changes.askToStop('C-1', 'ben', entry('change cancelled'))).toBe(false);
    const change = await runningChange(journal, 'b');
    expect(await journal.changes.askToStop(change.id, 'ben', entry('change cancelled'))).toBe(true);
    expect(await journal.changes.askToStop(change.id, 'cleo', entry('change cancelled'))).toBe(true);
    expect(await journal.changes.find(change.id)).toMatchObject({ cancelledBy: 'ben', state: 'running' });
  });

  it('remembers everything after a restart', async () => {
    const { journal } = current();
    const change = await runningChange(journal, 'a');
    const waiting = await journal.changes.request(
      draft('b', { keys: ['leavebot/app'], approvals: 2 }),
      requested,
    );
    await journal.changes.decide(decision(waiting.change, 'ben'), { startWithinMs: 60_000 }, approved);
    const after = await current().reopen();
    expect(await after.changes.find(change.id)).toEqual(change);
    expect(await after.changes.decisions(waiting.change.id)).toEqual([decision(waiting.change, 'ben')]);
    expect((await after.locks.all()).map((lock) => lock.holder)).toEqual([change.id]);
    expect(await after.changes.request(draft('a'), requested)).toEqual({ change, isNew: false });
    expect((await after.changes.request(draft('c'), requested)).change.id).toBe('C-3');
  });
}
