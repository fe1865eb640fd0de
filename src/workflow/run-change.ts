import type { Change } from '../domain/change.ts';
import type { Code } from '../domain/code.ts';
import { type Batch, planDigest } from '../domain/plan.ts';
import { type Ending, endChange, stopAsked } from './change-ending.ts';
import { createGate, type Gate, withLeftOut } from './gate.ts';
import { type BatchRunning, type BatchVerified, runBatch, seenText, verifyBatch } from './run-batch.ts';
import { isDenial, type Judging, rebuildKnowingRoles, whatDrifted } from './still-holds.ts';
import type { VerificationState } from './verify.ts';

/** What running a change needs. */
export interface Running extends BatchRunning, Judging {
  readonly guard: BatchRunning['guard'];
  /** Asks for it again as it is now, where others must approve that; the new id. The same again asks once. */
  readonly askAnew?: (change: Change) => Promise<string | undefined>;
}

/**
 * Takes a change that holds its locks as far as it goes: from its first step, or from where a crash left it.
 * No step runs twice: what the journal has a record of is not begun again.
 */
export async function runChange(running: Running, change: Change): Promise<void> {
  const ending = await withLeftOut(running, change, await endingOf(running, change));
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
  // With records this is a resume: what is left of it is judged before its next step.
  const gate = createGate(running, change, records.length === 0 ? change.plan.batches[0] : undefined);
  return takeBatches({ ...running, gate }, change, new Set(records.map((record) => record.step)));
}

async function takeBatches(
  running: Running & { readonly gate: Gate },
  change: Change,
  begun: ReadonlySet<string>,
): Promise<Ending> {
  // What a later batch saw of a component is how it stands.
  const seen = new Map<string, VerificationState>();
  for (const [index, batch] of change.plan.batches.entries()) {
    const later = change.plan.batches.slice(index + 1).flatMap((next) => next.steps);
    // A later batch begins only when this one was verified.
    if (later.some((step) => begun.has(step.id))) continue;
    const taken = await takeBatch(running, change, batch);
    if (taken.kind === 'ended') return taken.ending;
    for (const state of taken.states) seen.set(state.component, state);
  }
  const looked = seenText([...seen.values()]);
  return { to: 'succeeded', ending: looked === '' ? 'Done.' : `Verified. ${looked}.` };
}

async function takeBatch(
  running: Running & { readonly gate: Gate },
  change: Change,
  batch: Batch,
): Promise<BatchVerified> {
  const ran = await runBatch(running, change, batch);
  return ran === undefined ? verifyBatch(running, change, batch) : { kind: 'ended', ending: ran };
}

/** Milliseconds from the start in which making the plan again is never too late. */
const START_GRACE_MS = 60_000;

/** A stop may have come between the start and the first step; after hours nobody expects that step any more. */
const latestStart = ({ startBy, startedAt = 0 }: Change): number =>
  Math.max(startBy, startedAt + START_GRACE_MS);

const TOO_LATE: Ending = {
  to: 'voided',
  code: 'DENIED_EXPIRED',
  ending: 'Nothing was done: Botswain stopped before the first step, and its time has passed. Ask again.',
};

async function whyNotHolds(running: Running, change: Change): Promise<Ending | undefined> {
  const { journal, now } = running.guard;
  if (now() > latestStart(change)) return TOO_LATE;
  const rebuilt = await rebuildKnowingRoles(running, change, latestStart(change));
  const stopped = await stopAsked(journal, change.id);
  if (stopped !== undefined) return stopped;
  if (rebuilt.kind !== 'succeeded')
    return endingUndone(running, change, { why: rebuilt.message.replace(/\.$/, ''), code: rebuilt.code });
  if (planDigest(rebuilt.value) === change.digest) return undefined;
  const why = `${whatDrifted(change.plan, rebuilt.value)} since it was planned`;
  return endingUndone(running, change, { why, code: 'DENIED_DRIFTED' });
}

/** How a change ends of which nothing was done. */
async function endingUndone(
  running: Running,
  change: Change,
  { why, code }: { readonly why: string; readonly code: Code },
): Promise<Ending> {
  const ending = `Nothing was done: ${why}.`;
  if (!isDenial(code)) return { to: 'failed', code, ending };
  const isAskable = code === 'DENIED_DRIFTED' || code === 'DENIED_POLICY';
  const anew = isAskable ? await running.askAnew?.(change) : undefined;
  if (anew !== undefined)
    return { to: 'voided', code, ending: `${ending} It is asked for anew as ${anew}.`, anew };
  const ask = code === 'DENIED_DRIFTED' ? ' Ask again to see the new plan.' : '';
  return { to: 'voided', code, ending: `${ending}${ask}` };
}
