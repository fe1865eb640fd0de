import { setTimeout as rest } from 'node:timers/promises';
import type { WebhookInfo } from 'grammy/types';
import type { ChatPorts } from '../chat.ts';
import { describeError } from './telegram-errors.ts';

/** What looking after a webhook needs. */
export interface WatchParts {
  readonly url: string;
  readonly info: (signal: AbortSignal) => Promise<WebhookInfo>;
  /** Sets the webhook again. */
  readonly set: (signal: AbortSignal) => Promise<void>;
  readonly log: ChatPorts['log'];
  /** Milliseconds between two looks. */
  readonly everyMs: number;
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** So many updates never wait unless something is wrong. */
const MANY_WAITING = 50;

/** Sets the webhook, and sees to it that it stays set and that what Telegram complains of is heard. */
export class WebhookWatch {
  private readonly parts: WatchParts;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  /** Unix time; what went wrong before we came is over. */
  private lastError = Math.floor(Date.now() / 1000) - 1;

  constructor(parts: WatchParts) {
    this.parts = parts;
  }

  /** Looks until {@link stop}; `first` must succeed before and is tried again until it does. */
  start(first: (signal: AbortSignal) => Promise<void>): void {
    this.running = this.loop(first);
  }

  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
  }

  private async loop(first: (signal: AbortSignal) => Promise<void>): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    while (!(await this.tried(first))) {
      await this.pause(pauseMs);
      pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    }
    while (!this.stopping.signal.aborted) {
      await this.tried((signal) => this.look(signal));
      await this.pause(this.parts.everyMs);
    }
  }

  /** True when it went well, or when there is nothing more to try because we stop. */
  private async tried(what: (signal: AbortSignal) => Promise<void>): Promise<boolean> {
    const { signal } = this.stopping;
    if (signal.aborted) return true;
    try {
      await what(signal);
      return true;
    } catch (error) {
      if (!signal.aborted)
        this.parts.log(
          'warn',
          `Telegram: the webhook could not be looked after (${describeError(error)}); I keep trying`,
        );
      return signal.aborted;
    }
  }

  private async look(signal: AbortSignal): Promise<void> {
    const info = await this.parts.info(signal);
    this.tellTrouble(info);
    if (info.url === this.parts.url) return;
    this.parts.log(
      'warn',
      `Telegram: ${wrongHook(info.url)}; I set mine again. Two instances of one bot take it from each other`,
    );
    await this.parts.set(signal);
  }

  private tellTrouble(info: WebhookInfo): void {
    const {
      last_error_date: at = 0,
      last_error_message: why = 'unknown',
      pending_update_count: waiting,
    } = info;
    const fields = { waiting, lastError: why };
    if (at > this.lastError) {
      this.lastError = at;
      this.parts.log(
        'warn',
        `Telegram: it could not bring an update to PUBLIC_URL (${why}); ${waiting} wait there`,
        fields,
      );
    } else if (waiting >= MANY_WAITING)
      this.parts.log('warn', `Telegram: ${waiting} updates wait at Telegram and do not come in`, fields);
  }

  private async pause(ms: number): Promise<void> {
    // Rejects only when we stop, which the callers look at next.
    await rest(ms, undefined, { signal: this.stopping.signal }).catch(() => {});
  }
}

/** Names the host only: the rest of somebody's webhook address may be a secret. */
function wrongHook(url: string | undefined): string {
  if (!url) return 'somebody took the webhook away, perhaps by polling with the same token';
  return `somebody set another webhook (${URL.canParse(url) ? new URL(url).host : 'unreadable'})`;
}
