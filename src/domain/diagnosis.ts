import { formatDuration } from './duration.ts';
import type { Failed, Unknown } from './outcome.ts';

/** What trying one thing showed; `doubtful` works for now, `wrong` does not. */
export interface Diagnosis {
  readonly verdict: 'good' | 'doubtful' | 'wrong';
  /** What was tried and what was found, one line. */
  readonly text: string;
  /** What to do about it, exactly: a sentence, then lines to be copied as they are. */
  readonly mend: readonly string[];
}

/** It was tried and works. */
export const good = (text: string): Diagnosis => ({ verdict: 'good', text, mend: [] });

/** It works and should not stay like that, or it could not be tried. */
export const doubtful = (text: string, ...mend: readonly string[]): Diagnosis => ({
  verdict: 'doubtful',
  text,
  mend,
});

/** It does not work. */
export const wrong = (text: string, ...mend: readonly string[]): Diagnosis => ({
  verdict: 'wrong',
  text,
  mend,
});

/** A failure in its own words, with its remedy as the mend. */
export const failure = (what: string, { message, ...told }: Failed | Unknown): Diagnosis =>
  wrong(`${what}: ${message}`, ...('remedy' in told && told.remedy !== undefined ? [told.remedy] : []));

/** A clock that is off by more is told. */
const DOUBTFUL_MS = 5_000;
/** Slack refuses signatures 5 minutes old, and "since when does it run" is compared across machines. */
const WRONG_MS = 60_000;

/** Judges how far another clock is ahead of ours; `where` is the machine whose clock is then to be set. */
export function clockDiagnosis(whose: string, aheadMs: number, where: string): Diagnosis {
  const off = Math.abs(aheadMs);
  if (off < DOUBTFUL_MS) return good(`its clock and this machine's agree (within ${DOUBTFUL_MS / 1_000} s)`);
  const say = off < WRONG_MS ? doubtful : wrong;
  const direction = aheadMs > 0 ? 'ahead of' : 'behind';
  return say(
    `${whose} is ${formatDuration(off)} ${direction} this machine's clock`,
    `Set the clock of ${where}: \`timedatectl set-ntp true\` there, then compare with \`timedatectl\`.`,
  );
}

/** How far a server is ahead by the Date header of an answer, which is cut to the second; undefined where it has none. */
export function aheadByDate(header: string | null, asked: { readonly from: number; readonly to: number }) {
  const told = Date.parse(header ?? '');
  return Number.isNaN(told) ? undefined : told + 500 - (asked.from + asked.to) / 2;
}
