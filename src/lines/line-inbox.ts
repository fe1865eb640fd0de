import type { Incoming } from '../chat/chat.ts';
import type { Inbox } from '../workflow/journal.ts';

/** Milliseconds after which a line that a crash left is not carried out any more: by then nobody expects it. */
const STALE_MS = 15 * 60_000;

/** What the last boot recorded and did not come to. */
export interface LeftLines {
  readonly lines: readonly Incoming[];
  /** Ids of those that nobody expects to be carried out any more. */
  readonly stale: ReadonlySet<string>;
}

/** Records lines once, and tells what a crash left from what comes while a boot takes that up. */
export class LineInbox {
  readonly #inbox: Inbox;
  readonly #now: () => number;
  /** Whether a line that came before {@link left} was new: then no crash left it, though it is not done yet. */
  readonly #newHere = new Map<string, Promise<boolean>>();
  #isTakenUp = false;

  constructor(inbox: Inbox, now: () => number) {
    this.#inbox = inbox;
    this.#now = now;
  }

  /** Records a line; false when it was recorded before. Rejects with StoreError when nothing was recorded. */
  async accept(incoming: Incoming): Promise<boolean> {
    const accepted = this.#inbox.accept(incoming, this.#now());
    if (this.#isTakenUp) return accepted;
    const earlier = this.#newHere.get(incoming.id) ?? Promise.resolve(false);
    const isNew = accepted.catch(() => false);
    this.#newHere.set(
      incoming.id,
      earlier.then(async (wasNew) => wasNew || (await isNew)),
    );
    return accepted;
  }

  /** What a crash left recorded and undone, once a boot; the chats may be bringing lines already. */
  async left(): Promise<LeftLines> {
    const pending = await this.#inbox.pending();
    this.#isTakenUp = true;
    const stale = new Set(await this.#inbox.pendingBefore(this.#now() - STALE_MS));
    const lines: Incoming[] = [];
    for (const line of pending) {
      const isNewHere = (await this.#newHere.get(line.id)) ?? false;
      if (!isNewHere) lines.push(line);
    }
    this.#newHere.clear();
    return { lines, stale };
  }
}
