import { setTimeout as rest } from 'node:timers/promises';
import type { Posted } from '../chat.ts';

/** Sends one answer to a press; true when the person saw it. */
export type AnswerPress = (
  query: string,
  said: { readonly text: string; readonly alert: boolean },
) => Promise<boolean>;

interface OpenPress {
  readonly posted: Posted;
  readonly timer: NodeJS.Timeout;
}

/** How long a press waits for words; then its spinner ends without any. */
export const PATIENCE_MS = 3000;
const CLOSE_MS = 3000;

/**
 * Presses whose spinner still turns. Telegram takes exactly one answer a press, so it waits a moment for a refusal to
 * show to the presser alone, and is given empty as soon as the card changes.
 */
export class OpenPresses {
  private readonly open = new Map<string, OpenPress>();
  private readonly underWay = new Set<Promise<boolean>>();
  private readonly answer: AnswerPress;
  private readonly patienceMs: number;

  constructor(answer: AnswerPress, patienceMs: number) {
    this.answer = answer;
    this.patienceMs = patienceMs;
  }

  /** A press came in; once more when it could not be recorded the first time. */
  begin(query: string, posted: Posted): void {
    clearTimeout(this.open.get(query)?.timer);
    const timer = setTimeout(() => void this.say(query, { text: '', alert: false }), this.patienceMs);
    this.open.set(query, { posted, timer });
  }

  /** Answers a press; false when it was answered before or is too old. */
  async say(query: string, said: { readonly text: string; readonly alert: boolean }): Promise<boolean> {
    const press = this.open.get(query);
    if (!press) return false;
    this.open.delete(query);
    clearTimeout(press.timer);
    const answered = this.answer(query, said);
    this.underWay.add(answered);
    try {
      return await answered;
    } finally {
      this.underWay.delete(answered);
    }
  }

  /** The pressed card changed: nothing more needs saying. */
  settle(posted: Posted): void {
    for (const [query, press] of this.open)
      if (press.posted.channel === posted.channel && press.posted.message === posted.message)
        void this.say(query, { text: '', alert: false });
  }

  /** Ends every spinner, and waits a moment until Telegram heard. */
  async close(): Promise<void> {
    for (const query of [...this.open.keys()]) void this.say(query, { text: '', alert: false });
    await Promise.race([Promise.allSettled([...this.underWay]), rest(CLOSE_MS, undefined, { ref: false })]);
  }
}
