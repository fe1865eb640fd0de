import { z } from 'zod';
import { type Diagnosis, doubtful, failure, good, wrong } from '../domain/diagnosis.ts';
import type { PostMortemSettings } from '../domain/post-mortem-settings.ts';
import { type AccessSources, githubAccess } from './access.ts';
import { createGithub } from './client.ts';

const Seen = z.object({
  has_issues: z.boolean().optional(),
  archived: z.boolean().optional(),
  private: z.boolean().optional(),
  permissions: z.object({ push: z.boolean() }).optional(),
});

function diagnosed({ owner, repo, as }: PostMortemSettings, seen: z.infer<typeof Seen>): Diagnosis {
  const name = `${owner}/${repo}`;
  if (seen.archived === true)
    return wrong(`${name} is archived`, 'Set post_mortems.repository to one that is not.');
  if (as === 'issue' && seen.has_issues === false)
    return wrong(
      `${name} has no issues`,
      'Switch them on there, or write post_mortems: { as: pull-request }.',
    );
  if (seen.private === false)
    return doubtful(
      `${name} is public, and post-mortems name hosts and people`,
      'Set post_mortems.repository to a private one.',
    );
  if (seen.permissions?.push === true) return good(`post-mortems can be kept in ${name}`);
  return doubtful(
    `${name} can be read; whether it can be written shows with the first post-mortem`,
    'Give the token "Issues", "Contents" and "Pull requests": read and write.',
  );
}

/** Looks whether post-mortems can be kept where the settings say; writes nothing. */
export async function diagnoseGithub(
  sources: AccessSources,
  settings: PostMortemSettings,
): Promise<readonly Diagnosis[]> {
  const access = githubAccess(sources, settings);
  if (access.kind !== 'succeeded') return [failure('its token', access)];
  const { owner, repo } = settings;
  const seen = await createGithub(access.value).ask('GET /repos/{owner}/{repo}', { owner, repo }, Seen);
  return [seen.kind === 'succeeded' ? diagnosed(settings, seen.value) : failure(`${owner}/${repo}`, seen)];
}
