import type { ComponentAction } from '../components/component.ts';
import type { Change, StepRecord } from '../domain/change.ts';
import type { PlacedComponent } from '../domain/configuration.ts';
import { formatDuration } from '../domain/duration.ts';
import { type ComponentRef, componentKey, type Target, targetKey } from '../domain/fleet.ts';
import { type Batch, digestOf, type Plan, planSteps, type Step } from '../domain/plan.ts';
import { type Ending, stopAsked } from './change-ending.ts';
import type { Fleet } from './fleet.ts';
import { driftedEnding, type Judging, touchedBy, whyRestFalls } from './still-holds.ts';

/** What looking at a step just before it is begun needs. */
export interface Gating extends Judging {
  readonly fleet: Fleet;
}

/** Why a step of this batch is not to be begun, looked at just before it; undefined when it may. */
export type Gate = (batch: Batch, step: Step) => Promise<Ending | undefined>;

/**
 * A gate for one run of a change. `judged` is the batch for which the whole plan has just been made again; without it this
 * is a resume, and before its first step the rest is judged anew.
 */
export function createGate(gating: Gating, change: Change, judged: Batch | undefined): Gate {
  const { journal, now } = gating.guard;
  let judgedFor = judged;
  let verdict: Promise<Ending | undefined> | undefined;
  if (judged !== undefined) verdict = Promise.resolve(undefined);
  const recordsNow = () => journal.steps.ofChange(change.id);
  return async (batch, step) => {
    const stopped = await stopAsked(journal, change.id);
    if (stopped !== undefined) return stopped;
    const late = whyTooLate(change, await recordsNow(), now());
    if (late !== undefined) return late;
    if (verdict === undefined) {
      judgedFor = batch;
      verdict = recordsNow().then((records) => whyRestFalls(gating, change, records));
    }
    const fallen = await verdict;
    if (fallen !== undefined) return fallen;
    const records = await recordsNow();
    const isFresh = batch === judgedFor;
    return (
      whyTooLate(change, records, now()) ?? (await whyDrifted(gating, change, { step, records, isFresh }))
    );
  };
}

/** Milliseconds that may lie between two steps, besides what the earlier one and its verification may take. */
const LONGEST_GAP_MS = 15 * 60_000;

/**
 * After a long absence nobody expects the rest of a change any more. Measured from when the latest step was begun: when it
 * was settled says only when somebody looked.
 */
function whyTooLate(change: Change, records: readonly StepRecord[], now: number): Ending | undefined {
  if (records.length === 0) return undefined;
  const since = Math.max(...records.map(({ startedAt }) => startedAt));
  const until = Math.max(...records.map((record) => record.startedAt + mayTakeMs(change, record)));
  if (now <= until + LONGEST_GAP_MS) return undefined;
  const idle = formatDuration(Math.floor((now - since) / 60_000) * 60_000);
  const ending = `It stood still for ${idle} in the middle, so it did not go on`;
  return { to: 'failed', code: 'TARGET_INTERRUPTED', ending, isCutShort: true };
}

/** Milliseconds for a step and the verification of its batch. */
function mayTakeMs({ plan }: Change, record: StepRecord): number {
  const batch = plan.batches.find(({ steps }) => steps.some((step) => step.id === record.step));
  const step = batch?.steps.find(({ id }) => id === record.step);
  const windows = batch?.verifications.map(({ withinMs, holdMs }) => withinMs + holdMs) ?? [];
  return (step?.deadlineMs ?? 0) + Math.max(0, ...windows);
}

/** A component as it is configured now. */
export const placedIn = ({ configuration }: Fleet, ref: ComponentRef): PlacedComponent | undefined =>
  configuration.services
    .flatMap((service) => service.components)
    .find((candidate) => componentKey(candidate.ref) === componentKey(ref));

/** The target of a step as it is configured now: that of its component, or the one that a request goes to. */
export const targetIn = ({ configuration }: Fleet, step: Step): Target | undefined =>
  configuration.targets.find(
    ({ name, environment }) => name === step.target && environment === step.component.environment,
  );

