import type { Conversation } from '../chat/chat.ts';
import { type Change, FINAL_STATES } from '../domain/change.ts';
import type { Message } from '../domain/message.ts';
import type { Person } from '../domain/person.ts';
import { type CardFacts, changeCard, outcomeNote, stateWord } from './change-card.ts';
import type { Lane } from './deliveries.ts';
import type { Journal } from './journal.ts';
import { approversOf } from './people.ts';
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
  /** Where a person is told directly; undefined where no chat reaches them. */
  readonly directly: (person: Person) => Promise<Conversation | undefined>;
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

/** Those whose approval is asked are told directly as well, wherever they are. */
async function directPlaces(
  publishing: Publishing,
  { demand, requester }: Change,
): Promise<readonly Conversation[]> {
  if (demand.count === 0) return [];
  const asked = approversOf(publishing.people(), demand.from, requester);
  const places = await Promise.all(asked.map((person) => publishing.directly(person)));
  return places.filter((place) => place !== undefined);
}

/** What somebody decides or decided, and how it ended, goes before what only shows that it goes on. */
function laneOf({ state, demand }: Change): Lane {
  if (FINAL_STATES.includes(state) || state === 'unknown' || state === 'awaiting approval') return 'decision';
  return state === 'requested' && demand.count > 0 ? 'decision' : 'progress';
}

interface Shown {
  readonly change: Change;
  readonly facts: CardFacts;
  readonly card: Message;
  readonly at: number;
}

/** The copies that everybody sees, with what their threads are told at the end. */
async function publishInPlaces(publishing: Publishing, { change, facts, card, at }: Shown): Promise<void> {
  const { journal } = publishing;
  const tells =
    change.startedAt !== undefined && (FINAL_STATES.includes(change.state) || change.state === 'unknown');
  for (const conversation of placesOf(publishing, change, await journal.changes.originOf(change.id))) {
    const parent = cardKey(change.id, conversation);
    const key = `${change.id} ${change.state} ${placeOf(conversation)}`;
    // The note first: a card that shows the end proves that everything about the end is on its way.
    if (tells)
      await journal.deliveries.want(
        { key, conversation, message: outcomeNote(facts), parent, lane: 'decision' },
        at,
      );
    await journal.deliveries.want({ key: parent, conversation, message: card, lane: laneOf(change) }, at);
  }
}

/** A direct copy follows the decision and the end; every step of the way would be noise there. */
async function publishDirectly(publishing: Publishing, { change, card, at }: Shown): Promise<void> {
  const { deliveries } = publishing.journal;
  if (laneOf(change) !== 'decision') return;
  for (const conversation of await directPlaces(publishing, change)) {
    const key = cardKey(change.id, conversation);
    // Whoever never started the bot, or blocked it, is not written to again and again.
    const isGivenUp = (await deliveries.find(key))?.givenUp !== undefined;
    if (!isGivenUp) await deliveries.want({ key, conversation, message: card, lane: 'decision' }, at);
  }
}

/** Brings every copy of a change's card up to date, and says in its threads how it ended. */
export async function publishChange(publishing: Publishing, id: string, seen: Seen = {}): Promise<void> {
  const change = await publishing.journal.changes.find(id);
  if (change === undefined) return;
  const facts = await factsOf(publishing, change, seen);
  const shown = { change, facts, card: changeCard(facts), at: publishing.now() };
  await publishInPlaces(publishing, shown);
  await publishDirectly(publishing, shown);
  publishing.wakeups.nudge('deliveries');
}

/** How many changes a boot looks through, the latest first. */
const LOOKED_THROUGH = 200;

/** Ids of changes that a crash may have left shown otherwise than they are: all that are open, and the ended whose cards do not say so. */
export async function changesBehind(journal: Journal): Promise<readonly string[]> {
  const behind: string[] = [];
  for (const change of await journal.changes.list({ limit: LOOKED_THROUGH })) {
    const cards = await journal.deliveries.withPrefix(`${change.id} card `);
    const isShown = cards.length > 0 && cards.every((card) => card.message.state === stateWord(change));
    if (!isShown || !FINAL_STATES.includes(change.state)) behind.push(change.id);
  }
  return behind.reverse();
}
