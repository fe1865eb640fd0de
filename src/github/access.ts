import type { Environment } from '../domain/configuration.ts';
import type { SecretReference } from '../domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { PostMortemSettings } from '../domain/post-mortem-settings.ts';
import type { GithubAccess } from './client.ts';

/** Milliseconds that GitHub may take for one answer. */
const PATIENCE_MS = 10_000;
const API = 'https://api.github.com';

/** Where the token and the address come from. */
export interface AccessSources {
  readonly environment: Pick<Environment, 'github'>;
  readonly secret: (reference: SecretReference) => Outcome<string>;
}

function tokenOf({ environment, secret }: AccessSources, { token }: PostMortemSettings): Outcome<string> {
  if (token !== undefined) return secret(token);
  const usual = environment.github?.token;
  if (usual !== undefined) return succeeded(usual);
  return failed(
    'CONFIG_SECRET_MISSING',
    'there is no token for GitHub',
    'Set GITHUB_TOKEN to one that may write issues, contents and pull requests of the repository.',
  );
}

/** Which GitHub, and as whom; failed where nothing says it. */
export function githubAccess(sources: AccessSources, settings: PostMortemSettings): Outcome<GithubAccess> {
  const token = tokenOf(sources, settings);
  if (token.kind !== 'succeeded') return token;
  const apiUrl = sources.environment.github?.apiUrl ?? API;
  return succeeded({ apiUrl, token: token.value, timeoutMs: PATIENCE_MS });
}
