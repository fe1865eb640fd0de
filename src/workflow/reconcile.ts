import type { Change, StepRecord } from '../domain/change.ts';
import type { Target } from '../domain/fleet.ts';
import { failed, succeeded } from '../domain/outcome.ts';
import { planSteps, type Step } from '../domain/plan.ts';
import type { Reconciliation } from '../executors/executor.ts';
import type { StepEnd } from './journal.ts';
import type { Guard } from './run-step.ts';
import { endOf, evidenceOf, stepAudit, whereOf } from './step-end.ts';

/** What asking the targets came to for all unknown steps of a change. */
export type ReconcileResult =
  /** All of them happened and succeeded: the change may go on. */
  | { readonly kind: 'go on' }
  /** One of them failed or did not happen: the change has failed there. */
  | { readonly kind: 'failed'; readonly step: Step; readonly end: StepEnd }
  /** The work goes on, or the target cannot be asked now: ask again. */
  | { readonly kind: 'ask again'; readonly why: string }
  /** The target does not know: a person must look and say. */
  | { readonly kind: 'ask a person'; readonly step: Step; readonly why: string };

/** Asks the targets what became of a change's unknown steps, and journals what they say. Reads only. */
export async function reconcile(
  guard: Guard,
  change: Change,
  targets: readonly Target[],
): Promise<ReconcileResult> {
  const records = await guard.journal.steps.ofChange(change.id);
  const results: ReconcileResult[] = [];
  for (const record of records) {
    const step = planSteps(change.plan).find((candidate) => candidate.id === record.step);
    if (step === undefined || record.state === 'succeeded') continue;
    results.push(await reconcileStep(guard, { change, step, record }, targets));
  }
  // A failed step ends the change and lets go of its locks, so nothing of it may be unknown by then.
  const first = (kind: ReconcileResult['kind']) => results.find((result) => result.kind === kind);
  return first('ask a person') ?? first('ask again') ?? first('failed') ?? { kind: 'go on' };
}

interface Lost {
  readonly change: Change;
  readonly step: Step;
  readonly record: StepRecord;
}

async function reconcileStep(guard: Guard, lost: Lost, targets: readonly Target[]): Promise<ReconcileResult> {
  const { step, record } = lost;
  if (record.state === 'failed')
    return { kind: 'failed', step, end: { ...record, state: 'failed', endedAt: record.endedAt ?? 0 } };
  // Nobody declared it lost, so this process is carrying it out: the target must not be asked meanwhile.
  if (record.state === 'started')
    return { kind: 'ask again', why: 'a step of it is still being carried out' };
  const said = await ask(guard, lost, targets);
  if (said.kind === 'still running') return { kind: 'ask again', why: 'it is still running on the target' };
  if (said.kind === 'unreachable') return { kind: 'ask again', why: guard.redact(said.why) };
  if (said.kind === 'cannot tell') return { kind: 'ask a person', step, why: guard.redact(said.why) };
  const end =
    said.kind === 'happened'
      ? endOf(step, succeeded(said.result), guard)
      : endOf(step, failed('TARGET_NOT_STARTED', 'it never reached the target, so nothing was done'), guard);
  const audit = stepAudit(lost.change, step, { at: end.endedAt, event: 'step reconciled', end });
  const place = { change: record.change, step: record.step, attempt: record.attempt };
  if (!(await guard.journal.steps.settle(place, end, audit)))
    return { kind: 'ask again', why: 'somebody has just settled it' };
  return end.state === 'succeeded' ? { kind: 'go on' } : { kind: 'failed', step, end };
}

async function ask(guard: Guard, lost: Lost, targets: readonly Target[]): Promise<Reconciliation> {
  const { step, record } = lost;
  const target = targets.find(
    (candidate) => candidate.name === step.target && candidate.environment === step.component.environment,
  );
  if (target === undefined)
    return { kind: 'cannot tell', why: `the target ${step.target} is not configured any more` };
  const executor = guard.effects.executorOf(target, step.call);
  if (executor.kind !== 'succeeded') return { kind: 'cannot tell', why: executor.message };
  const { observed, where } = evidenceOf(record);
  // Another place knows no receipt of it, and «it never happened» would have it done twice.
  if (where !== undefined && where !== whereOf(executor.value, target))
    return {
      kind: 'cannot tell',
      why: `where it ran (${step.target}) has been configured otherwise since, so the target that is configured now cannot be asked`,
    };
  const begun = { receipt: record.receipt, startedAt: record.startedAt, evidence: observed };
  return executor.value.reconcile({ target, call: step.call, begun });
}
