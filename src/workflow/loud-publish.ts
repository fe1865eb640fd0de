import type { Conversation } from '../chat/chat.ts';
import type { Message } from '../domain/message.ts';
import type { SpentBudget } from './budget.ts';
import { changeAudit } from './change-ending.ts';
import { approvingRoles, budgetNote, glassNote, type LoudFacts } from './loud-notes.ts';
import type { Publishing } from './publish-change.ts';

type Speaking = Pick<Publishing, 'journal' | 'operations' | 'now' | 'safety'>;

const placeOf = ({ platform, channel }: Conversation): string => `${platform}:${channel}`;

/** Says something in every operations channel, once by its name, also over restarts; true when it is new in the last one. */
export async function sayLoudly(
  { journal, operations, now }: Speaking,
  said: { readonly name: string; readonly message: Message },
): Promise<boolean> {
  let isNew = false;
  for (const conversation of operations()) {
    const key = `${said.name} ${placeOf(conversation)}`;
    isNew = (await journal.deliveries.find(key)) === undefined;
    // Said again it would only be edited.
    if (isNew) await journal.deliveries.want({ key, conversation, message: said.message, lane: 'P0' }, now());
  }
  return isNew;
}

/** Says once that the glass was broken for a change. */
export const sayGlassBroken = (speaking: Speaking, facts: LoudFacts): Promise<boolean> =>
  sayLoudly(speaking, { name: `${facts.change.id} glass broken`, message: glassNote(facts) });

/** Calls a person once for each time that a budget is used up. */
export async function callSomebody(speaking: Speaking, facts: LoudFacts, spent: SpentBudget): Promise<void> {
  const { safety, journal, now } = speaking;
  if (safety === undefined || spent.standing.kind !== 'exhausted') return;
  const { component, verb, standing } = spent;
  const roles = approvingRoles(safety, facts.change);
  const name = `budget ${verb} ${component} ${standing.since}`;
  if (!(await sayLoudly(speaking, { name, message: budgetNote(facts, spent, roles) }))) return;
  const detail = { component, verb, tries: String(standing.tries.length) };
  await journal.audit.append(changeAudit(facts.change, 'budget used up', { at: now(), detail }));
}
