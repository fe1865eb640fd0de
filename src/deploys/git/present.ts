import type { Read } from '../../components/component.ts';
import { type Outcome, succeeded } from '../../domain/outcome.ts';
import type { Present } from '../deploy.ts';
import { look, lookup } from './calls.ts';
import { readCheckout, shortSha, versionOf } from './checkout.ts';
import { areKept } from './images.ts';
import { keptCommits } from './kept.ts';
import { askRemote } from './remote.ts';
import type { GitSettings } from './settings.ts';

/** Milliseconds since the epoch at which HEAD was moved last; git forgets it after 90 days. */
async function movedAt(read: Read, given: GitSettings): Promise<Outcome<number | undefined>> {
  const args = ['log', '-1', '-g', '--date=unix', '--format=%gd', 'HEAD'];
  const found = await lookup(read, given, { args, none: [128] });
  if (found.kind !== 'succeeded') return found;
  const seconds = /@\{(\d+)\}/.exec(found.value ?? '')?.[1];
  return succeeded(seconds === undefined ? undefined : Number(seconds) * 1000);
}

/** What stands in the folder, and what of it can be gone back to. */
export async function presentOf(read: Read, given: GitSettings): Promise<Outcome<Present>> {
  const checkout = await readCheckout(read, given);
  if (checkout.kind !== 'succeeded') return checkout;
  const [since, commits] = await Promise.all([movedAt(read, given), keptCommits(read, given)]);
  if (since.kind !== 'succeeded') return since;
  if (commits.kind !== 'succeeded') return commits;
  const { head, branch } = checkout.value;
  const marked = await Promise.all(
    commits.value
      .filter(({ sha }) => sha !== head.sha)
      .map(async (commit) => ({ commit, isKept: await areKept(read, given, commit.sha) })),
  );
  const needsNone = given.build.length === 0;
  const isAtHand = ({ isKept }: (typeof marked)[number]): boolean =>
    needsNone || (isKept.kind === 'succeeded' && isKept.value);
  const versions = (all: typeof marked) => all.map(({ commit }) => versionOf(commit));
  return succeeded({
    runs: versionOf(head),
    ...(since.value === undefined ? {} : { since: since.value }),
    follows: branch === undefined ? 'no branch' : `branch ${branch}`,
    kept: versions(marked.filter(isAtHand)),
    there: versions(marked.filter((each) => !isAtHand(each))),
  });
}

/** How far the folder is behind its branch at the remote; counted only where what is there was fetched before. */
export async function behindOf(read: Read, given: GitSettings): Promise<Outcome<string>> {
  const remote = await askRemote(read, given);
  if (remote.kind !== 'succeeded') return remote;
  const { branch } = given;
  const tip = remote.value.branches.get(branch);
  if (tip === undefined) return succeeded(`${given.remote} has no branch ${branch}`);
  const head = await look(read, given, 'rev-parse', 'HEAD');
  if (head.kind !== 'succeeded') return head;
  if (head.value.trim() === tip) return succeeded(`at the tip of ${branch}`);
  const args = ['rev-list', '--count', `HEAD..${tip}`, '--'];
  const count = await lookup(read, given, { args, none: [128] });
  if (count.kind !== 'succeeded') return count;
  const commits = count.value?.trim();
  if (commits === undefined) return succeeded(`newer exists: ${branch} is at ${shortSha(tip)}`);
  if (commits === '0') return succeeded(`ahead of ${branch}, which is at ${shortSha(tip)}`);
  return succeeded(`${commits} ${commits === '1' ? 'commit' : 'commits'} behind ${branch}`);
}
