import type { Change, StepRecord } from '../domain/change.ts';
import { componentKey } from '../domain/fleet.ts';
import type { Batch, Step } from '../domain/plan.ts';
import { changeAudit, type Ending, endingOfStep, stopAsked } from './change-ending.ts';
import type { Fleet } from './fleet.ts';
import { type Gate, placedIn, targetIn } from './gate.ts';
import type { StepEnd } from './journal.ts';
import { isWaiting } from './keep-waiting.ts';
import { LEFT } from './left.ts';
import { type Guard, resumeStep, runStep, untilStored } from './run-step.ts';
import type { Seen } from './seen.ts';
import { evidenceOf } from './step-end.ts';
import { type VerificationState, verify } from './verify.ts';

/** What running a batch needs. */
export interface BatchRunning {
  readonly guard: Guard;
  readonly fleet: Fleet;
  /** Shows where the change stands, on every copy of its card. */
  readonly publish: (id: string, seen?: Seen) => Promise<void>;
  /** While this process is about to end no step begins any more; once it is over, looking ends too. */
  readonly ending: () => 'no' | 'soon' | 'now';
}

interface Gated extends BatchRunning {
  readonly gate: Gate;
}

const byComponent = (steps: readonly Step[]): readonly (readonly Step[])[] => [
  ...Map.groupBy(steps, (step) => componentKey(step.component)).values(),
];

/** Runs the components of a batch side by side, the steps of each in order; undefined when all succeeded. */
export async function runBatch(running: Gated, change: Change, batch: Batch): Promise<Ending | undefined> {
  await enter(running, change, 'running');
  const runs = byComponent(batch.steps).map((steps) => runSteps(running, change, { batch, steps }));
  // When one breaks the others are waited for: nobody may judge a change while a step of it is under way.
  return endingOfRuns(await Promise.allSettled(runs));
}

/** How a batch ended whose components ended each in its own way. */
function endingOfRuns(runs: readonly PromiseSettledResult<Ending | undefined>[]): Ending | undefined {
  const reasons = runs.flatMap((run) => (run.status === 'rejected' ? [run.reason] : []));
  const bug = reasons.find((reason) => reason !== LEFT);
  if (bug !== undefined) throw bug;
  const endings = runs.flatMap((run) => (run.status === 'fulfilled' && run.value ? [run.value] : []));
  const first = (to: Ending['to']) => endings.find((ending) => ending.to === to);
  // What nobody knows weighs more than what failed, because its lock must stay; and neither a stop of the change nor of
  // Botswain may hide a failure.
  const worst = first('unknown') ?? first('failed');
  if (worst === undefined && reasons.length > 0) throw LEFT;
  return worst ?? endings[0];
}

/** Moves between running and verifying; a resumed change may be there already. */
async function enter(running: BatchRunning, change: Change, state: 'running' | 'verifying'): Promise<void> {
  const { journal, now } = running.guard;
  const current = await journal.changes.find(change.id);
  if (current?.state === state) return;
  const from = state === 'running' ? 'verifying' : 'running';
  const event = state === 'running' ? 'batch started' : 'verification started';
  const audit = changeAudit(change, event, { at: now() });
  const moved = await untilStored(() =>
    journal.changes.move(change.id, [from], { to: state, patch: {}, audit }),
  );
  if (moved === undefined)
    throw new Error(`${change.id} is ${current?.state}, not ${from}, while it is being run`);
  await running.publish(change.id);
}

async function runSteps(
  running: Gated,
  change: Change,
  { batch, steps }: { readonly batch: Batch; readonly steps: readonly Step[] },
): Promise<Ending | undefined> {
  const records = await running.guard.journal.steps.ofChange(change.id);
  for (const step of steps) {
    const record = records.find((candidate) => candidate.step === step.id);
    if (record?.state === 'succeeded') continue;
    const ending =
      record === undefined
        ? await takeStep(running, change, { batch, step })
        : await afterRecord(running, change, { step, record });
    if (ending !== undefined) return ending;
  }
  return undefined;
}

/** What only waited goes on; of anything else that has a record nothing is begun again. */
const afterRecord = async (
  running: Gated,
  change: Change,
  { step, record }: { readonly step: Step; readonly record: StepRecord },
): Promise<Ending | undefined> =>
  isWaiting(step, record)
    ? goOnWaiting(running, change, { step, record })
    : endingOfStep(change, step, record);

async function takeStep(
  running: Gated,
  change: Change,
  { batch, step }: { readonly batch: Batch; readonly step: Step },
): Promise<Ending | undefined> {
  if (running.ending() !== 'no') throw LEFT;
  const shut = await running.gate(batch, step);
  if (shut !== undefined) return shut;
  if (running.ending() !== 'no') throw LEFT;
  const end = await beginStep(running, change, step);
  if (end === 'stopped') return stopAsked(running.guard.journal, change.id);
  return afterStep(running, change, { step, end });
}

