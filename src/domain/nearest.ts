import { distance } from 'fastest-levenshtein';
import type { Correction } from './outcome.ts';

/** The known word closest to a misspelt one, when it is close enough to be meant. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  const [best] = known
    .map((candidate) => ({ candidate, far: distance(wanted, candidate.toLowerCase()) }))
    .toSorted((a, b) => a.far - b.far);
  return best !== undefined && best.far <= Math.max(2, Math.floor(wanted.length / 3))
    ? best.candidate
    : undefined;
}

/** The nearest word as a correction, where there is one. */
export function corrections(
  word: string,
  known: readonly string[],
): { readonly instead?: readonly Correction[] } {
  const best = nearest(word, known);
  return best === undefined ? {} : { instead: [{ typed: word, meant: best }] };
}

/** ` Did you mean "status"?`, or nothing; to be put behind a refusal. */
export function didYouMean(word: string, known: readonly string[]): string {
  const best = nearest(word, known);
  return best === undefined ? '' : ` Did you mean "${best}"?`;
}
