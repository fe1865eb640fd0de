import type { Verdict } from '../domain/verdict.ts';

/** One row a time that a verdict turned; of a check the newest are kept. */
export interface VerdictsTable {
  readonly key: string;
  readonly at: number;
  readonly verdict: Verdict;
  readonly summary: string;
}

/** One row a name under which a program calls; the latest of each kind. */
export interface HeartbeatsTable {
  readonly name: string;
  readonly beat_at: number | null;
  readonly started_at: number | null;
  readonly failed_at: number | null;
  readonly late_since: number | null;
  readonly note: string;
}
