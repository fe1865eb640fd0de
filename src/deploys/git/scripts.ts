import type { ArgvCall } from '../../domain/call.ts';
import { GIT_WORDS } from './calls.ts';
import { type As, dockerAs, type GitSettings, gitAs, type Program } from './settings.ts';

/** Words before a program that make it run as somebody else; the account's name was checked by the settings. */
const prefix = ({ sudo, user }: As): string => {
  if (user !== undefined) return `sudo -n -u ${user} -- `;
  return sudo === true ? 'sudo -n -- ' : '';
};

/**
 * How each script begins: the folder, git in it, and what must be checked out there now. A script is constant but for the
 * accounts; versions, names and programs reach it as words only, and no shell reads them.
 */
const beginning = (given: GitSettings): string => `
folder=$1 must=$2; shift 2
g() { ${prefix(gitAs(given))}${GIT_WORDS.join(' ')} -C "$folder" "$@"; }
d() { ${prefix(dockerAs(given))}docker "$@"; }
say() { printf '%s\\n' "$*" >&2; }
head=$(g rev-parse HEAD) || exit 1
if [ "$head" != "$must" ]; then say "$folder stands at $head, not at $must: somebody moved it"; exit 1; fi
`;

const call = (
  given: GitSettings,
  script: string,
  words: { readonly must: string; readonly rest: readonly string[] },
): ArgvCall => ({
  kind: 'argv',
  argv: [
    'sh',
    '-c',
    `${beginning(given)}${script}`.trim(),
    'deploy',
    given.folder,
    words.must,
    ...words.rest,
  ],
});

/** An image that a version's tag names already was not built since: it is not this version's. */
const KEEP = `
g update-ref "$1/$must" "$must" || exit 1
shift
while [ $# -gt 1 ]; do
  image=$1 kept=$2; shift 2
  if ! tags=$(d image inspect --format '{{range .RepoTags}}{{println .}}{{end}}' "$image"); then
    say "$image is not there, so it is not kept"; continue
  fi
  if printf '%s\\n' "$tags" | grep -v -x -F "$kept" | grep -q ':botswain-'; then
    say "$image is another version's, so it is not kept for this one"; continue
  fi
  d image tag "$image" "$kept" || exit 1
  say "$image is kept as $kept"
done
`;

/** Keeps what stands there now: the commit under a ref, each image under a tag. */
export const keepCall = (
  given: GitSettings,
  of: {
    readonly head: string;
    readonly refs: string;
    readonly images: readonly (readonly [string, string])[];
  },
): ArgvCall => call(given, KEEP, { must: of.head, rest: [of.refs, ...of.images.flat()] });

const UNEDITED = `
edits=$(g status --porcelain --untracked-files=no) || exit 1
if [ -n "$edits" ]; then say "there are edits of its own in $folder:"; say "$edits"; exit 1; fi
if ! g cat-file -e "$1^{commit}"; then say "$1 did not come with the fetch: is it at the remote still?"; exit 1; fi
`;

const MOVED = `
[ "$(g rev-parse HEAD)" = "$1" ] || { say "git ended well, but $1 is not checked out"; exit 1; }
`;

const TO_COMMIT = `${UNEDITED}
g checkout -q --detach "$1" -- || exit 1
${MOVED}`;

/** On the branch already it is merged forward; else the branch is, and then checked out. */
const ALONG_BRANCH = `${UNEDITED}
tip=$(g rev-parse -q --verify "refs/heads/$2^{commit}") || tip=$1
if ! g merge-base --is-ancestor "$tip" "$1"; then
  say "branch $2 has commits here that $1 lacks:"; g log --oneline --max-count=10 "$1..$tip" >&2; exit 1
fi
if [ "$(g symbolic-ref -q --short HEAD)" = "$2" ]; then g merge -q --ff-only "$1" || exit 1
else g checkout -q -B "$2" "$1" -- || exit 1; fi
${MOVED}`;

/** Moves the checkout from one commit to another; along a branch only forward. */
export const moveCall = (
  given: GitSettings,
  of: { readonly from: string; readonly to: string; readonly branch?: string | undefined },
): ArgvCall =>
  of.branch === undefined
    ? call(given, TO_COMMIT, { must: of.from, rest: [of.to] })
    : call(given, ALONG_BRANCH, { must: of.from, rest: [of.to, of.branch] });

/** Another account's folder may be closed to the one we log in as; `env -C` enters it as that account. */
const inFolder = (as: string): string =>
  as === ''
    ? 'cd "$folder" && exec "$@"'
    : `cd "$folder" 2>/dev/null && exec ${as}"$@"
exec ${as}env -C "$folder" "$@"`;

/** Runs a program in the folder, where the wanted version must be checked out by then. */
export const programCall = (given: GitSettings, head: string, program: Program): ArgvCall =>
  call(given, inFolder(prefix(program.as ?? gitAs(given))), { must: head, rest: program.argv });

const RETAG = `
while [ $# -gt 1 ]; do
  d image tag "$1" "$2" || exit 1
  say "$2 is $1 again"; shift 2
done
`;

/** Gives images their name back that were kept under a tag. */
export const retagCall = (
  given: GitSettings,
  of: { readonly head: string; readonly images: readonly (readonly [string, string])[] },
): ArgvCall => call(given, RETAG, { must: of.head, rest: of.images.flat() });

/** What cannot be taken away is in use, or gone; neither makes a release a bad one. */
const FORGET = `
while [ $# -gt 0 ] && [ "$1" != -- ]; do
  g update-ref -d "$1" && say "forgot $1"; shift
done
[ $# -gt 0 ] && shift
for image in "$@"; do
  d image inspect "$image" >/dev/null 2>&1 || continue
  d image rm "$image" >/dev/null && say "removed $image"
done
exit 0
`;

/** Lets go of versions that were kept long enough. */
export const forgetCall = (
  given: GitSettings,
  of: { readonly head: string; readonly refs: readonly string[]; readonly images: readonly string[] },
): ArgvCall => call(given, FORGET, { must: of.head, rest: [...of.refs, '--', ...of.images] });
