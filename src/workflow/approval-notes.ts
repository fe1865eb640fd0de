import type { Change, Decision } from '../domain/change.ts';
import type { Mention, Message } from '../domain/message.ts';
import { showMoment } from '../domain/moment.ts';
import type { Person } from '../domain/person.ts';
import { changeTitle } from './change-card.ts';
import { approversOf, mentionOf } from './people.ts';

/** What a note about a waiting approval is drawn from. */
export interface NoteFacts {
  readonly change: Change;
  readonly decisions: readonly Decision[];
  readonly people: readonly Person[];
  readonly timezone: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Those who may still decide. */
export const undecided = ({ change, decisions, people }: NoteFacts): readonly Person[] =>
  approversOf(people, change.demand.from, change.requester).filter(
    ({ key }) => !decisions.some(({ person }) => person === key),
  );

/** Those who may approve only since the next roles are asked. */
export function newlyAsked(facts: NoteFacts): readonly Person[] {
  const { change, people } = facts;
  const added = change.demand.escalate?.from ?? [];
  const before = change.demand.from.filter((role) => !added.includes(role));
  const old = approversOf(people, before, change.requester).map(({ key }) => key);
  return approversOf(people, added, change.requester).filter(({ key }) => !old.includes(key));
}

function note(
  facts: NoteFacts,
  said: { readonly title: string; readonly text: string; readonly mentions: readonly Mention[] },
): Message {
  const { change, timezone, now } = facts;
  const short = change.digest.slice(0, 12);
  return {
    title: `${said.title}: ${changeTitle(change)}`.slice(0, 150),
    tone: 'waiting',
    parts: [
      { kind: 'text', text: said.text },
      {
        kind: 'context',
        text: `${change.id} · plan ${short} · the approval expires at ${showMoment(change.demand.expiresAt, timezone, now)}`,
      },
    ],
    actions: [{ label: `Show ${change.id}`, style: 'plain', line: `show ${change.id}` }],
    mentions: said.mentions,
  };
}

const nameOfRequester = ({ change, people }: NoteFacts): string =>
  people.find(({ key }) => key === change.requester)?.name ?? change.requester;

const givenOf = ({ change, decisions }: NoteFacts): string =>
  `${decisions.filter(({ decision }) => decision === 'approved').length} of ${change.demand.count} approvals`;

/** Asks those again who have not decided. */
export function reminderNote(facts: NoteFacts): Message {
  const { change, timezone, now } = facts;
  const since = showMoment(change.requestedAt, timezone, now);
  const text = `${nameOfRequester(facts)} has waited since ${since}: ${givenOf(facts)}. Decide on the card.`;
  return note(facts, { title: 'Still waiting', text, mentions: undecided(facts).map(mentionOf) });
}

/** Says that the next roles may approve from now on. */
export function escalationNote(facts: NoteFacts): Message {
  const { demand } = facts.change;
  const roles = demand.escalate?.from.join(' or ') ?? '';
  const text = `${givenOf(facts)} so far, so ${roles} may approve as well. Decide on the card.`;
  return note(facts, { title: 'Now asked as well', text, mentions: newlyAsked(facts).map(mentionOf) });
}
