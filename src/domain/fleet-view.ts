import { formatDuration } from './duration.ts';
import type { Tone } from './message.ts';
import type { CheckState, Verdict } from './verdict.ts';

/** The tone of a verdict. */
export const VERDICT_TONES: Readonly<Record<Verdict, Tone>> = {
  pass: 'good',
  warn: 'warning',
  fail: 'bad',
  unknown: 'unknown',
};

const GRAVITY: readonly Verdict[] = ['pass', 'unknown', 'warn', 'fail'];

/** Sorts the gravest verdict first. */
export const gravestFirst = (a: Verdict, b: Verdict): number => GRAVITY.indexOf(b) - GRAVITY.indexOf(a);

/** The gravest of several verdicts; `unknown` when there are none. */
export const gravest = (verdicts: readonly Verdict[]): Verdict =>
  verdicts.toSorted(gravestFirst)[0] ?? 'unknown';

/** How long ago it was looked at: `12s ago`, or `not looked at yet`. */
export const ageOf = (state: CheckState | undefined, now: number): string =>
  state === undefined
    ? 'not looked at yet'
    : `${formatDuration(Math.max(0, Math.round((now - state.last.at) / 1000) * 1000))} ago`;
