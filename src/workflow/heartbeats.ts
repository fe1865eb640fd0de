import type { BeatKind, Heartbeats } from '../domain/heartbeat.ts';
import type { HeartbeatBook } from './journal.ts';

/** A call that came in. */
export interface Beat {
  readonly name: string;
  readonly kind: BeatKind;
  /** What came with it, one line. */
  readonly note: string;
}

/** Listens for programs that call us, and tells checks what was heard. */
export interface Listening extends Heartbeats {
  /** Resolves when the journal has it; rejects with StoreError. */
  take(beat: Beat): Promise<void>;
}

/** The same again within so many milliseconds is not written: whoever floods us does not fill the journal. */
const SAME_WITHIN_MS = 1_000;

/** Begins to listen now; what came before is in the journal. */
export function listenForHeartbeats(ports: {
  readonly book: HeartbeatBook;
  readonly now: () => number;
}): Listening {
  const { book, now } = ports;
  const written = new Map<string, { readonly kind: BeatKind; readonly at: number }>();
  return {
    listeningSince: now(),
    heard: (name) => book.find(name),
    noteLate: (name, at) => book.noteLate(name, at),
    async take({ name, kind, note }) {
      const at = now();
      const last = written.get(name);
      if (last?.kind === kind && Math.abs(at - last.at) < SAME_WITHIN_MS) return;
      await book.note({ name, kind, at, note });
      written.set(name, { kind, at });
    },
  };
}
