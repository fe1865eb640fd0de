import type { Read } from '../../components/component.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import { gitLook, look, said, withoutLogin } from './calls.ts';
import type { GitSettings } from './settings.ts';

/** How long a remote may take to answer, and how much of it is read: some have ten thousand tags. */
const REMOTE_BOUNDS = { deadlineMs: 30_000, outputCapBytes: 4 * 1024 * 1024 } as const;

/** Branches and tags of a remote by their names, each with the commit it stands for. */
export interface Remote {
  /** Without a login. */
  readonly url: string;
  readonly branches: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string>;
}

const LINE = /^([0-9a-f]{40,64})\trefs\/(heads|tags)\/(.+?)(\^\{\})?$/;

/** Reads what `git ls-remote --heads --tags` prints; an annotated tag stands for the commit it points at. */
export function readRefs(stdout: string): Pick<Remote, 'branches' | 'tags'> {
  const branches = new Map<string, string>();
  const tags = new Map<string, string>();
  for (const line of stdout.split('\n')) {
    const [, sha = '', kind, name = ''] = LINE.exec(line) ?? [];
    // The peeled line comes after the tag's own.
    if (kind !== undefined) (kind === 'heads' ? branches : tags).set(name, sha);
  }
  return { branches, tags };
}

/** The address of the remote, without a login. */
export async function remoteUrl(read: Read, given: GitSettings): Promise<Outcome<string>> {
  const url = await look(read, given, 'remote', 'get-url', given.remote);
  return url.kind === 'succeeded' ? succeeded(withoutLogin(url.value.trim())) : url;
}

/** Asks the remote what it has. */
export async function askRemote(read: Read, given: GitSettings): Promise<Outcome<Remote>> {
  const url = await remoteUrl(read, given);
  if (url.kind !== 'succeeded') return url;
  const call = gitLook(given, 'ls-remote', '--heads', '--tags', '--', given.remote);
  const answer = await read(call, REMOTE_BOUNDS);
  if (answer.kind !== 'succeeded') return answer;
  if (answer.value.code !== 0)
    return failed(
      'TARGET_UNREACHABLE',
      `${given.remote} (${url.value}) does not answer git on the target: ${said(answer.value)}`,
      'See that the address is right and that the account there may read it. Nothing was done.',
    );
  return succeeded({ url: url.value, ...readRefs(answer.value.stdout) });
}

const byNumber = new Intl.Collator('en', { numeric: true });

/** Names of tags, those with the highest numbers first. */
export const newestTags = ({ tags }: Pick<Remote, 'tags'>): readonly string[] =>
  [...tags.keys()].toSorted((a, b) => byNumber.compare(b, a));
