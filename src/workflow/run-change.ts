import { isDeepStrictEqual } from 'node:util';
import type { Change, StepRecord } from '../domain/change.ts';
import type { Code } from '../domain/code.ts';
import { formatDuration } from '../domain/duration.ts';
import { componentKey } from '../domain/fleet.ts';
import type { Outcome } from '../domain/outcome.ts';
import { type Batch, type Plan, planDigest } from '../domain/plan.ts';
import { type Ending, endChange } from './change-ending.ts';
import { type BatchRunning, type BatchVerified, runBatch, verifyBatch } from './run-batch.ts';

/** What running a change needs. */
export interface Running extends BatchRunning {
  /** Makes the plan again from the line as it was asked for, to see whether it still holds. */
  readonly rebuild: (change: Change) => Promise<Outcome<Plan>>;
  /** Asks for it again as it is now, where others must approve that; the new id. The same again asks once. */
  readonly askAnew?: (change: Change) => Promise<string | undefined>;
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
  // Only now is what the voided one held free again.
  if (ending.anew !== undefined) await running.publish(ending.anew);
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
    const interrupted = whyNotGoOn(change, index, { records, now: running.guard.now() });
    if (interrupted !== undefined) return interrupted;
    const taken = await takeBatch(running, change, batch);
    if (taken.kind === 'ended') return taken.ending;
    seen.push(taken.seen);
  }
  return { to: 'succeeded', ending: `Verified. ${seen.join('; ')}.` };
}

async function takeBatch(running: Running, change: Change, batch: Batch): Promise<BatchVerified> {
  const ran = await runBatch(running, change, batch);
  return ran === undefined ? verifyBatch(running, change, batch) : { kind: 'ended', ending: ran };
}

/** Milliseconds that may lie between two batches, besides the verification, before a half-done change is given up. */
const LONGEST_GAP_MS = 15 * 60_000;

/** After a long absence nobody expects the rest of a change any more: it is said what was done and what was left out. */
function whyNotGoOn(
  change: Change,
  index: number,
  left: { readonly records: readonly StepRecord[]; readonly now: number },
): Ending | undefined {
  const before = change.plan.batches[index - 1];
  const batch = change.plan.batches[index];
  const isBegun = left.records.some((record) => batch?.steps.some((step) => step.id === record.step));
  if (before === undefined || batch === undefined || isBegun) return undefined;
  const allowed =
    LONGEST_GAP_MS + Math.max(0, ...before.verifications.map(({ withinMs, holdMs }) => withinMs + holdMs));
  const lastEnd = Math.max(0, ...left.records.map((record) => record.endedAt ?? 0));
  if (left.records.length === 0 || left.now - lastEnd <= allowed) return undefined;
  const rest = change.plan.batches.slice(index).flatMap(({ steps }) => steps.map(({ title }) => title));
  const ending = `Botswain was away for ${formatDuration(Math.floor((left.now - lastEnd) / 60_000) * 60_000)} in the middle, so it did not go on. Left out: ${rest.join('; ')}.`;
  return { to: 'failed', code: 'TARGET_INTERRUPTED', ending };
}

/** Milliseconds from the start in which making the plan again is never too late. */
const START_GRACE_MS = 60_000;

/** A stop may have come between the start and the first step; after hours nobody expects that step any more. */
const isTooLate = ({ startBy, startedAt = 0 }: Change, now: number): boolean =>
  now > startBy && now > startedAt + START_GRACE_MS;

/** What is not allowed any more was not tried. */
const isDenial = (code: Code): boolean => code.startsWith('DENIED_');

async function whyNotHolds(running: Running, change: Change): Promise<Ending | undefined> {
  if (isTooLate(change, running.guard.now())) {
    const ending =
      'Nothing was done: Botswain stopped before the first step, and its time has passed. Ask again.';
    return { to: 'voided', code: 'DENIED_EXPIRED', ending };
  }
  const rebuilt = await running.rebuild(change);
  if (rebuilt.kind === 'succeeded' && planDigest(rebuilt.value) === change.digest) return undefined;
  const why =
    rebuilt.kind === 'succeeded'
      ? `${whatDrifted(change.plan, rebuilt.value)} since it was planned`
      : rebuilt.message.replace(/\.$/, '');
  const code = rebuilt.kind === 'succeeded' ? 'DENIED_DRIFTED' : rebuilt.code;
  const ending = `Nothing was done: ${why}.`;
  if (!isDenial(code)) return { to: 'failed', code, ending };
  const isAskable = code === 'DENIED_DRIFTED' || code === 'DENIED_POLICY';
  const anew = isAskable ? await running.askAnew?.(change) : undefined;
  if (anew !== undefined)
    return { to: 'voided', code, ending: `${ending} It is asked for anew as ${anew}.`, anew };
  const ask = code === 'DENIED_DRIFTED' ? ' Ask again to see the new plan.' : '';
  return { to: 'voided', code, ending: `${ending}${ask}` };
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
