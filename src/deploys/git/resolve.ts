import type { Read } from '../../components/component.ts';
import { corrections, didYouMean } from '../../domain/nearest.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import { localCommit, shortSha, someOf } from './checkout.ts';
import { newestTags, type Remote } from './remote.ts';
import type { GitSettings } from './settings.ts';

/** A version as the remote or the target knows it. */
export interface Aim {
  readonly sha: string;
  /** How people named it. */
  readonly name: string;
  /** What brings it to the target; absent = it is there. */
  readonly fetch?: string;
  /** The checkout follows this branch afterwards; absent = it stands at that very commit. */
  readonly branch?: string;
}

const VERSION = /^[A-Za-z0-9][A-Za-z0-9._/+-]{0,199}$/;
const HEX = /^[0-9a-f]{7,64}$/;
const WHOLE = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Refuses what no branch, tag or commit can be called; nothing of it reaches the target. */
export function readVersion(typed: string): Outcome<string> {
  if (VERSION.test(typed) && !typed.includes('..') && !typed.endsWith('.lock')) return succeeded(typed);
  return failed(
    'INPUT_INVALID_VALUE',
    `${JSON.stringify(typed.slice(0, 80))} is not a version`,
    'Write a branch, a tag, or at least 7 characters of a commit.',
  );
}

const branchAim = (given: GitSettings, name: string, sha: string): Aim => ({
  sha,
  name,
  fetch: `+refs/heads/${name}:refs/remotes/${given.remote}/${name}`,
  ...(name === given.branch ? { branch: name } : {}),
});

const tagAim = (name: string, sha: string): Aim => ({
  sha,
  name,
  fetch: `+refs/tags/${name}:refs/tags/${name}`,
});

/** What a name stands for at the remote: `main`, `v1.4.0`, or told apart as `heads/x` and `tags/x`. */
function named(given: GitSettings, remote: Remote, version: string): Outcome<Aim | undefined> {
  const [, kind, name = ''] = /^(?:refs\/)?(heads|tags)\/(.+)$/.exec(version) ?? [
    undefined,
    undefined,
    version,
  ];
  const branch = kind === 'tags' ? undefined : remote.branches.get(name);
  const tag = kind === 'heads' ? undefined : remote.tags.get(name);
  if (branch !== undefined && tag !== undefined && branch !== tag)
    return {
      ...failed(
        'INPUT_INVALID_VALUE',
        `"${name}" is a branch (${shortSha(branch)}) and a tag (${shortSha(tag)}) at ${given.remote}`,
        `Say which: heads/${name} or tags/${name}.`,
      ),
      instead: [`heads/${name}`, `tags/${name}`].map((meant) => ({ typed: version, meant })),
    };
  if (branch !== undefined) return succeeded(branchAim(given, name, branch));
  return succeeded(tag === undefined ? undefined : tagAim(name, tag));
}

/** The branch or tag whose commit begins like this. */
function advertised(given: GitSettings, remote: Remote, hex: string): Outcome<Aim | undefined> {
  const begins = ([, sha]: readonly [string, string]): boolean => sha.startsWith(hex);
  const branches = [...remote.branches].filter(begins);
  const tags = [...remote.tags].filter(begins);
  const shas = [...new Set([...branches, ...tags].map(([, sha]) => sha))];
  const [sha, other] = shas;
  if (sha === undefined) return succeeded(undefined);
  if (other !== undefined)
    return failed('INPUT_INVALID_VALUE', `${shas.length} commits begin with ${hex}`, 'Write more of it.');
  const [branch] = branches;
  const [tag] = tags;
  const aim =
    branch === undefined
      ? tagAim(tag?.[0] ?? '', sha)
      : { ...branchAim(given, branch[0], sha), branch: undefined };
  const { branch: _, ...rest } = aim;
  return succeeded({ ...rest, name: shortSha(sha) });
}

/** A commit that no branch or tag ends at: one the target has, or in full one that the deployed branch may bring. */
async function commit(read: Read, given: GitSettings, hex: string): Promise<Outcome<Aim | undefined>> {
  const local = await localCommit(read, given, hex);
  if (local.kind !== 'succeeded') return local;
  const { sha } = local.value ?? {};
  if (sha?.startsWith(hex) === true) return succeeded({ sha, name: shortSha(sha) });
  if (!WHOLE.test(hex)) return succeeded(undefined);
  const { fetch } = branchAim(given, given.branch, hex);
  return succeeded({ sha: hex, name: shortSha(hex), ...(fetch === undefined ? {} : { fetch }) });
}

function unknownVersion(given: GitSettings, remote: Remote, version: string) {
  const tags = newestTags(remote);
  const branches = [...remote.branches.keys()].toSorted(
    (a, b) => Number(b === given.branch) - Number(a === given.branch) || a.localeCompare(b),
  );
  const known = [...branches, ...tags];
  const shown = (title: string, names: readonly string[]): string =>
    names.length === 0 ? `There are no ${title}.` : `Newest ${title}: ${someOf(names)}.`;
  return {
    ...failed(
      'INPUT_INVALID_VALUE',
      `there is no branch, tag or commit "${version}" at ${given.remote} (${remote.url}).${didYouMean(version, known)}`,
      `${shown('tags', tags)} ${shown('branches', branches).replace('Newest b', 'B')}${
        HEX.test(version) ? ' A commit that none of them ends at is written with all of its characters.' : ''
      }`,
    ),
    ...corrections(version, known),
  };
}

/** Finds what a version means: a branch or tag of the remote first, then a commit. */
export async function resolveVersion(
  read: Read,
  given: GitSettings,
  of: { readonly remote: Remote; readonly version: string | undefined },
): Promise<Outcome<Aim>> {
  const version = readVersion(of.version ?? given.branch);
  if (version.kind !== 'succeeded') return version;
  const byName = named(given, of.remote, version.value);
  if (byName.kind !== 'succeeded') return byName;
  if (byName.value !== undefined) return succeeded(byName.value);
  if (!HEX.test(version.value)) return unknownVersion(given, of.remote, version.value);
  const ends = advertised(given, of.remote, version.value);
  if (ends.kind !== 'succeeded') return ends;
  if (ends.value !== undefined) return succeeded(ends.value);
  const found = await commit(read, given, version.value);
  if (found.kind !== 'succeeded') return found;
  return found.value === undefined ? unknownVersion(given, of.remote, version.value) : succeeded(found.value);
}
