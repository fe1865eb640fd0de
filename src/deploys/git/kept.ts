import type { Read } from '../../components/component.ts';
import type { Version } from '../../domain/deploy.ts';
import { type Outcome, succeeded } from '../../domain/outcome.ts';
import { look } from './calls.ts';
import { type Commit, readCommits } from './checkout.ts';
import type { GitSettings } from './settings.ts';

/** Where commits are kept from being forgotten by git. */
export const KEPT_REFS = 'refs/botswain/kept';

/** Most versions kept on a target. */
const MOST_KEPT = 5;

/** The versions kept on the target, the youngest commit first. */
export async function keptCommits(read: Read, given: GitSettings): Promise<Outcome<readonly Commit[]>> {
  const format = '--format=%(objectname) %(committerdate:unix) %(subject)';
  const refs = await look(read, given, 'for-each-ref', '--sort=-committerdate', format, KEPT_REFS);
  return refs.kind === 'succeeded' ? succeeded(readCommits(refs.value)) : refs;
}

/**
 * The kept versions that go: all but the newest. How new one is goes by its last release; those of which the journal knows
 * nothing are the oldest, the younger commit first.
 */
export function tooOld(
  kept: readonly Commit[],
  of: { readonly known: readonly Version[]; readonly inUse: readonly string[] },
): readonly string[] {
  const released = [...new Set([...of.inUse, ...of.known.map(({ id }) => id)])];
  const rank = (sha: string): number => {
    const at = released.indexOf(sha);
    return at < 0 ? released.length : at;
  };
  const all = [...new Set([...of.inUse, ...kept.map(({ sha }) => sha)])];
  const newestFirst = all.toSorted((a, b) => rank(a) - rank(b));
  return newestFirst.slice(MOST_KEPT).filter((sha) => !of.inUse.includes(sha));
}
