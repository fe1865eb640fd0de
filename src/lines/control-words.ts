import type { Change, StepRecord } from '../domain/change.ts';
import { planSteps, type Step } from '../domain/plan.ts';

type Records = readonly StepRecord[];

const leftOf = ({ plan }: Change, records: Records): readonly Step[] =>
  planSteps(plan).filter(({ id }) => !records.some(({ step }) => step === id));

const named = (steps: readonly Step[]): string =>
  steps.map(({ id, title }) => `step ${id} (${title})`).join(', ');

/** What comes of stopping a change that is under way; there need not be a next step. */
export function afterStop(change: Change, records: Records): string {
  const { id } = change;
  const left = leftOf(change, records);
  if (left.length > 0) return `${id} stops before its next step and leaves out ${named(left)}.`;
  if (records.some(({ state }) => state === 'started'))
    return `${id} has no step left to stop: its last one is under way and runs to its end, and then nobody verifies it.`;
  if (records.some(({ state }) => state === 'unknown'))
    return `${id} has no step left to stop; once its unknown step is settled, nobody verifies it.`;
  return `${id} has no step left to stop: all of them were done and stay so, only its verification ends.`;
}

const verdictOf = (change: Change, records: Records): string => {
  if (change.cancelledBy !== undefined) return `it stops there, as ${change.cancelledBy} asked.`;
  const left = leftOf(change, records);
  return left.length === 0
    ? 'no step is left, so it is only verified now.'
    : `it goes on, and these run now: ${named(left)}.`;
};

/** What comes of settling an unknown step, by how the records stand then. */
export function afterSettling(change: Change, records: Records): string {
  const { id } = change;
  const unknown = planSteps(change.plan).filter((step) =>
    records.some((record) => record.step === step.id && record.state === 'unknown'),
  );
  if (unknown.length > 0) return `Noted. ${id} is still unknown: what became of ${named(unknown)}?`;
  if (!records.some(({ state }) => state === 'failed')) return `Noted. ${id}: ${verdictOf(change, records)}`;
  const left = leftOf(change, records);
  const rest = left.length === 0 ? '' : ` Left out: ${named(left)}.`;
  return `Noted. ${id} fails there and lets go of its locks; nothing more of it runs.${rest}`;
}
