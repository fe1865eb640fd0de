import type { Conversation } from '../chat/chat.ts';
import { type Change, type ChangeState, FINAL_STATES } from '../domain/change.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { Message } from '../domain/message.ts';
import type { Person } from '../domain/person.ts';
import { planSteps } from '../domain/plan.ts';
import { personNotes } from './ask-people.ts';
import { spentBudgets } from './budget.ts';
import { locksOf } from './card-locks.ts';
import { type CardFacts, changeCard, outcomeNote, stateWord } from './change-card.ts';
import type { Lane } from './deliveries.ts';
import type { Journal } from './journal.ts';
import { concernedByGlass } from './loud-notes.ts';
import { callSomebody, sayGlassBroken } from './loud-publish.ts';
import { approversOf } from './people.ts';
import { waitingFor } from './person-steps.ts';
import type { Seen, SeenBook } from './seen.ts';
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
  /** By what it is judged that trying again does not help any more, and who is called then; absent = nothing is. */
  readonly safety?: Pick<Configuration, 'budget' | 'policy' | 'breakGlass'>;
  /** What was seen of changes before; absent = only what is given. */
  readonly seenBook?: SeenBook;
}

/** Where a conversation is, as text: `slack:C0OPS:1700000000.000100`. */
export const placeOf = (conversation: Conversation): string =>
  `${conversation.platform}:${conversation.channel}${conversation.thread === undefined ? '' : `:${conversation.thread}`}`;

/** Key of the card of a change in one conversation; all copies of it share the prefix `C-142 card `. */
export const cardKey = (id: string, conversation: Conversation): string =>
  `${id} card ${placeOf(conversation)}`;

/** Everything a card is drawn from, as of now. */
export async function cardFacts(
  publishing: Pick<Publishing, 'journal' | 'people' | 'timezone' | 'now' | 'safety' | 'seenBook'>,
  change: Change,
  seen: Seen,
): Promise<CardFacts> {
  const { journal, safety, now } = publishing;
  const { budget = [] } = safety ?? {};
  const isHeldUp = WENT_WRONG.includes(change.state) || change.code === 'DENIED_BUDGET';
  const spent = isHeldUp ? await spentBudgets({ journal, budget }, change, now()) : [];
  return {
    spent,
    change,
    decisions: await journal.changes.decisions(change.id),
    records: await journal.steps.ofChange(change.id),
    confirmations: await journal.confirmations.ofChange(change.id),
    seen: publishing.seenBook?.note(change, seen) ?? seen,
    locks: await locksOf(journal, change),
    people: publishing.people(),
    timezone: publishing.timezone(),
    now: now(),
  };
}

/** Ends after which somebody would try again. */
const WENT_WRONG: readonly ChangeState[] = ['failed', 'not verified'];

const samePlace = (a: Conversation, b: Conversation): boolean =>
  a.platform === b.platform && a.channel === b.channel;

/** Whether some step of it is for others than whoever asked. */
const asksOthers = ({ plan }: Change): boolean =>
  planSteps(plan).some(({ call }) => call.kind === 'person' && (call.byOther || call.from.length > 0));

/** Where the card of a change belongs: where it was asked for, and where those are who must approve it or know of it. */
export function placesOf(
  publishing: Pick<Publishing, 'operations'>,
  change: Change,
  origin: Conversation | undefined,
): readonly Conversation[] {
  const asked = origin === undefined ? [] : [origin];
  const isQuiet = change.demand.count === 0 && change.breakGlass === undefined && !asksOthers(change);
  if (isQuiet && origin !== undefined) return asked;
  return [
    ...asked,
    ...publishing.operations().filter((place) => !asked.some((there) => samePlace(there, place))),
  ];
}

/** Those whose approval is asked, or would have been, and who looks at it afterwards. */
function askedOf(people: readonly Person[], change: Change): readonly Person[] {
  if (change.breakGlass !== undefined) return concernedByGlass({ change, people });
  return change.demand.count === 0 ? [] : approversOf(people, change.demand.from, change.requester);
}

/** Where these people are told directly, as far as a chat reaches them. */
export async function directPlaces(
  { directly }: Pick<Publishing, 'directly'>,
  people: readonly Person[],
): Promise<readonly Conversation[]> {
  const places = await Promise.all(people.map((person) => directly(person)));
  return places.filter((place) => place !== undefined);
}

/** What somebody decides or decided, and how it ended, goes before what only shows that it goes on. */
function laneOf(facts: CardFacts): Lane {
  const { state, demand, breakGlass } = facts.change;
  if (waitingFor(facts).length > 0) return 'decision';
  if (FINAL_STATES.includes(state) || state === 'unknown' || state === 'awaiting approval') return 'decision';
  return state === 'requested' && (demand.count > 0 || breakGlass !== undefined) ? 'decision' : 'progress';
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
    await journal.deliveries.want({ key: parent, conversation, message: card, lane: laneOf(facts) }, at);
    for (const { name, message } of personNotes(facts)) {
      const key = `${name} ${placeOf(conversation)}`;
      await journal.deliveries.want({ key, conversation, message, parent, lane: 'decision' }, at);
    }
  }
}

/** A direct copy follows the decision and the end; every step of the way would be noise there. */
async function publishDirectly(publishing: Publishing, { change, facts, card, at }: Shown): Promise<void> {
  const { deliveries } = publishing.journal;
  if (laneOf(facts) !== 'decision') return;
  for (const conversation of await directPlaces(publishing, askedOf(publishing.people(), change))) {
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
  const facts = await cardFacts(publishing, change, seen);
  const shown = { change, facts, card: changeCard(facts), at: publishing.now() };
  if (change.breakGlass !== undefined) await sayGlassBroken(publishing, facts);
  // All of that before the card: a boot takes a card that shows the end as proof that it was said.
  for (const spent of facts.spent ?? []) await callSomebody(publishing, facts, spent);
  await publishEarlier(publishing, facts);
  await publishInPlaces(publishing, shown);
  await publishDirectly(publishing, shown);
  publishing.wakeups.nudge('deliveries');
}

/** Where a person has to look, the cards of the tries before do not offer one more either. */
async function publishEarlier(publishing: Publishing, { change, spent = [] }: CardFacts): Promise<void> {
  const closed = spent.filter(({ standing }) => standing.kind === 'exhausted');
  const ids = new Set(closed.flatMap(({ standing }) => standing.tries.map((each) => each.change)));
  ids.delete(change.id);
  for (const id of ids) {
    const earlier = await publishing.journal.changes.find(id);
    if (earlier === undefined || !WENT_WRONG.includes(earlier.state)) continue;
    const facts = await cardFacts(publishing, earlier, {});
    await publishInPlaces(publishing, { change: earlier, facts, card: changeCard(facts), at: facts.now });
  }
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
