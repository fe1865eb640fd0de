/** Turns within this many milliseconds that make an alert flap. */
export const FLAPS_WITHIN_MS = 30 * 60_000;
/** How many it takes. */
export const FLAPPING_TURNS = 4;
/** Milliseconds without a turn after which it flaps no longer. */
export const CALM_MS = 15 * 60_000;

/** How often an alert turned lately, and whether it flaps. */
export interface Flapping {
  /** When its status turned, epoch milliseconds, newest last. */
  readonly turns: readonly number[];
  readonly isFlapping: boolean;
}

/** When it will have been calm for long enough, as it stands; undefined where it does not flap. */
export function calmAt({ turns, isFlapping }: Flapping): number | undefined {
  const last = turns.at(-1);
  return isFlapping ? (last ?? 0) + CALM_MS : undefined;
}

/** What it is now, where its status turned (`turned`) or did not. */
export function flappingAt({ turns, isFlapping }: Flapping, now: number, turned: boolean): Flapping {
  const lately = [...turns, ...(turned ? [now] : [])].filter((at) => now - at < FLAPS_WITHIN_MS);
  const isCalm = now - (lately.at(-1) ?? Number.NEGATIVE_INFINITY) >= CALM_MS;
  const begins = turned && lately.length >= FLAPPING_TURNS;
  return { turns: lately, isFlapping: !isCalm && (isFlapping || begins) };
}
