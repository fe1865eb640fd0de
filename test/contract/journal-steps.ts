import { expect, it } from 'vitest';
import type { StepEnd } from '../../src/workflow/journal.ts';
import type { Current } from './journal.ts';
import { auditEvents, draft, entry, NOON, runningChange, step, wentWell } from './journal-samples.ts';

const begun = entry('step started');
const done = entry('step succeeded');

/** The guard. */
export function stepsContract(current: Current): void {
  it('begins an attempt once, also when it is asked twice at once', async () => {
    const { journal } = current();
    const change = await runningChange(journal, 'a');
    const results = await Promise.all([
      journal.steps.begin(step(change.id), begun),
      journal.steps.begin(step(change.id, { owner: 'boot-2' }), begun),
    ]);
    expect(results).toEqual([true, false]);
    expect(await journal.steps.ofChange(change.id)).toEqual([{ ...step(change.id), state: 'started' }]);
    expect(await journal.steps.begin(step(change.id, { attempt: 2 }), begun)).toBe(true);
    expect((await auditEvents(journal)).filter((event) => event === 'step started')).toHaveLength(2);
  });

  it('does not begin a step of a change that does not run', async () => {
    const { journal } = current();
    await journal.changes.request(draft('a'), entry('change requested'));
    expect(await journal.steps.begin(step('C-1'), begun)).toBe(false);
    expect(await journal.steps.begin(step('C-7'), begun)).toBe(false);
    expect(await journal.steps.ofChange('C-1')).toEqual([]);
  });

  it('does not begin a step of a change that was asked to stop', async () => {
    const { journal } = current();
    const change = await runningChange(journal, 'a');
    await journal.changes.askToStop(change.id, 'Ana', entry('change cancelled'));
    expect(await journal.steps.begin(step(change.id), begun)).toBe(false);
    expect(await journal.steps.ofChange(change.id)).toEqual([]);
  });

  it('declares the steps of one owner and change lost that it carries out no more', async () => {
    const { journal } = current();
    const change = await runningChange(journal, 'a', ['karmabot/app', 'karmabot/nginx']);
    const other = await runningChange(journal, 'b', ['katana/app']);
    await journal.steps.begin(step(change.id), begun);
    await journal.steps.begin(step(change.id, { step: '2', owner: 'boot-2' }), begun);
    await journal.steps.begin(step(other.id), begun);
    const lost = { change: change.id, owner: 'boot-1', at: NOON + 4_000, message: 'it broke' };
    await journal.steps.lose(lost);
    await journal.steps.lose(lost);
    expect(await journal.steps.ofChange(change.id)).toMatchObject([
      { step: '1', state: 'unknown', code: 'TARGET_INTERRUPTED', message: 'it broke', endedAt: NOON + 4_000 },
      { step: '2', state: 'started' },
    ]);
    expect(await journal.steps.ofChange(other.id)).toMatchObject([{ state: 'started' }]);
    const events = await auditEvents(journal);
    expect(events.filter((event) => event === 'step became unknown')).toHaveLength(1);
  });

  it('keeps how a step ended, once', async () => {
    const { journal } = current();
    const change = await runningChange(journal, 'a');
    await journal.steps.begin(step(change.id), begun);
    expect(await journal.steps.finish(step(change.id), wentWell, done)).toBe(true);
    expect(await journal.steps.finish(step(change.id), wentWell, done)).toBe(false);
    expect(await journal.steps.ofChange(change.id)).toEqual([{ ...step(change.id), ...wentWell }]);
  });

  it('refuses the end from an owner that did not begin it', async () => {
    const { journal } = current();
    const change = await runningChange(journal, 'a');
    await journal.steps.begin(step(change.id), begun);
    const stranger = { ...step(change.id), owner: 'boot-9' };
    expect(await journal.steps.finish(stranger, wentWell, done)).toBe(false);
  });

  it('declares the steps of a dead owner lost, keeps the locks, and takes the late result for late', async () => {
    const { journal } = current();
    const change = await runningChange(journal, 'a', ['karmabot/app', 'karmabot/nginx']);
    await journal.steps.begin(step(change.id), begun);
    await journal.steps.finish(step(change.id), wentWell, done);
    await journal.steps.begin(step(change.id, { step: '2' }), begun);
    expect(await journal.steps.loseOrphans('boot-1', NOON + 4_000)).toEqual([]);

    const lost = await journal.steps.loseOrphans('boot-2', NOON + 5_000);
    expect(lost).toMatchObject([{ id: change.id, state: 'unknown' }]);
    expect(await journal.changes.find(change.id)).toEqual(lost[0]);
    expect(await journal.steps.ofChange(change.id)).toMatchObject([
      { step: '1', state: 'succeeded' },
      { step: '2', state: 'unknown', code: 'TARGET_INTERRUPTED', endedAt: NOON + 5_000 },
    ]);
    expect(await journal.locks.all()).toHaveLength(2);
    expect((await auditEvents(journal)).slice(-2)).toEqual(['step became unknown', 'change became unknown']);
    expect(await journal.steps.finish(step(change.id, { step: '2' }), wentWell, done)).toBe(false);
    expect(await journal.steps.loseOrphans('boot-2', NOON + 6_000)).toEqual([]);
  });

  it('settles an unknown step once', async () => {
    const { journal } = current();
    const change = await runningChange(journal, 'a');
    await journal.steps.begin(step(change.id), begun);
    const settled = entry('step reconciled');
    expect(await journal.steps.settle(step(change.id), wentWell, settled)).toBe(false);
    await journal.steps.loseOrphans('boot-2', NOON + 5_000);
    const failed: StepEnd = {
      state: 'failed',
      endedAt: NOON + 6_000,
      code: 'TARGET_NOT_STARTED',
      message: 'the target knows no such receipt',
    };
    const results = await Promise.all([
      journal.steps.settle(step(change.id), failed, settled),
      journal.steps.settle(step(change.id), wentWell, settled),
    ]);
    expect(results).toEqual([true, false]);
    expect(await journal.steps.ofChange(change.id)).toEqual([{ ...step(change.id), ...failed }]);
  });

  it('finds a begun step after a restart', async () => {
    const { journal } = current();
    const change = await runningChange(journal, 'a');
    await journal.steps.begin(step(change.id), begun);
    const after = await current().reopen();
    expect(await after.steps.begin(step(change.id, { owner: 'boot-2' }), begun)).toBe(false);
    expect(await after.steps.loseOrphans('boot-2', NOON + 5_000)).toMatchObject([{ id: change.id }]);
  });
}
