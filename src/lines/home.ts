import type { Home } from '../chat/chat.ts';
import type { Command, Context } from '../dispatch/command.ts';
import { parseArguments } from '../dispatch/parse-arguments.ts';
import { fullSpec } from '../dispatch/read-line.ts';
import type { Message } from '../domain/message.ts';
import { approvalsFor, askingFor, reviewsFor } from '../workflow/waiting.ts';

/** Most cards on a start page; the rest is counted by `waiting`. */
const MOST_CARDS = 5;

/** What a person's start page shows: the cards that wait for them, then the fleet as `status` says it. */
export async function homeOf(context: Context, commands: readonly Command[]): Promise<Home | undefined> {
  const status = commands.find((command) => command.name === 'status');
  if (status?.kind !== 'read') throw new Error('there is no status command');
  const args = parseArguments([], fullSpec(status));
  if (args.kind !== 'succeeded') throw new Error(args.message);
  const fleet = await status.answer(context, args.value, []);
  if (fleet.kind !== 'succeeded') return undefined;
  return { waiting: await waitingCards(context), fleet: fleet.value.message };
}

async function waitingCards(context: Context): Promise<readonly Message[]> {
  const { journal, person } = context;
  const mine = [
    ...(await approvalsFor(journal, person)),
    ...(await askingFor(journal, person)),
    ...(await reviewsFor(journal, person)),
  ].slice(0, MOST_CARDS);
  const cards = await Promise.all(mine.map((change) => context.control.card(change.id)));
  return cards.flatMap((card) => (card.kind === 'succeeded' ? [card.value] : []));
}
