import type { Conversation } from '../chat/chat.ts';
import type { AuditEntry } from '../domain/audit-event.ts';
import type { Message } from '../domain/message.ts';
import type { SpentBudget } from './budget.ts';
import { changeAudit } from './change-ending.ts';
import type { Wish } from './deliveries.ts';
import { approvingRoles, budgetNote, glassNote, type LoudFacts } from './loud-notes.ts';
import type { Publishing } from './publish-change.ts';

type Speaking = Pick<Publishing, 'journal' | 'operations' | 'now' | 'safety'>;

const placeOf = ({ platform, channel }: Conversation): string => `${platform}:${channel}`;

/** Says something in every operations channel, once by its name, also over restarts; what is on record is recorded with it. */
export async function sayLoudly(
  { journal, operations, now }: Speaking,
  said: { readonly name: string; readonly message: Message; readonly audit?: AuditEntry },
): Promise<void> {
  const { name, message, audit } = said;
  const wishes = operations().map((conversation): Wish => {
    const key = `${name} ${placeOf(conversation)}`;
    return { key, conversation, message, lane: 'P0' };
  });
  await journal.deliveries.wantOnce(wishes, now(), audit);
}

/** Says once that the glass was broken for a change. */
export const sayGlassBroken = (speaking: Speaking, facts: LoudFacts): Promise<void> =>
  sayLoudly(speaking, { name: `${facts.change.id} glass broken`, message: glassNote(facts) });

/** Calls a person once for each time that a budget is used up. */
export async function callSomebody(speaking: Speaking, facts: LoudFacts, spent: SpentBudget): Promise<void> {
  const { safety, now } = speaking;
  if (safety === undefined || spent.standing.kind !== 'exhausted') return;
  const { component, verb, standing } = spent;
  const roles = approvingRoles(safety, facts.change);
  const name = `budget ${verb} ${component} ${standing.since}`;
  const detail = { component, verb, tries: String(standing.tries.length) };
  const audit = changeAudit(facts.change, 'budget used up', { at: now(), detail });
  await sayLoudly(speaking, { name, message: budgetNote(facts, spent, roles), audit });
}
