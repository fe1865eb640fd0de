/** How many lines may come, as a bucket that fills by and by. */
export interface LineLimit {
  /** So many at once. */
  readonly burst: number;
  /** So many a minute after that. */
  readonly perMinute: number;
}

interface Bucket {
  readonly left: number;
  readonly at: number;
  /** When it was last said that it is empty; 0 = not since it was full. */
  readonly saidAt: number;
}

/** What became of one line. */
export type Admitted = { readonly kind: 'admitted' } | { readonly kind: 'held'; readonly sayIt: boolean };

/** Milliseconds between two times that one account is told to slow down. */
const SAY_AGAIN_MS = 60_000;
/** Accounts that are remembered; beyond them, those that would be full again are forgotten. */
const MOST_BUCKETS = 5000;

/** A bucket a name, in memory: a restart forgives, which harms nobody. */
export class LineRate {
  readonly #limit: LineLimit;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(limit: LineLimit, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** How many names are remembered. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Counts one line, unless there are too many. */
  take(name: string): Admitted {
    const at = this.#now();
    const { left, saidAt } = this.#bucket(name, at);
    if (left >= 1) {
      this.#keep(name, { left: left - 1, at, saidAt });
      return { kind: 'admitted' };
    }
    const sayIt = saidAt === 0 || at - saidAt >= SAY_AGAIN_MS || at < saidAt;
    this.#keep(name, { left, at, saidAt: sayIt ? at : saidAt });
    return { kind: 'held', sayIt };
  }

  /** Gives one back: it was a line that had come before. */
  giveBack(name: string): void {
    const bucket = this.#bucket(name, this.#now());
    this.#keep(name, { ...bucket, left: Math.min(this.#limit.burst, bucket.left + 1) });
  }

  /** A clock that was set back fills nothing. */
  #bucket(name: string, at: number): Bucket {
    const { burst, perMinute } = this.#limit;
    const before = this.#buckets.get(name);
    if (before === undefined) return { left: burst, at, saidAt: 0 };
    const grown = (Math.max(0, at - before.at) / 60_000) * perMinute;
    return { ...before, left: Math.min(burst, before.left + grown), at };
  }

  #keep(name: string, bucket: Bucket): void {
    this.#buckets.delete(name);
    this.#buckets.set(name, bucket);
    if (this.#buckets.size <= MOST_BUCKETS) return;
    const fullAfterMs = (this.#limit.burst / this.#limit.perMinute) * 60_000;
    for (const [old, { at }] of this.#buckets) if (bucket.at - at > fullAfterMs) this.#buckets.delete(old);
    // Whoever has been quiet longest goes first.
    const [oldest] = this.#buckets.keys();
    if (this.#buckets.size > MOST_BUCKETS && oldest !== undefined) this.#buckets.delete(oldest);
  }
}
