import type { Change } from '../domain/change.ts';
import type { Configuration } from '../domain/configuration.ts';
import { componentKey } from '../domain/fleet.ts';
import type { Mention, Message } from '../domain/message.ts';
import { showMoment } from '../domain/moment.ts';
import type { Person } from '../domain/person.ts';
import { recoveryWords, type SpentBudget, spentWords } from './budget.ts';
import { changeTitle } from './change-card.ts';
import { approversOf, mentionOf, nameOf } from './people.ts';

/** What a note for a whole channel is drawn from. */
export interface LoudFacts {
  readonly change: Change;
  readonly people: readonly Person[];
  readonly timezone: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

const titled = (text: string): string => text.slice(0, 150);

/** Those who would have been asked, and those who look at it afterwards; never who did it. */
export const concernedByGlass = ({
  change,
  people,
}: Pick<LoudFacts, 'change' | 'people'>): readonly Person[] =>
  approversOf(
    people,
    [...(change.breakGlass?.told ?? []), ...(change.breakGlass?.reviewFrom ?? [])],
    change.requester,
  );

/** Those who may sign its review. */
export const reviewersOf = ({ change, people }: Pick<LoudFacts, 'change' | 'people'>): readonly Person[] =>
  approversOf(people, change.breakGlass?.reviewFrom ?? [], change.requester);

const mentionsOf = (people: readonly Person[]): readonly Mention[] => people.map(mentionOf);

const reviewLine = (id: string): string => `review ${id} "what you found"`;

/** Says to everybody that somebody goes ahead without asking. */
export function glassNote(facts: LoudFacts): Message {
  const { change, people, timezone, now } = facts;
  const { skipped = [], reviewFrom = [], reviewBy = now } = change.breakGlass ?? {};
  const name = nameOf(people, change.requester);
  const what = skipped.length === 0 ? 'nothing that stood in the way' : skipped.join(', ');
  return {
    title: titled(`Glass broken: ${changeTitle(change)}`),
    tone: 'bad',
    state: 'glass broken',
    parts: [
      { kind: 'text', text: `${name} goes ahead without asking. Skipped: ${what}.` },
      {
        kind: 'fields',
        fields: [
          { label: 'Reason', value: change.reason ?? '' },
          {
            label: 'Review',
            value: `somebody with the role ${reviewFrom.join(' or ')} signs it by ${showMoment(reviewBy, timezone, change.requestedAt)}`,
          },
        ],
      },
      { kind: 'context', text: `${change.id} · locks, plan and rules that deny were not skipped` },
    ],
    actions: [{ label: `Show ${change.id}`, style: 'plain', line: `show ${change.id}` }],
    mentions: mentionsOf(concernedByGlass(facts)),
  };
}

/** Asks the reviewers again. */
export function reviewReminder(facts: LoudFacts): Message {
  const { change, people, timezone, now } = facts;
  const reviewBy = change.breakGlass?.reviewBy ?? now;
  const moment = showMoment(reviewBy, timezone, now);
  const due = now < reviewBy ? `It is due by ${moment}.` : `It has been due since ${moment}.`;
  const name = nameOf(people, change.requester);
  const text = `${name} broke the glass, and nobody has signed the review yet. ${due}`;
  return {
    title: titled(`Review is open: ${changeTitle(change)}`),
    tone: 'warning',
    state: 'review open',
    parts: [
      { kind: 'text', text },
      { kind: 'context', text: `${change.id} · sign it with: ${reviewLine(change.id)}` },
    ],
    actions: [{ label: `Show ${change.id}`, style: 'plain', line: `show ${change.id}` }],
    mentions: mentionsOf(reviewersOf(facts)),
  };
}

/** Roles that some rule lets approve something of the components of a change. */
export function approvingRoles(
  { policy, breakGlass }: Pick<Configuration, 'policy' | 'breakGlass'>,
  { plan }: Change,
): readonly string[] {
  const speaks = (wanted: readonly string[] | undefined, actual: string): boolean =>
    wanted?.includes(actual) ?? true;
  const roles = policy
    .filter((rule) =>
      plan.components.some(
        (ref) => speaks(rule.service, ref.service) && speaks(rule.environment, ref.environment),
      ),
    )
    .flatMap((rule) => [...rule.from, ...(rule.escalate?.from ?? [])]);
  return roles.length > 0 ? [...new Set(roles)] : (breakGlass?.roles ?? []);
}

/** Calls a person, because trying again does not help any more. */
export function budgetNote(facts: LoudFacts, spent: SpentBudget, roles: readonly string[]): Message {
  const { people, change } = facts;
  const called = people.filter((person) => person.roles.some((role) => roles.includes(role)));
  return {
    title: titled(`A person has to look: ${spent.verb} of ${spent.component} does not help`),
    tone: 'bad',
    state: 'budget used up',
    parts: [
      { kind: 'text', text: `${capital(spentWords(spent, facts))}. ${recoveryWords(spent, facts)}` },
      { kind: 'context', text: `${change.id} · ${change.plan.components.map(componentKey).join(', ')}` },
    ],
    actions: [
      { label: 'Logs', style: 'plain', line: `logs ${spent.component}` },
      { label: 'Status', style: 'plain', line: `status ${spent.component}` },
    ],
    mentions: mentionsOf(called),
  };
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
