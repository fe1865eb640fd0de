import { z } from 'zod';
import { type Outcome, succeeded } from '../domain/outcome.ts';
import type { Repository } from './issues.ts';

/** A file on a branch. */
export interface StandingFile {
  readonly text: string;
  /** By which GitHub knows this very version. */
  readonly sha: string;
}

const Content = z.object({ type: z.literal('file'), sha: z.string(), content: z.string() });

/** A file as it stands on a branch; undefined where there is none. */
export async function fileAt(
  { github, owner, repo }: Repository,
  path: string,
  branch: string,
): Promise<Outcome<StandingFile | undefined>> {
  const found = await github.ask(
    'GET /repos/{owner}/{repo}/contents/{path}',
    { owner, repo, path, ref: branch },
    Content,
  );
  if (found.kind === 'failed' && found.code === 'TARGET_NOT_FOUND') return succeeded(undefined);
  if (found.kind !== 'succeeded') return found;
  const { sha, content } = found.value;
  return succeeded({ sha, text: Buffer.from(content, 'base64').toString('utf8').replaceAll('\r\n', '\n') });
}

/** Writes a file on a branch in place of the version that was seen; `TARGET_DIVERGED` where it is another one by now. */
export const writeFile = (
  { github, owner, repo }: Repository,
  file: {
    readonly path: string;
    readonly branch: string;
    readonly text: string;
    readonly message: string;
    readonly sha: string | undefined;
  },
): Promise<Outcome<unknown>> => {
  const { path, branch, text, message, sha } = file;
  const content = Buffer.from(text, 'utf8').toString('base64');
  const seen = sha === undefined ? {} : { sha };
  return github.ask(
    'PUT /repos/{owner}/{repo}/contents/{path}',
    { owner, repo, path, branch, message, content, ...seen },
    z.object({ content: z.object({ sha: z.string() }) }),
  );
};
