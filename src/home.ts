import type { Home } from './chat/chat.ts';
import type { Command, Context } from './dispatch/command.ts';
import { whyNotDecide } from './domain/approval.ts';
import type { Message } from './domain/message.ts';

/** Most cards on a start page; the rest is counted by `waiting`. */
const MOST_CARDS = 5;

/** What a person's start page shows: the cards that wait for them, then the fleet as `status` says it. */
export async function homeOf(context: Context, commands: readonly Command[]): Promise<Home | undefined> {
  const status = commands.find((command) => command.name === 'status');
  if (status?.kind !== 'read') throw new Error('there is no status command');
  const fleet = await status.answer(context, {}, []);
  if (fleet.kind !== 'succeeded') return undefined;
  return { waiting: await waitingCards(context), fleet: fleet.value.message };
}

async function waitingCards(context: Context): Promise<readonly Message[]> {
  const open = await context.journal.changes.list({ states: ['awaiting approval'], limit: 100 });
  const mine = open
    .filter((change) => whyNotDecide(change, context.person) === undefined)
    .slice(0, MOST_CARDS);
  const cards = await Promise.all(mine.map((change) => context.control.card(change.id)));
  return cards.flatMap((card) => (card.kind === 'succeeded' ? [card.value] : []));
}
