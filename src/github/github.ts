import { createGithub, type GithubAccess } from './client.ts';
import { putIssue } from './issues.ts';
import { putPullRequest } from './pull-requests.ts';
import type { Shelf } from './shelf.ts';

/** Where on GitHub documents are kept. */
export interface GithubShelf extends GithubAccess {
  readonly owner: string;
  readonly repo: string;
  /** Of the files of pull requests, from the root of the repository on: `post-mortems`. */
  readonly folder: string;
}

/** Keeps documents in a repository, as issues or by pull requests. */
export function createGithubShelf({ owner, repo, folder, ...access }: GithubShelf): Shelf {
  const repository = { github: createGithub(access), owner, repo };
  return {
    put: (document) =>
      document.as === 'issue' ? putIssue(repository, document) : putPullRequest(repository, folder, document),
  };
}
