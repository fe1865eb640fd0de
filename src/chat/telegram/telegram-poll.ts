import { setTimeout as rest } from 'node:timers/promises';
import { GrammyError, HttpError } from 'grammy';
import type { Update } from 'grammy/types';
import type { ChatPorts } from '../chat.ts';
import type { Absence } from './telegram-absence.ts';
import { describeError } from './telegram-errors.ts';
import { MOST_AT_ONCE } from './telegram-link.ts';

/** What the poll needs. */
export interface PollSettings {
  /** Asks for updates from `offset` on; waits at Telegram for `seconds`. */
  readonly ask: (offset: number, seconds: number, signal: AbortSignal) => Promise<readonly Update[]>;
  /** Takes one update; resolves when it is safely recorded. */
  readonly take: (update: Update, awaySince: number | undefined) => Promise<void>;
  /** Called when an update could not be recorded at all. */
  readonly giveUp: (update: Update) => Promise<void>;
  readonly log: ChatPorts['log'];
  readonly absence: Absence;
  readonly seconds: number;
  /** Pauses between tries to record an update. */
  readonly retryDelaysMs: readonly number[];
}

const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
/** How long the end may take when Telegram does not answer. */
const STOP_MS = 3000;
/** A revoked token is looked at again this often. */
const TOKEN_PAUSE_MS = 60_000;

/**
 * Long polling in which an update is confirmed only after it was recorded: the next offset moves behind `take`.
 * grammY's own `bot.stop()` confirms an update whose handler still runs (at most once); here it is at least once.
 */
export class TelegramPoll {
  private readonly settings: PollSettings;
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;
  private offset = 0;
  private asked = 0;
  private trouble: string | undefined;
  private pauseMs = FIRST_PAUSE_MS;

  constructor(settings: PollSettings) {
    this.settings = settings;
  }

  /** Polls until {@link stop}; `first` must succeed before and is tried again until it does. */
  start(first: (signal: AbortSignal) => Promise<void>): void {
    this.running = this.loop(first);
  }

  /** Lets the update in hand be recorded, confirms what was, and ends. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.running;
    if (this.offset === this.asked) return;
    this.asked = this.offset;
    try {
      await this.settings.ask(this.offset, 0, AbortSignal.timeout(STOP_MS));
    } catch (error) {
      this.settings.log('debug', 'Telegram: the last offset was not confirmed; updates come again', {
        error: describeError(error),
      });
    }
  }

  private get stopped(): boolean {
    return this.stopping.signal.aborted;
  }

  private async loop(first: (signal: AbortSignal) => Promise<void>): Promise<void> {
    let ready = false;
    while (!this.stopped) {
      try {
        if (!ready) await first(this.stopping.signal);
        ready = true;
        await this.round();
        this.recovered();
      } catch (error) {
        await this.recover(error);
      }
    }
  }

  private async round(): Promise<void> {
    this.asked = this.offset;
    const { absence, ask } = this.settings;
    const awaySince = await absence.since();
    // What waited there comes at once, apart from what comes from now on.
    const seconds = awaySince === undefined ? this.settings.seconds : 0;
    const askedAt = absence.now();
    const updates = await ask(this.offset, seconds, this.stopping.signal);
    for (const update of updates) {
      if (this.stopped) return;
      if (!(await this.record(update, awaySince))) return;
      // Not a maximum: after a quiet week Telegram may go on with a smaller id.
      this.offset = update.update_id + 1;
    }
    if (updates.length < MOST_AT_ONCE) await absence.heardAll(askedAt);
  }

  /** False when we stop before it was recorded; it comes again after the next start. */
  private async record(update: Update, awaySince: number | undefined): Promise<boolean> {
    for (const delay of [...this.settings.retryDelaysMs, undefined]) {
      try {
        await this.settings.take(update, awaySince);
        return true;
      } catch (error) {
        this.settings.log('error', 'Telegram: an update could not be recorded', {
          update: update.update_id,
          error: describeError(error),
        });
      }
      if (delay !== undefined) await this.pause(delay);
      if (this.stopped) return false;
    }
    await this.giveUp(update);
    return true;
  }

  private async giveUp(update: Update): Promise<void> {
    try {
      await this.settings.giveUp(update);
    } catch (error) {
      this.settings.log('error', 'Telegram: nobody could be told that an update was lost', {
        update: update.update_id,
        error: describeError(error),
      });
    }
  }

  private async recover(error: unknown): Promise<void> {
    if (this.stopped) return;
    const { words, pauseMs } = this.judge(error);
    const again = words === this.trouble;
    this.trouble = words;
    this.settings.log(again ? 'debug' : 'warn', `Telegram: ${words}`, { pauseMs });
    await this.pause(pauseMs);
  }

  private recovered(): void {
    if (this.trouble !== undefined) this.settings.log('info', 'Telegram: updates come in again');
    this.trouble = undefined;
    this.pauseMs = FIRST_PAUSE_MS;
  }

  private judge(error: unknown): { readonly words: string; readonly pauseMs: number } {
    const pauseMs = this.pauseMs;
    this.pauseMs = Math.min(LONGEST_PAUSE_MS, pauseMs * 2);
    if (error instanceof HttpError)
      return { words: `cannot be reached (${describeError(error)}); I keep trying`, pauseMs };
    if (!(error instanceof GrammyError))
      return { words: `polling failed (${describeError(error)}); I keep trying`, pauseMs };
    if (error.error_code === 401 || error.error_code === 404)
      return {
        words: 'the token is no longer valid; get one from @BotFather, set TELEGRAM_BOT_TOKEN and restart',
        pauseMs: TOKEN_PAUSE_MS,
      };
    if (error.error_code === 409) return { words: conflictWords(error.description), pauseMs };
    const asked = error.parameters.retry_after;
    return {
      words: `answers ${describeError(error)}; I keep trying`,
      pauseMs: asked === undefined ? pauseMs : asked * 1000,
    };
  }

  private async pause(ms: number): Promise<void> {
    // Rejects only when we stop, which the callers look at next.
    await rest(ms, undefined, { signal: this.stopping.signal }).catch(() => {});
  }
}

function conflictWords(description: string): string {
  return description.includes('webhook')
    ? 'somebody set a webhook for this bot, so nothing comes in here; restart me to take it away, or stop the other one'
    : 'another process reads the updates of this bot; only one may, so stop the other one or give it its own token';
}
