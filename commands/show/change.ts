import type { Answer } from '../../src/chat/chat.ts';
import type { Context } from '../../src/dispatch/command.ts';
import { maySeeChange } from '../../src/dispatch/may-see.ts';
import { failed, type Outcome, succeeded } from '../../src/domain/outcome.ts';

/** The card of a change as it stands now, with its buttons. */
export async function showChange(context: Context, id: string): Promise<Outcome<Answer>> {
  const change = await context.journal.changes.find(id.toUpperCase());
  if (change !== undefined && !maySeeChange(context, change, 'show'))
    return failed('DENIED_POLICY', `${change.id} is about services that you may not look at`);
  const card = await context.control.card(id);
  return card.kind === 'succeeded' ? succeeded({ audience: 'asker', message: card.value }) : card;
}
