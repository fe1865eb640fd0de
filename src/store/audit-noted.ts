import type { NotedHead } from '../workflow/journal.ts';

/** A noted head that was met in the chain. */
export interface Seen extends NotedHead {
  readonly sequence: number;
  /** When the record was written, epoch milliseconds. */
  readonly at: number;
}

interface Link {
  readonly sequence: number;
  readonly hash: string;
  readonly at: number;
}

/** The noted heads that this record is; a person may give the first characters of a hash only. */
export const seenIn = (noted: readonly NotedHead[], { sequence, hash, at }: Link): readonly Seen[] =>
  noted
    .filter((head) => hash.startsWith(head.hash) && (head.sequence ?? sequence) === sequence)
    .map((head) => ({ ...head, sequence, at }));

/**
 * What contradicts a record by what was noted of it; without a record, at the end of the chain, what was noted and never
 * met. Whoever writes the whole log anew, head and all, cannot reach what was noted elsewhere.
 */
export function noteFault(
  noted: readonly NotedHead[],
  seen: readonly Seen[],
  row: Link | undefined,
): string | undefined {
  const last = seen.at(-1)?.sequence ?? 0;
  const since = `what was written after record ${last} is not all there as it was`;
  if (row !== undefined) {
    const other = noted.find(({ sequence, hash }) => sequence === row.sequence && !row.hash.startsWith(hash));
    return other === undefined
      ? undefined
      : `record ${row.sequence} is not what was written: ${other.where} has another hash (${since})`;
  }
  const lost = noted.find(({ hash }) => !seen.some((met) => met.hash === hash));
  if (lost === undefined) return undefined;
  return lost.sequence === undefined
    ? `no record has the hash ${lost.hash}, ${lost.where}: ${since}`
    : `record ${lost.sequence} is missing: ${lost.where} has its hash`;
}
