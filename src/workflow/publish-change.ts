import type { Conversation } from '../chat/chat.ts';
import { type Change, FINAL_STATES } from '../domain/change.ts';
import type { Person } from '../domain/person.ts';
import { type CardFacts, changeCard, outcomeNote } from './change-card.ts';
import type { Journal } from './journal.ts';
import type { Seen } from './seen.ts';
import type { Wakeups } from './wakeups.ts';

/** What showing changes needs. */
export interface Publishing {
  readonly journal: Journal;
  readonly wakeups: Wakeups;
  readonly people: () => readonly Person[];
  readonly timezone: () => string;
  readonly now: () => number;
  /** The `operations` conversation of every chat: approvals are asked there too. */
  readonly operations: () => readonly Conversation[];
}

const placeOf = (conversation: Conversation): string =>
  `${conversation.platform}:${conversation.channel}${conversation.thread === undefined ? '' : `:${conversation.thread}`}`;

/** Key of the card of a change in one conversation; all copies of it share the prefix `C-142 card `. */
export const cardKey = (id: string, conversation: Conversation): string =>
  `${id} card ${placeOf(conversation)}`;

async function factsOf(publishing: Publishing, change: Change, seen: Seen): Promise<CardFacts> {
  const { journal } = publishing;
  return {
    change,
    decisions: await journal.changes.decisions(change.id),
    records: await journal.steps.ofChange(change.id),
    seen,
    people: publishing.people(),
    timezone: publishing.timezone(),
    now: publishing.now(),
  };
}

const samePlace = (a: Conversation, b: Conversation): boolean =>
  a.platform === b.platform && a.channel === b.channel;

/** Where the card of a change belongs: where it was asked for, and where those are who must approve it. */
function placesOf(
  publishing: Publishing,
  change: Change,
  origin: Conversation | undefined,
): readonly Conversation[] {
  const asked = origin === undefined ? [] : [origin];
  if (change.demand.count === 0 && origin !== undefined) return asked;
  return [
    ...asked,
    ...publishing.operations().filter((place) => !asked.some((there) => samePlace(there, place))),
  ];
}

/** Brings every copy of a change's card up to date, and says in its threads how it ended. */
export async function publishChange(publishing: Publishing, id: string, seen: Seen = {}): Promise<void> {
  const { journal, now } = publishing;
  const change = await journal.changes.find(id);
  if (change === undefined) return;
  const facts = await factsOf(publishing, change, seen);
  const card = changeCard(facts);
  const tells = FINAL_STATES.includes(change.state) || change.state === 'unknown';
  for (const conversation of placesOf(publishing, change, await journal.changes.originOf(id))) {
    const key = cardKey(id, conversation);
    await journal.deliveries.want({ key, conversation, message: card }, now());
    if (!tells || change.startedAt === undefined) continue;
    const note = {
      key: `${id} ${change.state} ${placeOf(conversation)}`,
      conversation,
      message: outcomeNote(facts),
      parent: key,
    };
    await journal.deliveries.want(note, now());
  }
  publishing.wakeups.nudge('deliveries');
}
