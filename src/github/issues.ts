import { z } from 'zod';
import { type Outcome, succeeded } from '../domain/outcome.ts';
import type { Github } from './client.ts';
import type { Shelved, Shelving } from './shelf.ts';

/** A repository with what asks about it. */
export interface Repository {
  readonly github: Github;
  readonly owner: string;
  readonly repo: string;
}

/** Characters that GitHub takes as the body of an issue ("body is too long (maximum is 65536 characters)"). */
const LONGEST_BODY = 65_536;
const PAGE = 100;
/** Pages looked through for an issue that was made before, and whose address nobody kept. */
const MOST_PAGES = 20;
const LABEL = 'post-mortem';

const Issue = z.object({
  number: z.number(),
  html_url: z.string(),
  body: z
    .string()
    .nullish()
    .transform((body) => body ?? ''),
  created_at: z.string(),
  author_association: z.string().optional(),
  user: z.object({ type: z.string() }).nullish(),
  pull_request: z.unknown().optional(),
});

type Issue = z.infer<typeof Issue>;

/** In a public repository anybody may open an issue that looks like ours. */
const isTrusted = ({ author_association: association, user }: Issue): boolean =>
  user?.type === 'Bot' || ['OWNER', 'MEMBER', 'COLLABORATOR'].includes(association ?? '');

const isOurs = (issue: Issue, mark: string): boolean =>
  issue.pull_request === undefined && isTrusted(issue) && issue.body.includes(mark);

/** What an address of this repository leads to: `issues/12`, `pull/12`. */
export function numberIn(url: string | undefined, { owner, repo }: Repository, part: 'issues' | 'pull') {
  const [, number] = new RegExp(`/${owner}/${repo}/${part}/(\\d+)$`, 'i').exec(url ?? '') ?? [];
  return number === undefined ? undefined : Number(number);
}

async function byAddress(repository: Repository, { url }: Shelving): Promise<Outcome<Issue | undefined>> {
  const { github, owner, repo } = repository;
  const number = numberIn(url, repository, 'issues');
  if (number === undefined) return succeeded(undefined);
  const found = await github.ask(
    'GET /repos/{owner}/{repo}/issues/{issue_number}',
    { owner, repo, issue_number: number },
    Issue,
  );
  // Somebody deleted it.
  return found.kind === 'failed' && found.code === 'TARGET_NOT_FOUND' ? succeeded(undefined) : found;
}

/** The list, which is whole at once; the search of GitHub finds a new issue only after a while. */
async function byMark(
  { github, owner, repo }: Repository,
  document: Shelving,
): Promise<Outcome<Issue | undefined>> {
  const since = new Date(document.since).toISOString();
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const listed = await github.ask(
      'GET /repos/{owner}/{repo}/issues',
      { owner, repo, state: 'all', sort: 'created', direction: 'desc', since, per_page: PAGE, page },
      z.array(Issue),
    );
    if (listed.kind !== 'succeeded') return listed;
    const found = listed.value.find((issue) => isOurs(issue, document.mark));
    const isLast = listed.value.length < PAGE || (listed.value.at(-1)?.created_at ?? '') < since;
    if (found !== undefined || isLast) return succeeded(found);
  }
  return succeeded(undefined);
}

async function open({ github, owner, repo }: Repository, document: Shelving): Promise<Outcome<Shelved>> {
  const text = document.write(undefined, LONGEST_BODY);
  const made = await github.ask(
    'POST /repos/{owner}/{repo}/issues',
    { owner, repo, title: document.title, body: text, labels: [LABEL] },
    z.object({ html_url: z.string() }),
  );
  return made.kind === 'succeeded' ? succeeded({ url: made.value.html_url, text, became: 'opened' }) : made;
}

/** GitHub has no condition for this: what somebody saves between our look and our write is left in the issue's history only. */
async function alter(
  { github, owner, repo }: Repository,
  document: Shelving,
  issue: Issue,
): Promise<Outcome<Shelved>> {
  const { number, html_url: url, body } = issue;
  const text = document.write(body, LONGEST_BODY);
  if (text.trim() === body.replaceAll('\r\n', '\n').trim())
    return succeeded({ url, text, became: 'as it was' });
  const altered = await github.ask(
    'PATCH /repos/{owner}/{repo}/issues/{issue_number}',
    { owner, repo, issue_number: number, body: text },
    z.object({ html_url: z.string() }),
  );
  return altered.kind === 'succeeded' ? succeeded({ url, text, became: 'altered' }) : altered;
}

/** Keeps a document as an issue. */
export async function putIssue(repository: Repository, document: Shelving): Promise<Outcome<Shelved>> {
  const known = await byAddress(repository, document);
  if (known.kind !== 'succeeded') return known;
  const found = known.value === undefined ? await byMark(repository, document) : known;
  if (found.kind !== 'succeeded') return found;
  return found.value === undefined ? open(repository, document) : alter(repository, document, found.value);
}
