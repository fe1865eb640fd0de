import type { ChatPorts } from '../chat.ts';
import { describeError } from './telegram-errors.ts';

/** What knowing of an absence needs. */
export interface AbsenceParts {
  readonly ports: Pick<ChatPorts, 'heard' | 'log'>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** From so many milliseconds on it is an absence. */
  readonly longMs: number;
}

/** Milliseconds between two notes of what everything was heard until. */
const NOTE_EVERY_MS = 60_000;

/** How long nobody asked Telegram, across restarts: it does not say when a button was pressed. */
export class Absence {
  private readonly parts: AbsenceParts;
  private heard: number | undefined;
  private noted = 0;
  private isRead = false;

  constructor(parts: AbsenceParts) {
    this.parts = parts;
  }

  /** Epoch milliseconds. */
  now(): number {
    return this.parts.now();
  }

  /** Since when what waits there may wait, epoch milliseconds; undefined where that is not long and no restore lies in it. Rejects when the store does. */
  async since(): Promise<number | undefined> {
    if (!this.isRead) this.heard = await this.parts.ports.heard?.until();
    this.isRead = true;
    const { heard } = this;
    if (heard === undefined) return undefined;
    const restoredAt = this.parts.ports.heard?.restoredAt?.() ?? heard;
    return heard < restoredAt || this.now() - heard > this.parts.longMs ? heard : undefined;
  }

  /** Everything that came before this moment has been taken. */
  async heardAll(at: number): Promise<void> {
    this.heard = at;
    // A clock that was set back must not end the notes.
    if (Math.abs(at - this.noted) < NOTE_EVERY_MS) return;
    const { heard, log } = this.parts.ports;
    try {
      await heard?.note(at);
      this.noted = at;
    } catch (error) {
      log('warn', 'Telegram: until when everything was heard could not be noted', {
        error: describeError(error),
      });
    }
  }
}
