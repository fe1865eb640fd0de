import type { CallResult } from '../domain/call.ts';
import type { Change, StepRecord } from '../domain/change.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { planSteps, type Step } from '../domain/plan.ts';
import type { Reconciliation, RunRequest } from '../executors/executor.ts';
import type { Confirmation } from './confirmations.ts';
import type { Journal } from './journal.ts';
import { LEFT } from './left.ts';
import type { OwnExecutor } from './own-calls.ts';
import type { Wakeups } from './wakeups.ts';

/** What waiting needs. */
export interface WaitingPorts {
  readonly journal: Journal;
  readonly wakeups: Wakeups;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Whether this process is about to end: what waits is left to the next boot, as it stands. */
  readonly isEnding: () => boolean;
}

/** A step that waits, as of now. */
export interface Standing {
  readonly change: Change;
  readonly step: Step;
  readonly record: StepRecord;
  readonly said?: Confirmation | undefined;
  /** When its time is over, epoch milliseconds. */
  readonly endsAt: number;
}

/** What a look at something that waits came to: it is over, for good or bad, or it still waits. */
export type Look = Outcome<CallResult> | 'still waits';

/** Milliseconds between two looks when nothing hints. */
const LOOK_MS = 1000;

/** What came back from something that Botswain did itself. */
export const ownResult = (stdout: string, durationMs: number): Outcome<CallResult> =>
  succeeded({ code: 0, stdout, stderr: '', truncated: false, durationMs });

/** Where a step stands that was begun under this receipt. */
export async function standingOf(
  { journal }: Pick<WaitingPorts, 'journal'>,
  receipt: string,
): Promise<Standing> {
  const record = await journal.steps.ofReceipt(receipt);
  const change = record === undefined ? undefined : await journal.changes.find(record.change);
  const step =
    change === undefined ? undefined : planSteps(change.plan).find(({ id }) => id === record?.step);
  if (record === undefined || change === undefined || step === undefined)
    throw new Error(`no step was begun under the receipt ${receipt}`);
  const said = await journal.confirmations.of(receipt);
  return { change, step, record, said, endsAt: record.startedAt + step.deadlineMs };
}

/** Resolves at the next hint, at the latest after so many milliseconds. */
export async function nextHint(wakeups: Wakeups, ms = LOOK_MS): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const off = wakeups.on('changes', resolve);
  await promise;
  clearTimeout(timer);
  off();
}

const stopped = ({ change }: Standing): Outcome<never> =>
  failed('DENIED_CANCELLED', `${change.cancelledBy ?? 'somebody'} stopped it while this waited`);

/** Looks until it is over, somebody stops the change, or this process is about to end. */
async function waitFor(
  ports: WaitingPorts,
  request: RunRequest,
  look: (standing: Standing) => Promise<Look>,
): Promise<Outcome<CallResult>> {
  const { receipt } = request;
  if (receipt === undefined)
    throw new Error(`a ${request.call.kind} call is a step, and was made without one`);
  for (;;) {
    const standing = await standingOf(ports, receipt);
    if (standing.change.cancelledBy !== undefined) return stopped(standing);
    const seen = await look(standing);
    if (seen !== 'still waits') return seen;
    if (ports.isEnding()) throw LEFT;
    await nextHint(ports.wakeups);
  }
}

/**
 * Something that waits and alters nothing itself. All that it knows stands in the journal, so that after a crash the next
 * boot goes on with it; what could not be gone on with so is judged by the same look.
 */
export function waitingExecutor(
  ports: WaitingPorts,
  looking: () => (standing: Standing) => Promise<Look>,
): OwnExecutor {
  return {
    run: (request) => waitFor(ports, request, looking()),
    observe: async () => succeeded({}),
    async reconcile({ begun }): Promise<Reconciliation> {
      const standing = await standingOf(ports, begun.receipt);
      if (standing.change.cancelledBy !== undefined) return { kind: 'did not happen' };
      const seen = await looking()(standing);
      if (seen === 'still waits') return { kind: 'still running' };
      return seen.kind === 'succeeded'
        ? { kind: 'happened', result: seen.value }
        : { kind: 'did not happen' };
    },
  };
}
