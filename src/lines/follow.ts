import { setTimeout as pause } from 'node:timers/promises';
import type { Follow } from '../chat/chat.ts';
import type { Message } from '../domain/message.ts';

/** Shows a message in the place of the one before; the first and the last are not held back for newer ones. */
export type Show = (message: Message, isEdge: boolean) => Promise<void>;

/** What stops every following at once: the end of the process. */
export class Followings {
  readonly #stop = new AbortController();
  readonly #running = new Set<Promise<void>>();

  /** Keeps an answer up to date until its time is over, or until the stop; `show` replaces it in place. */
  begin(follow: Follow, show: Show, onError: (error: unknown) => void): void {
    const running = this.#follow(follow, show).catch(onError);
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }

  /** Ends all of them, each with its last look. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#running);
  }

  async #follow({ everyMs, times, look }: Follow, show: Show): Promise<void> {
    const { signal } = this.#stop;
    for (let count = 1; count <= times; count += 1) {
      await pause(everyMs, undefined, { signal }).catch(() => undefined);
      const isLast = count === times || signal.aborted;
      await show(await look(isLast), isLast);
      if (isLast) return;
    }
  }
}
