import type { AuditEntry } from '../domain/audit-event.ts';
import type { JsonObject } from '../domain/json.ts';
import { type Duty, inRounds } from '../workflow/duty.ts';

/** What counting needs. */
export interface CountedAuditPorts {
  readonly append: (entry: AuditEntry) => Promise<unknown>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** What is noted each time; `times` is put into its detail, `at` is when the row is written. */
export type Noted = Omit<AuditEntry, 'at'>;

interface Kind {
  readonly since: number;
  /** Notes that no row counts yet. */
  readonly times: number;
  readonly last: Noted;
}

/** Milliseconds between two rows of one kind. */
const ROW_EVERY_MS = 60_000;
/** Kinds that are told apart at one time; what an outsider may invent beyond them is counted together. */
const MOST_KINDS = 100;
const OTHERS = 'others';

/**
 * Audits what anybody may cause as often as they like: the first of a kind has its row at once, all others of the same
 * minute share one that says how many they were, so that nobody fills the disk.
 */
export class CountedAudit {
  readonly #ports: CountedAuditPorts;
  readonly #kinds = new Map<string, Kind>();
  /** Rows that are being written. */
  readonly #writing = new Set<Promise<void>>();

  constructor(ports: CountedAuditPorts) {
    this.#ports = ports;
  }

  /** Counts one; `more` is looked at where it gets a row of its own. */
  note(kind: string, noted: Noted, more: () => JsonObject = () => ({})): void {
    const isKnown = this.#kinds.has(kind) || this.#kinds.size < MOST_KINDS;
    const name = isKnown ? kind : OTHERS;
    const before = this.#kinds.get(name);
    if (before === undefined) {
      this.#kinds.set(name, { since: this.#ports.now(), times: 0, last: noted });
      this.#write({ ...noted, detail: { ...noted.detail, ...more() } }, 1);
    } else this.#kinds.set(name, { ...before, times: before.times + 1, last: noted });
  }

  /** Writes the rows of all kinds whose minute is over, or with `all` of every kind; resolves when every row stands, rejects never. */
  async flush(all = false): Promise<void> {
    const now = this.#ports.now();
    // Without a pause: what is noted meanwhile would be counted nowhere.
    for (const [name, { since, times, last }] of [...this.#kinds]) {
      // A clock that was set back must not hold a count up.
      const isDue = all || now - since >= ROW_EVERY_MS || now < since;
      if (!isDue) continue;
      this.#kinds.delete(name);
      if (times === 0) continue;
      if (!all) this.#kinds.set(name, { since: now, times: 0, last });
      this.#write(last, times);
    }
    await Promise.all(this.#writing);
  }

  #write(noted: Noted, times: number): void {
    const row = this.#append(noted, times).finally(() => this.#writing.delete(row));
    this.#writing.add(row);
  }

  async #append(noted: Noted, times: number): Promise<void> {
    const { append, now, onError } = this.#ports;
    try {
      await append({ ...noted, at: now(), detail: { ...noted.detail, times } });
    } catch (error) {
      onError(error);
    }
  }
}

/** Milliseconds between two looks for counts whose minute is over. */
const LOOK_EVERY_MS = 10_000;

/** Writes counts down once their minute is over, and all so far at the stop; whoever stops last flushes what came since. */
export function countedAuditDuty(counted: CountedAudit, onError: (error: unknown) => void): Duty {
  const rounds = inRounds({
    name: 'counted audit',
    everyMs: LOOK_EVERY_MS,
    run: () => counted.flush(),
    onError,
  });
  return {
    ...rounds,
    stop: async () => {
      await rounds.stop();
      await counted.flush(true);
    },
  };
}
