import { createHash } from 'node:crypto';
import type { Incoming } from '../chat/chat.ts';
import { type Change, FINAL_STATES } from '../domain/change.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { Journal } from '../workflow/journal.ts';
import { personOf } from '../workflow/people.ts';

/** What telling wishes apart needs. */
export interface WishPorts {
  readonly configuration: Pick<Configuration, 'people'>;
  readonly journal: Pick<Journal, 'changes'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
}

/** Milliseconds within which a tired finger presses again, also where the change has ended already. */
const ONE_WISH_MS = 60_000;

const isSameWish = ({ state, requestedAt }: Change, now: number): boolean =>
  !FINAL_STATES.includes(state) || now - requestedAt < ONE_WISH_MS;

/**
 * The line with what its press wishes: all presses of one button of one message by one person are one wish, until the
 * change that came of it has ended. It is decided before the line is recorded, so that a line which is taken up again
 * after a crash never becomes a second wish.
 */
export async function withWish(ports: WishPorts, incoming: Incoming): Promise<Incoming> {
  const { account, pressed, text } = incoming;
  if (pressed === undefined) return incoming;
  const person = personOf(ports.configuration.people, account)?.key ?? `${account.platform}:${account.id}`;
  const line = createHash('sha256').update(text.trim(), 'utf8').digest('hex');
  const button = `press ${pressed.platform}:${pressed.channel}:${pressed.message} ${person} ${line}`;
  for (let times = 1; ; times += 1) {
    const wish = `${button} ${times}`;
    const change = await ports.journal.changes.ofRequest(wish);
    if (change === undefined || isSameWish(change, ports.now())) return { ...incoming, wish };
  }
}

/** The change that came of a line, or of the press that wished the same. */
export const changeOf = (
  { changes }: Pick<Journal, 'changes'>,
  { wish, id }: Incoming,
): Promise<Change | undefined> => changes.ofRequest(wish ?? id);
