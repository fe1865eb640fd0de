import type { PersonCall } from '../domain/call.ts';
import type { Change, StepRecord } from '../domain/change.ts';
import type { Person } from '../domain/person.ts';
import { planSteps, type Step } from '../domain/plan.ts';
import type { Confirmation } from './confirmations.ts';

/** A begun step that waits for a person. */
export interface Asked {
  readonly step: Step;
  readonly call: PersonCall;
  readonly record: StepRecord;
  /** When nobody needs to answer any more, epoch milliseconds. */
  readonly endsAt: number;
}

/** The begun steps of a change that are a person's, answered or not, in the order of the plan. */
export const askedSteps = (change: Change, records: readonly StepRecord[]): readonly Asked[] =>
  planSteps(change.plan).flatMap((step) => {
    const record = records.find((candidate) => candidate.step === step.id);
    return step.call.kind !== 'person' || record === undefined
      ? []
      : [{ step, call: step.call, record, endsAt: record.startedAt + step.deadlineMs }];
  });

/** What tells where a change stands with the people it asks. */
export interface AskedFacts {
  readonly change: Change;
  readonly records: readonly StepRecord[];
  readonly confirmations?: readonly Pick<Confirmation, 'receipt'>[];
}

/** The steps of a change that wait for a person right now. */
export function waitingFor({ change, records, confirmations = [] }: AskedFacts): readonly Asked[] {
  const isOpen = change.state === 'running' || change.state === 'unknown';
  if (!isOpen || change.cancelledBy !== undefined) return [];
  return askedSteps(change, records).filter(
    ({ record }) =>
      (record.state === 'started' || record.state === 'unknown') &&
      !confirmations.some(({ receipt }) => receipt === record.receipt),
  );
}

/** Who is called to answer: by the roles of the step, else who asked for the change, else who might have approved it. */
export function answerersOf(
  people: readonly Person[],
  { call }: Pick<Asked, 'call'>,
  { requester, demand }: Change,
): readonly Person[] {
  const asker = people.filter(({ key }) => key === requester);
  // What the calendar asks for is nobody's own: it has no account.
  const isReachable = asker.some(({ slack, telegram }) => slack !== undefined || telegram !== undefined);
  if (call.from.length === 0 && !call.byOther && isReachable) return asker;
  const roles = call.from.length > 0 ? call.from : demand.from;
  const able = people.filter((person) => person.roles.some((role) => roles.includes(role)));
  return call.byOther ? able.filter(({ key }) => key !== requester) : able;
}

/** Whether it is asked of this person, as far as roles say so: of whom it asks, or by which they asked for it. */
export function isTheirs(
  { call }: Pick<Asked, 'call'>,
  { requester }: Change,
  { key, roles }: Person,
): boolean {
  if (call.byOther && key === requester) return false;
  return call.from.length === 0 ? key === requester : roles.some((role) => call.from.includes(role));
}

/** Who may answer, in words: `approver or sre, not who asked for it`. */
export function answererWords({ from, byOther }: PersonCall): string {
  const who = from.length === 0 ? 'whoever may run it' : from.join(' or ');
  return byOther ? `${who}, but not who asked for it` : who;
}

/** The word on the button, and behind it the line. */
export const answerWord = ({ asks }: PersonCall): string => (asks === 'go on' ? 'Go on' : 'Done');
