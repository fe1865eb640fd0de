import { formatDuration } from '../../src/domain/duration.ts';
import type { Part } from '../../src/domain/message.ts';
import { showMoment } from '../../src/domain/moment.ts';
import type { CheckState, Verdict } from '../../src/domain/verdict.ts';

/** How times are shown. */
export interface Shown {
  readonly timezone: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

const WORDS: Readonly<Record<Verdict, string>> = {
  pass: 'well',
  warn: 'not quite well',
  fail: 'failing',
  unknown: 'unknown',
};

/**
 * Since when a verdict stands: `failing since 14:02 (3h)`; empty for one that is well, and for what was never looked at.
 * Looks that say something else than the settled verdict are said so.
 */
export function standing(state: CheckState | undefined, { timezone, now }: Shown): string {
  if (state === undefined) return '';
  if (state.last.verdict !== state.verdict)
    return `${WORDS[state.last.verdict]} in ${state.streak} ${state.streak === 1 ? 'look' : 'looks'} so far, not counted yet`;
  if (state.verdict === 'pass') return '';
  const lasts = formatDuration(Math.max(0, Math.floor((now - state.since) / 1_000) * 1_000));
  return `${WORDS[state.verdict]} since ${showMoment(state.since, timezone, now)} (${lasts})`;
}

/** Said of what is not well: right after a mend what is remembered is still bad. */
export const asLastSeen = (subject: string): Part => ({
  kind: 'context',
  text: `As last looked at: a verdict turns once several looks agree · check ${subject} looks now`,
});

/** One turn of a verdict, for people: `14:02 failing: HTTP 502 in 12 ms`. */
export const turnText = (
  turn: { readonly verdict: Verdict; readonly at: number; readonly summary: string },
  { timezone, now }: Shown,
): string => `${showMoment(turn.at, timezone, now)} ${WORDS[turn.verdict]}: ${turn.summary}`;
