import type { Judged } from './judge.ts';
import type { Served } from './served.ts';

/** In how many ways rows are served. */
export interface Counts {
  readonly rows: number;
  readonly served: number;
  readonly by: Readonly<Record<string, number>>;
  /** Served at a lower risk than the inventory has it, with a correction. */
  readonly lower: number;
}

/** Words for {@link Counts.by}, in the order shown. */
export const WAYS = ['verb', 'check', 'procedure', 'setting', 'manual', 'nothing'] as const;

const wayOf = ({ served }: Judged): string => (served?.by === 'line' ? 'verb' : (served?.by ?? 'nothing'));

/** A row with a complaint counts as not served, and so does one that is no operation. */
export function countRows(judged: readonly Judged[]): Counts {
  const good = judged.filter(({ served, complaints }) => served !== undefined && complaints.length === 0);
  const by = Object.fromEntries(WAYS.map((way) => [way, good.filter((one) => wayOf(one) === way).length]));
  return {
    rows: judged.length,
    served: good.filter(({ served }) => served?.by !== 'nothing').length,
    by,
    lower: good.filter(({ isLower }) => isLower).length,
  };
}

/** What serves a row, as people would type or find it. */
export function wordsOf(served: Served | undefined): string {
  if (served === undefined) return 'nothing yet';
  switch (served.by) {
    case 'nothing':
      return served.why;
    case 'check':
      return `check ${served.check} of ${served.service}`;
    case 'setting':
      return served.path;
    default:
      return served.line;
  }
}
