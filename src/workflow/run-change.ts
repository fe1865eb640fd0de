import { isDeepStrictEqual } from 'node:util';
import type { Change } from '../domain/change.ts';
import { componentKey } from '../domain/fleet.ts';
import type { Outcome } from '../domain/outcome.ts';
import { type Plan, planDigest } from '../domain/plan.ts';
import { type Ending, endChange } from './change-ending.ts';
import { type BatchRunning, runBatch, verifyBatch } from './run-batch.ts';

/** What running a change needs. */
export interface Running extends BatchRunning {
  /** Makes the plan again from the line as it was asked for, to see whether it still holds. */
  readonly rebuild: (change: Change) => Promise<Outcome<Plan>>;
}

/**
 * Takes a change that holds its locks as far as it goes: from its first step, or from where a crash left it.
 * No step runs twice: what the journal has a record of is not begun again.
 */
export async function runChange(running: Running, change: Change): Promise<void> {
  const ending = await endingOf(running, change);
  const at = running.guard.now();
  await endChange(running.guard.journal, change, { ...ending, at, from: ['running', 'verifying'] });
  await running.publish(change.id);
}

async function endingOf(running: Running, change: Change): Promise<Ending> {
  const records = await running.guard.journal.steps.ofChange(change.id);
  if (records.length === 0) {
    const broken = await whyNotHolds(running, change);
    if (broken !== undefined) return broken;
  }
  const seen: string[] = [];
  const begun = new Set(records.map((record) => record.step));
  for (const [index, batch] of change.plan.batches.entries()) {
    const later = change.plan.batches.slice(index + 1).flatMap((next) => next.steps);
    // A later batch begins only when this one was verified.
    if (later.some((step) => begun.has(step.id))) continue;
    const ran = await runBatch(running, change, batch);
    if (ran !== undefined) return ran;
    const verified = await verifyBatch(running, change, batch);
    if (verified.kind === 'ended') return verified.ending;
    seen.push(verified.seen);
  }
  return { to: 'succeeded', ending: `Verified. ${seen.join('; ')}.` };
}

/** Milliseconds from the start in which making the plan again is never too late. */
const START_GRACE_MS = 60_000;

/** A stop may have come between the start and the first step; after hours nobody expects that step any more. */
const isTooLate = ({ startBy, startedAt = 0 }: Change, now: number): boolean =>
  now > startBy && now > startedAt + START_GRACE_MS;

async function whyNotHolds(running: Running, change: Change): Promise<Ending | undefined> {
  if (isTooLate(change, running.guard.now())) {
    const ending =
      'Nothing was done: Botswain stopped before the first step, and its time has passed. Ask again.';
    return { to: 'voided', code: 'DENIED_EXPIRED', ending };
  }
  const rebuilt = await running.rebuild(change);
  if (rebuilt.kind !== 'succeeded')
    return { to: 'failed', code: rebuilt.code, ending: `Nothing was done: ${rebuilt.message}.` };
  if (planDigest(rebuilt.value) === change.digest) return undefined;
  const ending = `Nothing was done: ${whatDrifted(change.plan, rebuilt.value)} since it was planned. Ask again to see the new plan.`;
  return { to: 'voided', code: 'DENIED_DRIFTED', ending };
}

function whatDrifted(before: Plan, after: Plan): string {
  const moved = before.preconditions.find(
    (was) => !after.preconditions.some((is) => isDeepStrictEqual(is, was)),
  );
  if (moved !== undefined) return `${componentKey(moved.component)} has changed`;
  if (!isDeepStrictEqual(before.targets, after.targets)) return 'where it would run has changed';
  if (!isDeepStrictEqual(before.components, after.components)) return 'what it means has changed';
  return 'its steps have changed';
}
