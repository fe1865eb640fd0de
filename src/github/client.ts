import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { type Failed, failed, type Outcome, succeeded, type Unknown, unknown } from '../domain/outcome.ts';

/** Which GitHub, and as whom. */
export interface GithubAccess {
  /** Root of its API, `https://api.github.com`. */
  readonly apiUrl: string;
  readonly token: string;
  /** Milliseconds that one request may take. */
  readonly timeoutMs: number;
}

/** Asks GitHub one thing. */
export interface Github {
  /**
   * `route` as its documentation has it: `GET /repos/{owner}/{repo}`. Failed with `TARGET_NOT_FOUND` for 404 and 410,
   * `TARGET_DIVERGED` for 409, `TARGET_UNEXPECTED_ANSWER` for 422; `unknown` where a write may have happened.
   */
  ask<T>(
    route: string,
    parameters: Readonly<Record<string, unknown>>,
    shape: z.ZodType<T>,
  ): Promise<Outcome<T>>;
}

/** An error as octokit throws it; without a response nothing came back. */
const Problem = z.object({
  status: z.number(),
  message: z.string(),
  response: z.object({ status: z.number(), headers: z.record(z.string(), z.unknown()) }).optional(),
});

type Answered = NonNullable<z.infer<typeof Problem>['response']>;

/** When it takes requests again: docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api. */
function limitedUntil({ headers }: Answered): string | undefined {
  const after = Number(headers['retry-after'] ?? Number.NaN);
  if (Number.isFinite(after)) return `in ${after}s`;
  if (headers['x-ratelimit-remaining'] !== '0') return undefined;
  const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN);
  return Number.isFinite(reset) ? `at ${new Date(reset * 1_000).toISOString().slice(11, 16)} UTC` : 'later';
}

/** What GitHub says, in one short line. */
const sayOf = (message: string): string => message.replaceAll(/\s+/g, ' ').slice(0, 200).toWellFormed();

const REMEDIES: ReadonlyMap<number, readonly [Failed['code'], string]> = new Map([
  [401, ['TARGET_LOGIN_FAILED', 'Set GITHUB_TOKEN to one that works.']],
  [
    403,
    [
      'TARGET_LOGIN_FAILED',
      'Give the token of GITHUB_TOKEN "Issues", "Contents" and "Pull requests": read and write.',
    ],
  ],
  [
    404,
    [
      'TARGET_NOT_FOUND',
      'Look whether post_mortems.repository is right and the token of GITHUB_TOKEN may see it.',
    ],
  ],
  [410, ['TARGET_NOT_FOUND', 'Issues may be switched off there; --pull-request does without.']],
  [409, ['TARGET_DIVERGED', 'Try again: somebody else wrote at the same time.']],
  [422, ['TARGET_UNEXPECTED_ANSWER', 'Look at what it says, and at the rules of the repository.']],
]);

const isWrite = (route: string): boolean => !route.startsWith('GET ');

const perhaps = (why: string): Unknown =>
  unknown(
    'TARGET_CONNECTION_LOST',
    `nobody knows whether GitHub did it (${why}); the same line again looks first`,
  );

function refusal(route: string, message: string, answered: Answered): Failed | Unknown {
  const { status } = answered;
  const until = status === 403 || status === 429 ? limitedUntil(answered) : undefined;
  if (until !== undefined)
    return failed('TARGET_UNREACHABLE', 'GitHub takes no more requests at present', `Try again ${until}.`);
  const [code, remedy] = REMEDIES.get(status) ?? [];
  if (code !== undefined) return failed(code, `GitHub answered ${status}: ${sayOf(message)}`, remedy);
  if (isWrite(route) && status >= 500) return perhaps(`it answered ${status}`);
  return failed('TARGET_UNREACHABLE', `GitHub answered ${status}: ${sayOf(message)}`, 'Try again later.');
}

function endingOf(route: string, error: unknown): Failed | Unknown {
  const problem = Problem.safeParse(error);
  if (!problem.success) throw error;
  const { message, response } = problem.data;
  if (response !== undefined) return refusal(route, message, response);
  if (isWrite(route)) return perhaps(sayOf(message));
  return failed(
    'TARGET_UNREACHABLE',
    `GitHub cannot be reached: ${sayOf(message)}`,
    'Look at GITHUB_API_URL and at the network.',
  );
}

const silent = (): void => {};

/** A client of GitHub's REST API, or of one that speaks like it. */
export function createGithub({ apiUrl, token, timeoutMs }: GithubAccess): Github {
  const octokit = new Octokit({
    auth: token,
    baseUrl: apiUrl,
    userAgent: 'botswain',
    log: { debug: silent, info: silent, warn: silent, error: silent },
    request: {
      fetch: (url: string, options: RequestInit) =>
        fetch(url, { ...options, signal: AbortSignal.timeout(timeoutMs) }),
    },
  });
  return {
    async ask(route, parameters, shape) {
      try {
        const { data } = await octokit.request(route, { ...parameters });
        const read = shape.safeParse(data);
        if (read.success) return succeeded(read.data);
        return isWrite(route)
          ? perhaps('its answer was cut off')
          : failed(
              'TARGET_UNEXPECTED_ANSWER',
              `what answers at ${apiUrl} is not GitHub`,
              'Look at GITHUB_API_URL.',
            );
      } catch (error) {
        return endingOf(route, error);
      }
    },
  };
}
