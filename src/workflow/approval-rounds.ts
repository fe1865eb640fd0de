import type { Conversation } from '../chat/chat.ts';
import { escalatesAt, reminderDue } from '../domain/approval.ts';
import type { Change } from '../domain/change.ts';
import type { Message } from '../domain/message.ts';
import { escalationNote, type NoteFacts, reminderNote, undecided } from './approval-notes.ts';
import { changeAudit } from './change-ending.ts';
import { type Duty, inRounds } from './duty.ts';
import { cardKey, directPlaces, type Publishing, placeOf, placesOf } from './publish-change.ts';

/** What asking again needs. */
export interface ApprovalRounds extends Publishing {
  readonly publish: (change: string) => Promise<void>;
}

/** Milliseconds between two looks at what waits. */
const LOOK_MS = 1000;

/** Asks approvers again, then the next roles; what was said stands in the outbox by its number, so it is said once over restarts. */
export const approvalDuty = (rounds: ApprovalRounds, onError: (error: unknown) => void): Duty =>
  inRounds({ name: 'approvals', everyMs: LOOK_MS, run: () => askAgain(rounds, onError), onError });

/** One look at every change that waits for approval; one that cannot be worked on must not stop the others. */
export async function askAgain(rounds: ApprovalRounds, onError: (error: unknown) => void): Promise<void> {
  const { journal, wakeups } = rounds;
  const open = await journal.changes.list({ states: ['awaiting approval'], oldestFirst: true, limit: 500 });
  for (const change of open) await attend(rounds, change).catch(onError);
  if (open.length > 0) wakeups.nudge('deliveries');
}

async function attend(rounds: ApprovalRounds, waiting: Change): Promise<void> {
  const change = (await escalate(rounds, waiting)) ?? waiting;
  const now = rounds.now();
  if (now >= change.demand.expiresAt) return;
  if (change.demand.escalatedAt !== undefined) await tellEscalated(rounds, change);
  const number = reminderDue(change, now);
  if (number > 0) await remind(rounds, change, number);
}

/** Lets the next roles approve as well, once they are due; undefined when they are not. */
async function escalate(rounds: ApprovalRounds, change: Change): Promise<Change | undefined> {
  const at = rounds.now();
  const due = escalatesAt(change);
  if (due === undefined || at < due) return undefined;
  const roles = change.demand.escalate?.from ?? [];
  const audit = changeAudit(change, 'approval escalated', { at, detail: { to: roles.join(', ') } });
  const widened = await rounds.journal.changes.escalate(change.id, at, audit);
  if (widened !== undefined) await rounds.publish(change.id);
  return widened;
}

async function factsOf(rounds: ApprovalRounds, change: Change): Promise<NoteFacts> {
  const decisions = await rounds.journal.changes.decisions(change.id);
  return { change, decisions, people: rounds.people(), timezone: rounds.timezone(), now: rounds.now() };
}

/** In the threads of the card; those who are asked now get the card directly, as everybody who may approve does. */
async function tellEscalated(rounds: ApprovalRounds, change: Change): Promise<void> {
  const name = `${change.id} escalated`;
  if (await isSaid(rounds, change, name)) return;
  const message = escalationNote(await factsOf(rounds, change));
  await sayInThreads(rounds, change, { name, message });
}

async function remind(rounds: ApprovalRounds, change: Change, number: number): Promise<void> {
  const name = `${change.id} reminder ${number}`;
  if (await isSaid(rounds, change, name)) return;
  const facts = await factsOf(rounds, change);
  const message = reminderNote(facts);
  for (const conversation of await directPlaces(rounds, undecided(facts)))
    await say(rounds, { key: `${name} ${placeOf(conversation)}`, conversation, message });
  await sayInThreads(rounds, change, { name, message });
}

interface Said {
  /** By which it is known that it was said. */
  readonly name: string;
  readonly message: Message;
}

/** The thread where it was asked for comes last, so what stands there was said everywhere. */
async function isSaid({ journal }: ApprovalRounds, { id }: Change, name: string): Promise<boolean> {
  const origin = await journal.changes.originOf(id);
  if (origin === undefined) return false;
  return (await journal.deliveries.find(`${name} ${cardKey(id, origin)}`)) !== undefined;
}

/** Below the cards that everybody sees; who is written to directly needs no thread there. */
async function sayInThreads(rounds: ApprovalRounds, change: Change, { name, message }: Said): Promise<void> {
  const { journal } = rounds;
  const origin = await journal.changes.originOf(change.id);
  for (const conversation of placesOf(rounds, change, origin).toReversed()) {
    const parent = cardKey(change.id, conversation);
    await say(rounds, { key: `${name} ${parent}`, conversation, message, parent });
  }
}

/** What was wished before stays as it is: said again it would only be edited. */
async function say(
  { journal, now }: ApprovalRounds,
  wish: {
    readonly key: string;
    readonly conversation: Conversation;
    readonly message: Message;
    readonly parent?: string;
  },
): Promise<void> {
  if ((await journal.deliveries.find(wish.key)) !== undefined) return;
  await journal.deliveries.want({ ...wish, lane: 'decision' }, now());
}