/** Verbs whose plans hold one action of each component and nothing else. */
const isActionVerb = (verb: string): boolean => ['restart', 'start', 'stop'].includes(verb);

/** Whether an action, as it is configured now, is still the steps that were approved. */
function isStillApproved(
  fleet: Fleet,
  placed: PlacedComponent,
  of: { plan: Plan; action: ComponentAction },
): boolean {
  const essence = (steps: readonly Pick<Step, 'title' | 'call'>[]): string =>
    digestOf(steps.map(({ title, call }) => ({ title, call })));
  const key = componentKey(placed.ref);
  const approved = planSteps(of.plan).filter((step) => componentKey(step.component) === key);
  const bound = fleet.component(placed);
  if (!bound.actions.includes(of.action)) return false;
  const now = bound.steps(of.action);
  if (isActionVerb(of.plan.verb)) return essence(now) === essence(approved);
  // Elsewhere an action is one stretch among the component's other steps.
  return approved.some((_, at) => essence(approved.slice(at, at + now.length)) === essence(now));
}

/** Whether a step would go to another target than the approved one. */
function isElsewhere(
  fleet: Fleet,
  { plan }: Change,
  { step, placed }: { readonly step: Step; readonly placed: PlacedComponent },
): boolean {
  const { component, target, call } = step;
  const place = call.kind === 'http' ? targetIn(fleet, step) : placed.target;
  const approved = plan.targets[targetKey({ name: target, environment: component.environment })] ?? {};
  return place?.name !== target || digestOf(approved) !== digestOf(fleet.describe(place));
}

/** Whether the target is the approved one, and a component that this change has not touched yet still what was planned for. */
async function whyDrifted(
  { fleet, guard }: Gating,
  change: Change,
  at: { readonly step: Step; readonly records: readonly StepRecord[]; readonly isFresh: boolean },
): Promise<Ending | undefined> {
  const { component } = at.step;
  const key = componentKey(component);
  const placed = placedIn(fleet, component);
  if (placed === undefined)
    return {
      to: 'failed',
      code: 'TARGET_NOT_FOUND',
      ending: `${key} is not configured any more`,
      isCutShort: true,
    };
  if (isElsewhere(fleet, change, { step: at.step, placed }))
    return driftedEnding(`where ${key} runs has changed since it was planned`);
  const planned = change.plan.preconditions.find((each) => componentKey(each.component) === key);
  if (at.isFresh || planned === undefined || touchedBy(change, at.records).has(key)) return undefined;
  const { action } = planned;
  if (action !== undefined && !isStillApproved(fleet, placed, { plan: change.plan, action }))
    return driftedEnding(`what is done to ${key} has changed since it was planned`);
  const facts = await fleet.identity(placed, action);
  if (facts.kind !== 'succeeded')
    return {
      to: 'failed',
      code: facts.code,
      ending: `${key}: ${guard.redact(facts.message)}`,
      isCutShort: true,
    };
  if (digestOf(facts.value) === digestOf(planned.facts)) return undefined;
  return driftedEnding(`${key} has changed since it was planned`);
}

/** Says of a change that ends before a step what it left out; void where it has not begun any. */
export async function withLeftOut({ guard }: Gating, change: Change, ending: Ending): Promise<Ending> {
  if (ending.isCutShort !== true) return ending;
  const records = await guard.journal.steps.ofChange(change.id);
  const why = ending.ending.replace(/\.$/, '');
  if (records.length === 0 && ending.code === 'DENIED_DRIFTED')
    return { ...ending, to: 'voided', ending: `Nothing was done: ${why}. Ask again to see the new plan.` };
  const left = planSteps(change.plan).filter((step) => !records.some((record) => record.step === step.id));
  return { ...ending, ending: `${why}. Left out: ${left.map(({ title }) => title).join('; ')}.` };
}
