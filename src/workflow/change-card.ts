import { callText } from '../domain/call-text.ts';
import type { Change, Decision, StepRecord } from '../domain/change.ts';
import { CHANGE_TONES } from '../domain/change-tone.ts';
import { componentKey } from '../domain/fleet.ts';
import type { Field, ListItem, Mention, Message, Part, Tone } from '../domain/message.ts';
import { showMoment } from '../domain/moment.ts';
import type { Person } from '../domain/person.ts';
import { planSteps } from '../domain/plan.ts';
import { changeActions } from './change-actions.ts';
import { approversOf, mentionOf, nameOf } from './people.ts';
import type { Seen } from './seen.ts';

/** Everything a card is drawn from. */
export interface CardFacts {
  readonly change: Change;
  readonly decisions: readonly Decision[];
  readonly records: readonly StepRecord[];
  readonly seen: Seen;
  readonly people: readonly Person[];
  readonly timezone: string;
  readonly now: number;
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** `Restart karmabot/app in production`, at most 150 characters. */
export function changeTitle(change: Change): string {
  const { components, verb } = change.plan;
  const environments = [...new Set(components.map((ref) => ref.environment))].join(', ');
  const names = components.map((ref) => `${ref.service}/${ref.component}`);
  const what =
    names.length <= 3 ? names.join(', ') : `${names.slice(0, 2).join(', ')} and ${names.length - 2} more`;
  return `${capital(verb)} ${what} in ${environments}`.slice(0, 150);
}

const STEP_TONES: Readonly<Record<StepRecord['state'], Tone>> = {
  started: 'running',
  succeeded: 'good',
  failed: 'bad',
  unknown: 'unknown',
};

const seconds = (ms: number): string => `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)} s`;

function stepItems(facts: CardFacts): readonly ListItem[] {
  return planSteps(facts.change.plan).map((step) => {
    const record = facts.records.find((candidate) => candidate.step === step.id);
    if (record === undefined) return { text: step.title, tone: 'neutral' as const };
    const took = record.endedAt === undefined ? undefined : seconds(record.endedAt - record.startedAt);
    const detail = [took, record.message].filter((text) => text !== undefined).join(', ');
    return { text: step.title, tone: STEP_TONES[record.state], ...(detail === '' ? {} : { detail }) };
  });
}

/** While it is verified what does not hold may still come; afterwards it did not. */
const lookedItems = ({ change, seen }: CardFacts): readonly ListItem[] =>
  (seen.looked ?? []).map((state) => ({
    text: `Verify ${state.component}`,
    tone: state.holds ? 'good' : change.state === 'verifying' ? 'running' : 'bad',
    detail: state.seen.join(', '),
  }));

function decisionFields(facts: CardFacts): readonly Field[] {
  const { change, decisions, people } = facts;
  if (change.demand.count === 0) return [];
  const given = decisions.filter((decision) => decision.decision === 'approved').length;
  const stamps = decisions.map(
    (decision) =>
      `${decision.decision} by ${nameOf(people, decision.person)} at ${showMoment(decision.at, facts.timezone, facts.now)}${decision.reason === undefined ? '' : ` (${decision.reason})`}`,
  );
  const wanted = `${given} of ${change.demand.count} from ${change.demand.from.join(' or ')}`;
  return [{ label: 'Approvals', value: [wanted, ...stamps].join('\n') }];
}

function fields(facts: CardFacts): readonly Field[] {
  const { change, people, timezone, now } = facts;
  const at = (moment: number): string => showMoment(moment, timezone, now);
  const all: Field[] = [
    { label: 'Asked by', value: `${nameOf(people, change.requester)} at ${at(change.requestedAt)}` },
  ];
  if (change.reason !== undefined) all.push({ label: 'Reason', value: change.reason });
  all.push(...decisionFields(facts));
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

function whileRequested({ change, seen, now }: CardFacts): string | undefined {
  const { waitsFor } = seen;
  if (waitsFor !== undefined)
    return `Waits for ${waitsFor.key}, locked by ${waitsFor.holderName}: ${waitsFor.reason}.`;
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

/** Those who may still decide. */
function mentions({ change, decisions, people }: CardFacts): readonly Mention[] {
  if (change.state !== 'awaiting approval') return [];
  return approversOf(people, change.demand.from, change.requester)
    .filter(({ key }) => !decisions.some(({ person }) => person === key))
    .map(mentionOf);
}

function noWayBack({ state, plan }: Change): readonly Part[] {
  if (state !== 'not verified' || plan.wayBack.kind === 'line') return [];
  return [{ kind: 'context', text: `No way back: ${plan.wayBack.why}.` }];
}

/** Draws the one live-edited card of a change. */
export function changeCard(facts: CardFacts): Message {
  const { change, seen } = facts;
  const said = situation(facts);
  const steps: Part = { kind: 'list', items: [...stepItems(facts), ...lookedItems(facts)] };
  const showsCalls = change.startedAt === undefined;
  return {
    title: changeTitle(change),
    tone: CHANGE_TONES[change.state],
    state: stateWord(change),
    parts: [
      ...(said === undefined ? [] : [{ kind: 'text', text: said } as const]),
      { kind: 'fields', fields: fields(facts) },
      showsCalls ? { kind: 'code', title: 'Exactly this will run', text: exactCalls(change) } : steps,
      ...noWayBack(change),
      { kind: 'context', text: `${change.id} · plan ${change.digest.slice(0, 12)} · ${change.demand.rule}` },
    ],
    actions: changeActions(change, seen),
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
