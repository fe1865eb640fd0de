import { type Change, FINAL_STATES } from '../domain/change.ts';
import { componentKey } from '../domain/fleet.ts';
import type { Action } from '../domain/message.ts';
import { type AskedFacts, answerWord, waitingFor } from './person-steps.ts';
import type { Seen } from './seen.ts';

/** Characters of the digest a button carries; a card that shows another plan is stale (64 bits). */
export const SHORT_DIGEST = 16;

const short = (change: Change): string => change.digest.slice(0, SHORT_DIGEST);

const names = (change: Change): string => change.plan.components.map(componentKey).join(', ');

function whileWaiting(change: Change): readonly Action[] {
  const effect = `${change.plan.verb} ${names(change)}`.slice(0, 200);
  const confirm =
    change.plan.risk === 'destructive' ? { confirm: `This will ${effect}. It may lose something.` } : {};
  return [
    { label: 'Approve', style: 'primary', line: `approve ${change.id} ${short(change)}`, ...confirm },
    { label: 'Deny', style: 'danger', line: `deny ${change.id}` },
    { label: 'Cancel', style: 'plain', line: `cancel ${change.id}` },
  ];
}

const wayBackOf = ({ plan: { wayBack } }: Change): readonly Action[] =>
  wayBack.kind === 'line' ? [{ label: wayBack.label, style: 'danger', line: wayBack.line }] : [];

/** Trying the same again is no longer offered when a person has to look, nor where it would break the glass again. */
function afterwards(change: Change, isSpent: boolean): readonly Action[] {
  const [first] = change.plan.components;
  const logs: Action[] =
    first === undefined ? [] : [{ label: 'Logs', style: 'plain', line: `logs ${componentKey(first)}` }];
  const again: readonly Action[] =
    isSpent || change.breakGlass !== undefined
      ? []
      : [{ label: 'Run again', style: 'plain', line: change.line }];
  return [...wayBackOf(change), ...logs, ...again];
}

function whileUnknown(change: Change, seen: Seen): readonly Action[] {
  if (seen.asking?.kind !== 'ask a person') return [];
  const { step } = seen.asking;
  return [
    {
      label: 'It happened',
      style: 'plain',
      line: `settle ${change.id} happened ${step.id}`,
      confirm: `You looked, and "${step.title}" was done.`,
    },
    {
      label: 'It did not happen',
      style: 'plain',
      line: `settle ${change.id} not ${step.id}`,
      confirm: `You looked, and "${step.title}" was not done.`,
    },
  ];
}

/** What buttons are made of. */
export interface ActionFacts extends AskedFacts {
  readonly seen: Seen;
}

/** The buttons that make sense in a change's state; none once nothing can be done. */
export function changeActions(facts: ActionFacts, isSpent = false): readonly Action[] {
  return [...changing(facts, isSpent), ...reviewing(facts.change)];
}

/** Answers to what is asked right now. */
export const answerActions = (facts: AskedFacts): readonly Action[] =>
  waitingFor(facts).map(({ step, call }) => ({
    label: answerWord(call),
    style: 'primary',
    line: `confirm ${facts.change.id} ${step.id}`,
  }));

const reviewing = ({ id, state, breakGlass, review }: Change): readonly Action[] =>
  breakGlass !== undefined && review === undefined && FINAL_STATES.includes(state)
    ? [{ label: 'Sign the review', style: 'primary', line: `review ${id}`, asks: 'What did you find?' }]
    : [];

function changing(facts: ActionFacts, isSpent: boolean): readonly Action[] {
  const { change, seen } = facts;
  if (change.state === 'awaiting approval') return whileWaiting(change);
  if (change.state === 'requested') return [{ label: 'Cancel', style: 'plain', line: `cancel ${change.id}` }];
  if (change.state === 'unknown') return [...answerActions(facts), ...whileUnknown(change, seen)];
  if (change.state === 'not verified' || change.state === 'failed') return afterwards(change, isSpent);
  // Stopped half-way: what was done stays done until somebody takes it back.
  if (change.state === 'cancelled' && facts.records.some(({ state }) => state === 'succeeded'))
    return wayBackOf(change);
  if ((change.state === 'running' || change.state === 'verifying') && change.cancelledBy === undefined)
    return [
      ...answerActions(facts),
      { label: 'Stop before the next step', style: 'plain', line: `cancel ${change.id}` },
    ];
  return [];
}
