import type { FakeClock } from './clock.ts';

/** What the presser saw: a toast, an alert, a page, or just the end of the spinner. */
export interface CallbackAnswer {
  readonly text: string;
  readonly alert: boolean;
  readonly url?: string;
}

interface OpenPress {
  readonly at: number;
  readonly settle: (answer: CallbackAnswer) => void;
}

/** Button presses that still wait for answerCallbackQuery. */
export class PressBook {
  /** How long a press can be answered; the real limit is undocumented. */
  lifetimeMs = 15_000;
  private readonly clock: FakeClock;
  private readonly open = new Map<string, OpenPress>();
  private nextId = 4_382_015_000_001n;

  constructor(clock: FakeClock) {
    this.clock = clock;
  }

  /** Opens a press; `answered` resolves with what the person sees. */
  begin(): { readonly id: string; readonly answered: Promise<CallbackAnswer> } {
    const id = String(this.nextId++);
    const answered = new Promise<CallbackAnswer>((settle) => {
      this.open.set(id, { at: this.clock.now(), settle });
    });
    return { id, answered };
  }

  /** Answers once; false when the query is unknown, too old or was answered before. */
  answer(id: string, answer: CallbackAnswer): boolean {
    const press = this.open.get(id);
    this.open.delete(id);
    if (!press || this.clock.now() - press.at > this.lifetimeMs) return false;
    press.settle(answer);
    return true;
  }

  /** Presses whose spinner still turns. */
  get waiting(): number {
    return this.open.size;
  }
}
