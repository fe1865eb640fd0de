/** How fast one person may send lines. */
export interface RateLimit {
  /** So many at once. */
  readonly burst: number;
  /** So many a second after that. */
  readonly perSecond: number;
}

/** A bucket of tokens a person. Kept in memory: a restart forgives, which harms nobody. */
export class LineRate {
  readonly #limit: RateLimit;
  readonly #now: () => number;
  readonly #buckets = new Map<string, { readonly tokens: number; readonly at: number }>();

  constructor(limit: RateLimit, now: () => number) {
    this.#limit = limit;
    this.#now = now;
  }

  /** Milliseconds to wait; 0 = it was let through and counted. */
  take(person: string): number {
    const { burst, perSecond } = this.#limit;
    const at = this.#now();
    const before = this.#buckets.get(person) ?? { tokens: burst, at };
    const tokens = Math.min(burst, before.tokens + ((at - before.at) / 1000) * perSecond);
    const allowed = tokens >= 1;
    this.#buckets.set(person, { tokens: allowed ? tokens - 1 : tokens, at });
    return allowed ? 0 : Math.ceil(((1 - tokens) / perSecond) * 1000);
  }
}
