import type { Read } from '../../components/component.ts';
import type { Version } from '../../domain/deploy.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import { look, lookup } from './calls.ts';
import type { GitSettings } from './settings.ts';

/** A commit as people are shown it. */
export interface Commit {
  readonly sha: string;
  /** When it was made, unix seconds. */
  readonly at: number;
  readonly subject: string;
}

/** Characters of a SHA that people are shown, and that tags of images carry. */
export const SHORT = 7;

/** The first characters of a SHA. */
export const shortSha = (sha: string): string => sha.slice(0, SHORT);

const SUBJECT_CHARACTERS = 72;

/** A commit as a version: `a1b2c3d "Fix the login"`. */
export function versionOf({ sha, subject }: Pick<Commit, 'sha' | 'subject'>): Version {
  const characters = [...subject.replaceAll(/[\p{Cc}\p{Cf}]/gu, ' ').trim()];
  const shown =
    characters.length > SUBJECT_CHARACTERS
      ? `${characters.slice(0, SUBJECT_CHARACTERS - 1).join('')}…`
      : characters.join('');
  return { id: sha, label: `${shortSha(sha)} "${shown}"` };
}

/** Prints of each commit what {@link readCommits} reads. */
export const COMMIT_FORMAT = '--format=%H %ct %s';

/** Reads lines of {@link COMMIT_FORMAT}. */
export const readCommits = (stdout: string): readonly Commit[] =>
  stdout.split('\n').flatMap((line) => {
    const [, sha, at, subject] = /^([0-9a-f]{40,64}) (\d+) ?(.*)$/.exec(line) ?? [];
    return sha === undefined ? [] : [{ sha, at: Number(at), subject: subject ?? '' }];
  });

/** What stands in the folder. */
export interface Checkout {
  readonly head: Commit;
  /** Absent = no branch, but that very commit. */
  readonly branch?: string;
}

/** Reads what is checked out. */
export async function readCheckout(read: Read, given: GitSettings): Promise<Outcome<Checkout>> {
  const [log, branch] = await Promise.all([
    look(read, given, 'log', '-1', COMMIT_FORMAT, 'HEAD'),
    lookup(read, given, { args: ['symbolic-ref', '-q', '--short', 'HEAD'], none: [1] }),
  ]);
  if (log.kind !== 'succeeded') return log;
  if (branch.kind !== 'succeeded') return branch;
  const [head] = readCommits(log.value);
  if (head === undefined)
    return failed('TARGET_UNEXPECTED_ANSWER', `git in ${given.folder} did not say which commit is there`);
  const name = branch.value?.trim();
  return succeeded({ head, ...(name === undefined || name === '' ? {} : { branch: name }) });
}

/** Most names that are listed. */
const LISTED = 10;

/** The first of a list, and how many more there are. */
export function someOf(all: readonly string[]): string {
  const more = all.length - LISTED;
  return more <= 0 ? all.join(', ') : `${all.slice(0, LISTED).join(', ')} and ${more} more`;
}

/** Refuses a checkout in which somebody has edited what belongs to git; other files there are nobody's business. */
export async function refuseEdits(read: Read, given: GitSettings): Promise<Outcome<void>> {
  const status = await look(read, given, 'status', '--porcelain', '--untracked-files=no');
  if (status.kind !== 'succeeded') return status;
  const files = status.value
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.slice(3));
  if (files.length === 0) return succeeded(undefined);
  return failed(
    'TARGET_DIVERGED',
    `${given.folder} has edits of its own on the target: ${someOf(files)}`,
    `Look at them there with \`git -C ${given.folder} diff\`; commit them to the repository, or put them away with \`git -C ${given.folder} stash\`.`,
  );
}

/** The commit of this name in the folder; undefined where it is not there. */
export async function localCommit(
  read: Read,
  given: GitSettings,
  name: string,
): Promise<Outcome<Commit | undefined>> {
  const args = ['log', '-1', COMMIT_FORMAT, `${name}^{commit}`, '--'];
  const found = await lookup(read, given, { args, none: [128] });
  if (found.kind !== 'succeeded') return found;
  return succeeded(readCommits(found.value ?? '')[0]);
}

/** Commits reachable from one that are not from another, in words for people; undefined where that cannot be told. */
export async function commitsBeyond(
  read: Read,
  given: GitSettings,
  between: { readonly from: string; readonly not: string },
): Promise<Outcome<readonly string[] | undefined>> {
  const args = ['log', `--max-count=${LISTED + 1}`, COMMIT_FORMAT, between.from, `^${between.not}`, '--'];
  const found = await lookup(read, given, { args, none: [128] });
  if (found.kind !== 'succeeded' || found.value === undefined)
    return found.kind === 'succeeded' ? succeeded(undefined) : found;
  return succeeded(readCommits(found.value).map((commit) => versionOf(commit).label));
}
