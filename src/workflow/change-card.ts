import { callText } from '../domain/call-text.ts';
import type { Change, Decision, StepRecord } from '../domain/change.ts';
import { CHANGE_TONES } from '../domain/change-tone.ts';
import { componentKey } from '../domain/fleet.ts';
import { type Lock, lockText } from '../domain/lock.ts';
import type { Field, ListItem, Mention, Message, Part } from '../domain/message.ts';
import { showMoment } from '../domain/moment.ts';
import type { Person } from '../domain/person.ts';
import { planSteps } from '../domain/plan.ts';
import { recoveryWords, type SpentBudget } from './budget.ts';
import { lockActions, lockParts } from './card-locks.ts';
import { askedMentions, askedParts, seconds, stepItems } from './card-steps.ts';
import { valueParts } from './card-values.ts';
import { changeActions } from './change-actions.ts';
import type { Confirmation } from './confirmations.ts';
import { approversOf, mentionOf, nameOf } from './people.ts';
import type { Seen } from './seen.ts';

/** Everything a card is drawn from. */
export interface CardFacts {
  readonly change: Change;
  readonly decisions: readonly Decision[];
  readonly records: readonly StepRecord[];
  /** What people said to steps that waited for them. */
  readonly confirmations?: readonly Confirmation[];
  readonly seen: Seen;
  readonly people: readonly Person[];
  readonly timezone: string;
  readonly now: number;
  /** Locks of its components. */
  readonly locks?: readonly Lock[];
  /** Budgets of its components that are used up by now. */
  readonly spent?: readonly SpentBudget[];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `Restart karmabot/app in production`, at most 150 characters. */
export function changeTitle(change: Change): string {
  const { components, verb, summary } = change.plan;
  const environments = [...new Set(components.map((ref) => ref.environment))].join(', ');
  if (verb === 'run') return `Run ${summary} in ${environments}`.slice(0, 150);
  const names = components.map((ref) => `${ref.service}/${ref.component}`);
  const what =
    names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
  return `${capital(verb)} ${what} in ${environments}`.slice(0, 150);
}

/** While it is verified what does not hold may still come; afterwards it did not. */
const lookedItems = ({ change, seen }: CardFacts): readonly ListItem[] =>
  (seen.looked ?? []).map((state) => ({
    text: `Verify ${state.component}`,
    tone: state.holds ? 'good' : change.state === 'verifying' ? 'running' : 'bad',
    detail: state.seen.join(', '),
  }));

/** While it waits, who has lost the role meanwhile is not counted. */
const counts = ({ change, people }: CardFacts, { person }: Decision): boolean =>
  change.state !== 'awaiting approval' ||
  approversOf(people, change.demand.from, change.requester).some(({ key }) => key === person);

function stamp(facts: CardFacts, decision: Decision): string {
  const { people, timezone, now } = facts;
  const reason = decision.reason === undefined ? '' : ` (${decision.reason})`;
  const lost = counts(facts, decision) ? '' : ', who may not approve any more';
  return `${decision.decision} by ${nameOf(people, decision.person)} at ${showMoment(decision.at, timezone, now)}${reason}${lost}`;
}

function glassFields({ change, people, timezone, now }: CardFacts): readonly Field[] {
  const { breakGlass, review } = change;
  if (breakGlass === undefined) return [];
  const by = showMoment(breakGlass.reviewBy, timezone, now);
  const open = `open: ${breakGlass.reviewFrom.join(' or ')}, by ${by}`;
  const signed =
    review === undefined
      ? open
      : `signed by ${nameOf(people, review.person)} at ${showMoment(review.at, timezone, now)}: ${review.found}`;
  return [
    { label: 'Glass broken', value: `skipped ${breakGlass.skipped.join(', ') || 'nothing'}` },
    { label: 'Review', value: signed },
  ];
}

function decisionFields(facts: CardFacts): readonly Field[] {
  const { change, decisions } = facts;
  if (change.demand.count === 0) return [];
  const counted = decisions.filter((decision) => decision.decision === 'approved' && counts(facts, decision));
  const stamps = decisions.map((decision) => stamp(facts, decision));
  const wanted = `${counted.length} of ${change.demand.count} from ${change.demand.from.join(' or ')}`;
  return [{ label: 'Approvals', value: [wanted, ...stamps].join('\n') }];
}

function fields(facts: CardFacts): readonly Field[] {
  const { change, people, timezone, now } = facts;
  const at = (moment: number): string => showMoment(moment, timezone, now);
  const all: Field[] = [
    { label: 'Asked by', value: `${nameOf(people, change.requester)} at ${at(change.requestedAt)}` },
  ];
  if (change.reason !== undefined) all.push({ label: 'Reason', value: change.reason });
  const { release } = change.plan;
  if (release !== undefined)
    all.push({ label: 'Version', value: `${release.from.label} → ${release.to.label}` });
  all.push(...glassFields(facts), ...decisionFields(facts));
  if (change.startAt > change.requestedAt)
    all.push({ label: 'Starts', value: `${at(change.startAt)} ${timezone}` });
  if (change.state === 'awaiting approval')
    all.push({ label: 'Approval expires', value: at(change.demand.expiresAt) });
  if (change.endedAt !== undefined && change.startedAt !== undefined)
    all.push({ label: 'Took', value: seconds(change.endedAt - change.startedAt) });
  return all;
}

function whileUnknown(change: Change, seen: Seen): string | undefined {
  if (seen.asking === undefined) return change.ending;
  const next =
    seen.asking.kind === 'ask a person' ? 'Somebody must look at it and say what happened' : 'Asking again';
  return `${change.ending ?? ''} ${capital(seen.asking.why)}. ${next}.`.trim();
}

function whileRequested({ change, seen, timezone, now }: CardFacts): string | undefined {
  const { waitsFor } = seen;
  if (waitsFor !== undefined) return `Waits for ${waitsFor.key}, ${lockText(waitsFor, { timezone, now })}.`;
  return change.startAt > now ? 'Waits for its time.' : undefined;
}

function situation(facts: CardFacts): string | undefined {
  const { change, seen } = facts;
  if (change.state === 'unknown') return whileUnknown(change, seen);
  if (change.state === 'requested') return whileRequested(facts);
  if (change.state !== 'running' && change.state !== 'verifying') return change.ending;
  return change.cancelledBy === undefined ? undefined : 'Stopping before the next step.';
}

function exactCalls(change: Change): string {
  return planSteps(change.plan)
    .map((step) => `${step.id}. ${step.target}: ${callText(step.call)}`)
    .join('\n');
}

/** The word a card shows for where a change stands. */
export function stateWord(change: Change): string {
  if (change.state !== 'requested') return change.state;
  return change.demand.count > 0 ? 'approved' : 'requested';
}

/** Those who may still decide, or who are asked. */
function mentions(facts: CardFacts): readonly Mention[] {
  const { change, decisions, people } = facts;
  if (change.state !== 'awaiting approval') return askedMentions(facts);
  return approversOf(people, change.demand.from, change.requester)
    .filter(({ key }) => !decisions.some(({ person }) => person === key))
    .map(mentionOf);
}

function noWayBack({ state, plan }: Change): readonly Part[] {
  if (state !== 'not verified' || plan.wayBack.kind === 'line') return [];
  return [{ kind: 'context', text: `No way back: ${plan.wayBack.why}.` }];
}

const spentParts = ({ spent = [], ...showing }: CardFacts): readonly Part[] =>
  spent
    .filter(({ standing }) => standing.kind === 'exhausted' && showing.change.code !== 'DENIED_BUDGET')
    .map((each) => ({
      kind: 'text',
      text: `Tried too often: ${each.verb} of ${each.component}. ${recoveryWords(each, showing)}`,
    }));

/** As long as it can still be decided otherwise. */
const warningParts = ({ startedAt, endedAt, plan }: Change): readonly Part[] =>
  plan.warning === undefined || startedAt !== undefined || endedAt !== undefined
    ? []
    : [{ kind: 'text', text: plan.warning }];

/** Draws the one live-edited card of a change. */
export function changeCard(facts: CardFacts): Message {
  const { change } = facts;
  const said = situation(facts);
  const steps: Part = { kind: 'list', items: [...stepItems(facts), ...lookedItems(facts)] };
  const showsCalls = change.startedAt === undefined;
  return {
    title: changeTitle(change),
    tone: CHANGE_TONES[change.state],
    state: stateWord(change),
    parts: [
      ...(said === undefined ? [] : [{ kind: 'text', text: said } as const]),
      ...warningParts(change),
      ...askedParts(facts),
      ...lockParts(facts),
      ...valueParts(facts),
      { kind: 'fields', fields: fields(facts) },
      showsCalls ? { kind: 'code', title: 'Exactly this will run', text: exactCalls(change) } : steps,
      ...noWayBack(change),
      ...spentParts(facts),
      { kind: 'context', text: `${change.id} · plan ${change.digest.slice(0, 12)} · ${change.demand.rule}` },
    ],
    actions: [
      ...changeActions(
        facts,
        facts.spent?.some(({ standing }) => standing.kind === 'exhausted'),
      ),
      ...lockActions(facts),
    ],
    mentions: mentions(facts),
  };
}

/** What the thread says when a change has ended, or became unknown: the ending, the output, and whom it concerns. */
export function outcomeNote(facts: CardFacts): Message {
  const { change, records, people } = facts;
  const outputs = records.filter((record) => record.output !== undefined && record.output.trim() !== '');
  const requester = people.find((person) => person.key === change.requester);
  return {
    title: `${changeTitle(change)}: ${change.state}`.slice(0, 150),
    tone: CHANGE_TONES[change.state],
    state: change.state,
    parts: [
      { kind: 'text', text: change.ending ?? change.state },
      ...outputs.map(
        (record): Part => ({
          kind: 'code',
          title: `Output of step ${record.step}`,
          text: (record.output ?? '').slice(-1500),
        }),
      ),
      { kind: 'context', text: `${change.id} · ${change.plan.components.map(componentKey).join(', ')}` },
    ],
    actions: [],
    mentions: requester === undefined ? [] : [mentionOf(requester)],
  };
}
