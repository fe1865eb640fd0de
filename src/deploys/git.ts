import type { Read } from '../components/component.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Deploy, DeployKind, Drafted, Present, Wanted } from './deploy.ts';
import {
  type Checkout,
  commitsBeyond,
  localCommit,
  readCheckout,
  refuseEdits,
  shortSha,
  someOf,
  versionOf,
} from './git/checkout.ts';
import { areKept, imageIds } from './git/images.ts';
import { keptCommits, tooOld } from './git/kept.ts';
import { behindOf, presentOf } from './git/present.ts';
import { askRemote, remoteUrl } from './git/remote.ts';
import { type Aim, readVersion, resolveVersion } from './git/resolve.ts';
import { type GitSettings, gitSettings } from './git/settings.ts';
import {
  buildSteps,
  fetchSteps,
  forgetSteps,
  installSteps,
  keepStep,
  moveStep,
  retagStep,
} from './git/steps.ts';

/** Refuses to follow a branch that has commits on the target which the wanted version lacks. */
async function refuseDiverged(
  read: Read,
  given: GitSettings,
  of: { readonly aim: Aim; readonly checkout: Checkout },
): Promise<Outcome<void>> {
  const { aim, checkout } = of;
  if (aim.branch === undefined) return succeeded(undefined);
  const from = checkout.branch === aim.branch ? 'HEAD' : `refs/heads/${aim.branch}`;
  const beyondWanted = await commitsBeyond(read, given, { from, not: aim.sha });
  if (beyondWanted.kind !== 'succeeded') return beyondWanted;
  // What is not fetched yet cannot be compared with; what was fetched last can.
  const not = `refs/remotes/${given.remote}/${aim.branch}`;
  const isFetched = beyondWanted.value !== undefined;
  const beyond = isFetched ? beyondWanted : await commitsBeyond(read, given, { from, not });
  if (beyond.kind !== 'succeeded') return beyond;
  if (beyond.value === undefined || beyond.value.length === 0) return succeeded(undefined);
  return failed(
    'TARGET_DIVERGED',
    `branch ${aim.branch} in ${given.folder} has commits that ${given.remote} ${isFetched ? 'lacks' : 'lacked when it was last fetched'}: ${someOf(beyond.value)}`,
    `Push or rebase them there by hand first, or deploy a tag or a commit instead, which leaves that branch alone.`,
  );
}

interface Surveyed {
  readonly checkout: Checkout;
  readonly url: string;
  readonly images: Readonly<Record<string, string | null>>;
}

async function survey(read: Read, given: GitSettings): Promise<Outcome<Surveyed>> {
  const checkout = await readCheckout(read, given);
  if (checkout.kind !== 'succeeded') return checkout;
  const [edits, url, images] = await Promise.all([
    refuseEdits(read, given),
    remoteUrl(read, given),
    imageIds(read, given, given.images),
  ]);
  if (edits.kind !== 'succeeded') return edits;
  if (url.kind !== 'succeeded') return url;
  if (images.kind !== 'succeeded') return images;
  return succeeded({ checkout: checkout.value, url: url.value, images: images.value });
}

async function draft(
  read: Read,
  given: GitSettings,
  of: {
    readonly surveyed: Surveyed;
    readonly aim: Aim;
    readonly wanted: Wanted;
    readonly isKept: boolean;
  },
): Promise<Outcome<Drafted>> {
  const { aim, isKept } = of;
  const { checkout, url, images } = of.surveyed;
  const [commit, kept] = await Promise.all([localCommit(read, given, aim.sha), keptCommits(read, given)]);
  if (commit.kind !== 'succeeded') return commit;
  if (kept.kind !== 'succeeded') return kept;
  const from = checkout.head.sha;
  const old = tooOld(kept.value, { known: of.wanted.known, inUse: [aim.sha, from] });
  return succeeded({
    release: {
      from: versionOf(checkout.head),
      to:
        commit.value === undefined
          ? { id: aim.sha, label: `${shortSha(aim.sha)} (${aim.name})` }
          : versionOf(commit.value),
    },
    facts: { head: from, branch: checkout.branch ?? null, remote: url, images },
    before: [
      keepStep(given, from),
      ...fetchSteps(given, aim),
      moveStep(given, { from, to: aim.sha, branch: aim.branch }),
      ...installSteps(given, aim.sha),
      ...(isKept ? [retagStep(given, aim.sha)] : buildSteps(given, aim.sha)),
    ],
    after: forgetSteps(given, { head: aim.sha, old }),
  });
}

async function deploy(read: Read, given: GitSettings, wanted: Wanted): Promise<Outcome<Drafted>> {
  const version = readVersion(wanted.version ?? given.branch);
  if (version.kind !== 'succeeded') return version;
  const surveyed = await survey(read, given);
  if (surveyed.kind !== 'succeeded') return surveyed;
  const remote = await askRemote(read, given);
  if (remote.kind !== 'succeeded') return remote;
  const aim = await resolveVersion(read, given, { remote: remote.value, version: version.value });
  if (aim.kind !== 'succeeded') return aim;
  const { checkout } = surveyed.value;
  const diverged = await refuseDiverged(read, given, { aim: aim.value, checkout });
  if (diverged.kind !== 'succeeded') return diverged;
  return draft(read, given, { surveyed: surveyed.value, aim: aim.value, wanted, isKept: false });
}

async function rollback(read: Read, given: GitSettings, wanted: Wanted): Promise<Outcome<Drafted>> {
  const version = readVersion(wanted.version ?? '');
  if (version.kind !== 'succeeded') return version;
  const surveyed = await survey(read, given);
  if (surveyed.kind !== 'succeeded') return surveyed;
  const commit = await localCommit(read, given, version.value);
  if (commit.kind !== 'succeeded') return commit;
  if (commit.value === undefined)
    return failed(
      'INPUT_INVALID_VALUE',
      `${given.folder} on the target has no version "${version.value}" to go back to`,
      'Look at `releases` for those it has, or `deploy` that version: then it is fetched.',
    );
  const { sha } = commit.value;
  const kept = await areKept(read, given, sha);
  if (kept.kind !== 'succeeded') return kept;
  const aim = { sha, name: shortSha(sha) };
  return draft(read, given, { surveyed: surveyed.value, aim, wanted, isKept: kept.value });
}

/** A checkout on a host that follows a repository: pulled, built there, and restarted. */
export const gitKind: DeployKind = {
  kind: 'git',
  summary: 'A checkout on the host: fetched, moved, installed or built there, then restarted',
  calls: ['argv'],
  settings: gitSettings,
  bind(settings): Deploy {
    const given = gitSettings.parse(settings);
    return {
      deploy: (read, wanted) => deploy(read, given, wanted),
      rollback: (read, wanted) => rollback(read, given, wanted),
      present: (read): Promise<Outcome<Present>> => presentOf(read, given),
      behind: (read) => behindOf(read, given),
    };
  },
};
