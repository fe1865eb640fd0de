import { z } from 'zod';
import type { PostMortemSettings } from '../src/domain/post-mortem-settings.ts';
import { secretReference } from './fields.ts';

const repository = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9-]*\/[\w.-]+$/, {
  error: (issue) =>
    `${JSON.stringify(issue.input)} is not a repository\nwrite owner and name as GitHub has them: acme/operations`,
});

const folder = z.string().regex(/^(?!.*\.\.)[\w][\w./ -]*[\w]$|^\w$/, {
  error: (issue) =>
    `${JSON.stringify(issue.input)} is not a folder of a repository\nwrite it from the root of the repository on: docs/post-mortems`,
});

/** `post_mortems` as it is written in botswain.yaml. */
export const postMortemsSetting = z
  .strictObject({
    repository: repository.describe(
      'where they are kept on GitHub: owner/name; they name hosts and people, so a private one',
    ),
    as: z
      .enum(['issue', 'pull-request'])
      .default('issue')
      .describe('what the button makes: an issue, or a pull request that brings in a file'),
    folder: folder.default('post-mortems').describe('folder of those files'),
    token: secretReference
      .optional()
      .describe('a token that may write issues, contents and pull requests there; absent = `GITHUB_TOKEN`'),
  })
  .optional()
  .describe('where people write post-mortems together; absent = they are given as files in the chat');

/** Puts `post_mortems` into the shape the program works with. */
export function placePostMortems({
  repository: whole,
  as,
  folder: path,
  token,
}: NonNullable<z.infer<typeof postMortemsSetting>>): PostMortemSettings {
  const [owner = '', repo = ''] = whole.split('/');
  return {
    owner,
    repo,
    folder: path,
    as: as === 'issue' ? 'issue' : 'pull request',
    ...(token === undefined ? {} : { token }),
  };
}
