import type { Call } from '../domain/call.ts';
import type { Change, StepRecord } from '../domain/change.ts';
import { planSteps, type Step } from '../domain/plan.ts';
import { everyChange } from './due.ts';
import type { Journal } from './journal.ts';

/** Calls that only wait: all that they know stands in the journal, so nothing is lost with the process that waited. */
const WAITING: readonly Call['kind'][] = ['person', 'wait', 'check'];

/** Whether a begun step only waits, and goes on as if nothing had been. */
export const isWaiting = (step: Step, record: StepRecord): boolean =>
  record.state === 'started' && WAITING.includes(step.call.kind);

/** Declares the begun steps of every other owner lost, but for those that only wait: these are this owner's now. */
export async function loseOthers(journal: Journal, owner: string, at: number): Promise<readonly Change[]> {
  await keepWaiting(journal, owner);
  return journal.steps.loseOrphans(owner, at);
}

/** Makes the steps that only wait this owner's, so that nobody declares them lost. */
async function keepWaiting(journal: Journal, owner: string): Promise<void> {
  for await (const change of everyChange(journal, { states: ['running'] })) {
    const records = await journal.steps.ofChange(change.id);
    for (const step of planSteps(change.plan)) {
      const record = records.find((candidate) => candidate.step === step.id);
      if (record !== undefined && isWaiting(step, record)) await journal.steps.adopt(record, owner);
    }
  }
}
