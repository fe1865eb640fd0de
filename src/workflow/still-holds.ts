import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Change, StepRecord } from '../domain/change.ts';
import type { Code } from '../domain/code.ts';
import { componentKey } from '../domain/fleet.ts';
import type { Outcome } from '../domain/outcome.ts';
import { type Plan, planDigest, planSteps } from '../domain/plan.ts';
import { type Ending, stopAsked } from './change-ending.ts';
import { LEFT } from './left.ts';
import type { Guard } from './run-step.ts';

/** What judging a change again needs. */
export interface Judging {
  readonly guard: Pick<Guard, 'journal' | 'now' | 'redact'>;
  /** Makes the plan again from the line as it was asked for, to see whether it still holds. */
  readonly rebuild: (change: Change) => Promise<Outcome<Plan>>;
  /** Whether it is known by now who holds which role; absent = always. */
  readonly rolesKnown?: () => boolean;
  /** While this process is about to end no step begins any more; once it is over, looking ends too. */
  readonly ending: () => 'no' | 'soon' | 'now';
}

/** What is not allowed any more was not tried. */
export const isDenial = (code: Code): boolean => code.startsWith('DENIED_');

/** Milliseconds that the rest of a change waits for the roles to be known, and between two looks. */
const ROLES_PATIENCE_MS = 600_000;
const ROLES_LOOK_MS = 250;

/**
 * Makes the plan again. A denial while nobody knows yet who holds which role says nothing: then it waits for that, until
 * this epoch millisecond, and judges again.
 */
export async function rebuildKnowingRoles(
  judging: Judging,
  change: Change,
  until: number,
): Promise<Outcome<Plan>> {
  const isKnown = (): boolean => judging.rolesKnown?.() ?? true;
  const knewBefore = isKnown();
  const rebuilt = await judging.rebuild(change);
  if (knewBefore || rebuilt.kind === 'succeeded' || !isDenial(rebuilt.code)) return rebuilt;
  while (!isKnown() && judging.guard.now() < until) {
    if (judging.ending() !== 'no') throw LEFT;
    if ((await stopAsked(judging.guard.journal, change.id)) !== undefined) break;
    await setTimeout(ROLES_LOOK_MS);
  }
  return judging.rebuild(change);
}

/** The first thing in which two plans of the same line differ, in words. */
export function whatDrifted(before: Plan, after: Plan): string {
  const moved = before.preconditions.find(
    (was) => !after.preconditions.some((is) => isDeepStrictEqual(is, was)),
  );
  if (moved !== undefined) return `${componentKey(moved.component)} has changed`;
  if (!isDeepStrictEqual(before.targets, after.targets)) return 'where it would run has changed';
  if (!isDeepStrictEqual(before.components, after.components)) return 'what it means has changed';
  return 'its steps have changed';
}

/** Keys of the components on which a step was begun. */
export function touchedBy({ plan }: Change, records: readonly StepRecord[]): ReadonlySet<string> {
  const begun = new Set(records.map((record) => record.step));
  const steps = planSteps(plan).filter((step) => begun.has(step.id));
  return new Set(steps.map((step) => componentKey(step.component)));
}

/** The plan without what its own steps may have altered by now. */
const untouched = (plan: Plan, touched: ReadonlySet<string>): Plan => ({
  ...plan,
  preconditions: plan.preconditions.filter(({ component }) => !touched.has(componentKey(component))),
});

/** Why what is left of a half-done change is not to be done any more, by the policy, freezes and approvals of now. */
export async function whyRestFalls(
  judging: Judging,
  change: Change,
  records: readonly StepRecord[],
): Promise<Ending | undefined> {
  const rebuilt = await rebuildKnowingRoles(judging, change, judging.guard.now() + ROLES_PATIENCE_MS);
  const stopped = await stopAsked(judging.guard.journal, change.id);
  if (stopped !== undefined) return stopped;
  if (rebuilt.kind !== 'succeeded') {
    const ending = `It was interrupted and did not go on: ${judging.guard.redact(rebuilt.message)}`;
    return { to: 'failed', code: 'TARGET_INTERRUPTED', ending, isCutShort: true };
  }
  const touched = touchedBy(change, records);
  const before = untouched(change.plan, touched);
  const after = untouched(rebuilt.value, touched);
  if (planDigest(before) === planDigest(after)) return undefined;
  return driftedEnding(`${whatDrifted(before, after)} since it was planned`);
}

/** How a change ends before a step that would not find what was approved. */
export const driftedEnding = (ending: string): Ending => ({
  to: 'failed',
  code: 'DENIED_DRIFTED',
  ending,
  isCutShort: true,
});
