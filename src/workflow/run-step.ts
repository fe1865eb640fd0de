import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { CallResult } from '../domain/call.ts';
import type { Change, StepRecord } from '../domain/change.ts';
import type { Target } from '../domain/fleet.ts';
import { failed, type Outcome, succeeded, unknown } from '../domain/outcome.ts';
import type { Step } from '../domain/plan.ts';
import type { Executor, RunRequest } from '../executors/executor.ts';
import type { Effects } from './fleet.ts';
import { type Journal, type StepEnd, StoreError } from './journal.ts';
import { LEFT } from './left.ts';
import { type Evidence, endOf, stepAudit, whereOf } from './step-end.ts';

/** What the guard needs: the journal, the executors, and who it is. */
export interface Guard {
  readonly journal: Journal;
  readonly effects: Effects;
  /** This boot of the process; steps of another owner are lost. */
  readonly owner: string;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Removes known secrets; applied before anything is journaled. */
  readonly redact: (text: string) => string;
}

/** What one step needs to run. */
export interface StepRun {
  readonly change: Change;
  readonly step: Step;
  readonly target: Target;
  readonly attempt: number;
  /** The component's run just before, which a restart must change. */
  readonly runBefore?: string | undefined;
}

/**
 * The guard (facts/engine-faults-threats.md §0.1): `begin` is committed before the effect, `finish` is a compare-and-set
 * after it. Resolves to how the step ended; `unknown` keeps the locks and is for the reconciler, and `stopped` says that
 * somebody had asked the change to stop, so that nothing was begun.
 */
export async function runStep(guard: Guard, run: StepRun): Promise<StepEnd | 'stopped'> {
  const { step, target } = run;
  const ready = await observe(guard, run);
  const receipt = randomUUID();
  const evidence = ready.kind === 'succeeded' ? ready.value.evidence : { observed: {} };
  const refused = await begin(guard, run, { receipt, evidence });
  if (refused !== undefined) return refused;
  if (ready.kind !== 'succeeded')
    return finish(guard, run, endOf(step, failed(ready.code, ready.message), guard));
  const { deadlineMs, outputCapBytes } = step;
  const outcome = await carryOut(ready.value.executor, {
    target,
    call: step.call,
    receipt,
    deadlineMs,
    outputCapBytes,
    of: { change: run.change.id, step: step.id },
  });
  return finish(guard, run, endOf(step, outcome, guard));
}

/** A begun step that an earlier boot left to this one. */
export interface StepResume {
  readonly change: Change;
  readonly step: Step;
  /** Undefined when it is not configured any more. */
  readonly target: Target | undefined;
  readonly record: StepRecord;
}

/** Goes on with a step that is this owner's now, and that can be carried on under its receipt as if nothing had been. */
export async function resumeStep(guard: Guard, resume: StepResume): Promise<StepEnd> {
  const { change, step, record } = resume;
  const outcome = await carryOn(guard, resume);
  return finish(guard, { change, step, attempt: record.attempt }, endOf(step, outcome, guard));
}

async function carryOn(guard: Guard, { step, target, record }: StepResume): Promise<Outcome<CallResult>> {
  if (target === undefined)
    return failed('TARGET_NOT_FOUND', `the target ${step.target} is not configured any more`);
  const executor = guard.effects.executorOf(target, step.call);
  if (executor.kind !== 'succeeded') return executor;
  const { call, deadlineMs, outputCapBytes } = step;
  return carryOut(executor.value, { target, call, receipt: record.receipt, deadlineMs, outputCapBytes });
}

/** An executor that breaks after the step was begun leaves an effect that nobody saw: unknown, like a lost connection. */
async function carryOut(executor: Executor, request: RunRequest): Promise<Outcome<CallResult>> {
  try {
    return await executor.run(request);
  } catch (error) {
    if (error === LEFT) throw error;
    return unknown(
      'TARGET_INTERRUPTED',
      `the executor broke: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

async function observe(
  guard: Guard,
  run: StepRun,
): Promise<Outcome<{ readonly executor: Executor; readonly evidence: Evidence }>> {
  const executor = guard.effects.executorOf(run.target, run.step.call);
  if (executor.kind !== 'succeeded') return executor;
  const observed = await executor.value.observe(run.target, run.step.call);
  if (observed.kind !== 'succeeded') return observed;
  return succeeded({
    executor: executor.value,
    evidence: {
      observed: observed.value,
      runBefore: run.runBefore,
      where: whereOf(executor.value, run.target),
    },
  });
}

/** Commits `started` before anything is sent; when the store refuses, nothing is sent and the step has failed. */
async function begin(
  guard: Guard,
  run: StepRun,
  sent: { readonly receipt: string; readonly evidence: Evidence },
): Promise<StepEnd | 'stopped' | undefined> {
  const { change, step, attempt } = run;
  const startedAt = guard.now();
  const { owner } = guard;
  const evidence = JSON.stringify(sent.evidence);
  const record = {
    change: change.id,
    step: step.id,
    attempt,
    owner,
    receipt: sent.receipt,
    evidence,
    startedAt,
  };
  try {
    if (await guard.journal.steps.begin(record, stepAudit(change, step, { at: startedAt }))) return undefined;
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    return {
      state: 'failed',
      endedAt: guard.now(),
      code: error.code,
      message: `nothing was sent, because ${error.message}`,
    };
  }
  if (await wasStopped(guard, run)) return 'stopped';
  throw new Error(`${change.id} step ${step.id} attempt ${attempt} was begun before: the engine asked twice`);
}

async function wasStopped({ journal }: Guard, { change, step, attempt }: StepRun): Promise<boolean> {
  const records = await journal.steps.ofChange(change.id);
  if (records.some((record) => record.step === step.id && record.attempt === attempt)) return false;
  return (await journal.changes.find(change.id))?.cancelledBy !== undefined;
}

async function finish(
  guard: Guard,
  run: Pick<StepRun, 'change' | 'step' | 'attempt'>,
  end: StepEnd,
): Promise<StepEnd> {
  const { change, step, attempt } = run;
  const place = { change: change.id, step: step.id, attempt, owner: guard.owner };
  const audit = stepAudit(change, step, { at: end.endedAt, end });
  if (await untilStored(() => guard.journal.steps.finish(place, end, audit))) return end;
  await untilStored(() => guard.journal.audit.append({ ...audit, event: 'step result came late' }));
  const message = 'it was declared lost before its result came';
  return { state: 'unknown', endedAt: end.endedAt, code: 'TARGET_INTERRUPTED', message };
}

/** Milliseconds between two tries to journal a result while the disk is full. */
const STORE_PATIENCE_MS = 500;

/** Keeps trying while the store is full or away: the result of an effect exists nowhere else. */
export async function untilStored<T>(write: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await write();
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      await setTimeout(STORE_PATIENCE_MS);
    }
  }
}
