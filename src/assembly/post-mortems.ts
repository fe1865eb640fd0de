import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { githubAccess } from '../github/access.ts';
import { createGithubShelf } from '../github/github.ts';
import type { Shelf } from '../github/shelf.ts';
import { createPostMortems, type WritePostMortem } from '../incidents/post-mortem.ts';
import type { AppOptions, Core } from './core.ts';

type Options = Pick<AppOptions, 'configuration' | 'environment' | 'secret' | 'redact'>;

function shelfOf(options: Options): Outcome<Shelf> {
  const { postMortems } = options.configuration;
  if (postMortems === undefined)
    return failed(
      'CONFIG_INVALID',
      'nobody configured where post-mortems are kept',
      'Write post_mortems: { repository: owner/name } in botswain.yaml.',
    );
  const access = githubAccess(options, postMortems);
  if (access.kind !== 'succeeded') return access;
  const { owner, repo, folder } = postMortems;
  return succeeded(createGithubShelf({ owner, repo, folder, ...access.value }));
}

/** Puts together what writes post-mortems. */
export const postMortems = (options: Options, { journal }: Pick<Core, 'journal'>): WritePostMortem =>
  createPostMortems({
    journal,
    configuration: options.configuration,
    redact: options.redact,
    shelf: () => shelfOf(options),
  });
