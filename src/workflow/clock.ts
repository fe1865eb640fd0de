/** Two readings of time, both in milliseconds. */
export interface Readings {
  /** Epoch; may be set by anybody at any moment. */
  readonly wall: () => number;
  /** Since some moment; only goes forward, at the same speed for everybody. */
  readonly steady: () => number;
}

/** That the wall clock was set, and by how much. */
export interface ClockStep {
  readonly kind: 'back' | 'ahead';
  readonly byMs: number;
}

/** From this on it is a step and no noise; NTP steps from 128 ms on, and smaller ones add up. */
const STEP_MS = 1000;
/** A machine that slept a while is nothing to tell of. */
const AHEAD_MS = 60_000;

const SYSTEM: Readings = { wall: () => Date.now(), steady: () => performance.now() };

/**
 * The time of day for everything that is journaled. It follows a wall clock that is set ahead at once, so that nothing
 * lasts longer than it was to; and it follows one that is set back only when {@link follow} says that everything that
 * waits has been moved along: until then it goes on as if nothing had happened.
 */
export class Clock {
  readonly #readings: Readings;
  readonly #listeners = new Set<(byMs: number) => void>();
  /** What the wall clock is ahead of the steady one, as far as it is believed. */
  #offset: number;
  /** How far it went ahead since {@link look} told so. */
  #ahead = 0;

  constructor(readings: Readings = SYSTEM) {
    this.#readings = readings;
    this.#offset = readings.wall() - readings.steady();
  }

  /** Epoch milliseconds, never less than before but for {@link follow}. */
  now(): number {
    const wall = this.#readings.wall();
    // Read after the wall clock, so that a pause of the process in between is no step ahead.
    const steady = this.#readings.steady();
    const ahead = wall - steady - this.#offset;
    if (ahead > 0) {
      this.#offset += ahead;
      if (ahead >= STEP_MS) this.#ahead += ahead;
    }
    return Math.floor(steady + this.#offset);
  }

  /** Whether the wall clock was set since the last look; one that was set back is told of until it is followed. */
  look(): ClockStep | undefined {
    this.now();
    const steady = this.#readings.steady();
    const back = this.#offset - (this.#readings.wall() - steady);
    if (back >= STEP_MS) return { kind: 'back', byMs: Math.floor(back) };
    const byMs = Math.floor(this.#ahead);
    this.#ahead = 0;
    return byMs >= AHEAD_MS ? { kind: 'ahead', byMs } : undefined;
  }

  /** Goes back with the wall clock, now that everything that waits has been moved back as far. */
  follow(byMs: number): void {
    this.#offset -= byMs;
    for (const listener of this.#listeners) listener(byMs);
  }

  /** Tells whoever keeps moments in memory by how much to move them back; the return value ends that. */
  onBack(listener: (byMs: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
