/** What a check says: `unknown` when it could not look. */
export type Verdict = 'pass' | 'warn' | 'fail' | 'unknown';

/** One look of one check. */
export interface Finding {
  readonly verdict: Verdict;
  /** One line: `HTTP 200 in 41 ms`, `connection refused by 10.0.0.7:443`. */
  readonly summary: string;
  /** Epoch milliseconds of the look. */
  readonly at: number;
}

/** What is remembered of a check between looks. */
export interface CheckState {
  /** `service/check@environment`, or `service/component@environment` for a component's own status. */
  readonly key: string;
  /** The settled verdict, which needs consecutive findings to move. */
  readonly verdict: Verdict;
  /** Since when, epoch milliseconds. */
  readonly since: number;
  readonly last: Finding;
  /** How many findings in a row contradict the settled verdict. */
  readonly streak: number;
}

/** How many findings in a row move the verdict. */
export interface Thresholds {
  readonly failures: number;
  readonly recoveries: number;
}

/** Folds one more finding into what is remembered. */
export function settle(
  before: CheckState | undefined,
  key: string,
  finding: Finding & { readonly thresholds: Thresholds },
): CheckState {
  const { thresholds, ...last } = finding;
  if (before === undefined) return { key, verdict: last.verdict, since: last.at, last, streak: 0 };
  if (last.verdict === before.verdict) return { ...before, last, streak: 0 };
  const streak = before.streak + 1;
  const needed = last.verdict === 'pass' ? thresholds.recoveries : thresholds.failures;
  if (streak < needed) return { ...before, last, streak };
  return { key, verdict: last.verdict, since: last.at, last, streak: 0 };
}

/** Key of a check's state: `karmabot:web@production`; a component's own state has the component's key. */
export const checkKey = (check: {
  readonly service: string;
  readonly name: string;
  readonly environment: string;
}): string => `${check.service}:${check.name}@${check.environment}`;