/** Goes on with a step that an earlier boot began, and that has only waited since. */
async function goOnWaiting(
  running: Gated,
  change: Change,
  { step, record }: { readonly step: Step; readonly record: StepRecord },
): Promise<Ending | undefined> {
  const target = targetIn(running.fleet, step);
  const end = await resumeStep(running.guard, { change, step, target, record });
  return afterStep(running, change, { step, end });
}

/** What follows from how a step ended; undefined when the next one may begin. */
async function afterStep(
  running: Gated,
  change: Change,
  { step, end }: { readonly step: Step; readonly end: StepEnd },
): Promise<Ending | undefined> {
  await running.publish(change.id);
  if (end.state === 'succeeded') return undefined;
  // Stopping what waits for a person ends the waiting; nothing has failed by that.
  const stopped =
    end.code === 'DENIED_CANCELLED' ? await stopAsked(running.guard.journal, change.id) : undefined;
  return stopped ?? endingOfStep(change, step, end);
}

const mustBeNewRun = ({ plan }: Change, { component }: Step): boolean =>
  plan.batches
    .flatMap(({ verifications }) => verifications)
    .some(({ newRun, component: verified }) => newRun && componentKey(verified) === componentKey(component));

async function beginStep(running: BatchRunning, change: Change, step: Step): Promise<StepEnd | 'stopped'> {
  const { guard, fleet } = running;
  const placed = placedIn(fleet, step.component);
  if (placed === undefined)
    return {
      state: 'failed',
      endedAt: guard.now(),
      code: 'TARGET_NOT_FOUND',
      message: 'it is not configured any more',
    };
  const status = await fleet.status(placed);
  if (status.kind !== 'succeeded' && mustBeNewRun(change, step)) {
    const message = `nothing was sent, because nobody could tell a new run from the one before, which cannot be read: ${guard.redact(status.message)}`;
    return { state: 'failed', endedAt: guard.now(), code: status.code, message };
  }
  const runBefore = status.kind === 'succeeded' ? status.value.run : undefined;
  const target = targetIn(fleet, step) ?? placed.target;
  const ended = runStep(guard, { change, step, target, attempt: 1, runBefore });
  const shown = running.publish(change.id);
  await Promise.allSettled([ended, shown]);
  await shown;
  return ended;
}

async function runsBefore(
  running: BatchRunning,
  change: Change,
  batch: Batch,
): Promise<ReadonlyMap<string, string | undefined>> {
  const records = await running.guard.journal.steps.ofChange(change.id);
  const runs = new Map<string, string | undefined>();
  for (const [first] of byComponent(batch.steps)) {
    const record = records.find((candidate) => candidate.step === first?.id);
    if (first !== undefined && record !== undefined)
      runs.set(componentKey(first.component), evidenceOf(record).runBefore);
  }
  return runs;
}

/** How a batch's verification went: what was seen to hold, or how the change ended there. */
export type BatchVerified =
  | { readonly kind: 'verified'; readonly states: readonly VerificationState[] }
  | { readonly kind: 'ended'; readonly ending: Ending };

/** What was seen of each component, for people. */
export const seenText = (states: readonly VerificationState[]): string =>
  states.map((state) => `${state.component}: ${state.seen.join(', ')}`).join('; ');

/** Looks until the batch has held for its window, or its time is over. */
export async function verifyBatch(
  running: BatchRunning,
  change: Change,
  batch: Batch,
): Promise<BatchVerified> {
  const { guard, fleet } = running;
  await enter(running, change, 'verifying');
  const result = await verify({
    fleet,
    verifications: batch.verifications,
    runsBefore: await runsBefore(running, change, batch),
    // Not the wall clock: when that is set, a hold would be cut short or last for hours.
    now: () => performance.now(),
    onLook: (states) => running.publish(change.id, { looked: states }),
    isCancelled: async () => {
      if (running.ending() === 'now') throw LEFT;
      return (await stopAsked(guard.journal, change.id)) !== undefined;
    },
  });
  if (result.kind === 'verified') return { kind: 'verified', states: result.states };
  const stopped = result.kind === 'cancelled' ? await stopAsked(guard.journal, change.id) : undefined;
  if (stopped !== undefined) return { kind: 'ended', ending: stopped };
  const missing = result.kind === 'cancelled' ? [] : result.states.filter((state) => !state.holds);
  const ending = `It ran, but it is not verified: ${(seenText(missing) || 'it did not hold').replace(/\.$/, '')}.`;
  return { kind: 'ended', ending: { to: 'not verified', code: 'TARGET_NOT_VERIFIED', ending } };
}
