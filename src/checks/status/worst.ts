import type { Verdict } from '../../domain/verdict.ts';
import type { Look } from '../check.ts';
import { oneLine } from './one-line.ts';

/** One thing a look noticed. */
export interface Remark {
  readonly verdict: Verdict;
  readonly words: string;
}

const ORDER: readonly Verdict[] = ['fail', 'unknown', 'warn', 'pass'];

const rank = ({ verdict }: Remark): number => ORDER.indexOf(verdict);

/** What several remarks about one thing come to: the worst of them decides and is said first; at least one is given. */
export function worstLook(subject: string, remarks: readonly Remark[]): Look {
  const sorted = remarks.toSorted((one, other) => rank(one) - rank(other));
  const worst = sorted[0]?.verdict ?? 'unknown';
  const said = worst === 'pass' ? sorted : sorted.filter(({ verdict }) => verdict !== 'pass');
  return { verdict: worst, summary: oneLine(`${subject}: ${said.map(({ words }) => words).join('; ')}`) };
}
