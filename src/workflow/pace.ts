/** Sends a channel may have at once after a quiet time, before its pace holds; platforms bear short bursts. */
const BURST = 3;

/** When each channel may be written to: a pace with a small burst (GCRA), and the rest a platform asked for. */
export class Pace {
  /** By when all sends so far would have been paced out, epoch milliseconds. */
  readonly #pacedOut = new Map<string, number>();
  readonly #restUntil = new Map<string, number>();

  /** Milliseconds until this channel may be written to; 0 = now. */
  waitFor(channel: string, paceMs: number, now: number): number {
    const paced = (this.#pacedOut.get(channel) ?? 0) - (BURST - 1) * paceMs;
    return Math.max(0, paced - now, (this.#restUntil.get(channel) ?? 0) - now);
  }

  /** Counts one send; before the call, so that a slow platform is not slowed further. */
  spend(channel: string, paceMs: number, now: number): void {
    this.#pacedOut.set(channel, Math.max(this.#pacedOut.get(channel) ?? 0, now) + paceMs);
  }

  /** The platform asked for a rest (Retry-After). */
  rest(channel: string, until: number): void {
    this.#restUntil.set(channel, Math.max(this.#restUntil.get(channel) ?? 0, until));
  }
}
