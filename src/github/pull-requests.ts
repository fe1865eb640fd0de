import { z } from 'zod';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { fileAt, type StandingFile, writeFile } from './files.ts';
import type { Repository } from './issues.ts';
import type { Shelved, Shelving } from './shelf.ts';

/** GitHub shows files up to a megabyte in its API; a post-mortem that is longer is none. */
const LONGEST_FILE = 500_000;
/** How often somebody may write at the same moment before it is given up. */
const MOST_TRIES = 3;
/** How many merged pull requests a document may have. */
const MOST_ROUNDS = 50;

const Pull = z.object({ html_url: z.string(), state: z.string(), merged_at: z.string().nullish() });

type Pull = z.infer<typeof Pull>;

/** Where the document is written: on a branch whose pull request is open, or is to be opened. */
interface Place {
  readonly branch: string;
  readonly open?: Pull;
  /** The last one that was merged. */
  readonly merged?: Pull;
}

async function pullOf(
  { github, owner, repo }: Repository,
  branch: string,
): Promise<Outcome<Pull | undefined>> {
  const listed = await github.ask(
    'GET /repos/{owner}/{repo}/pulls',
    { owner, repo, head: `${owner}:${branch}`, state: 'all', per_page: 100 },
    z.array(Pull),
  );
  if (listed.kind !== 'succeeded') return listed;
  const { value: pulls } = listed;
  return succeeded(pulls.find(({ state }) => state === 'open') ?? pulls[0]);
}

const closed = ({ html_url: url }: Pull): Outcome<never> =>
  failed(
    'TARGET_DIVERGED',
    `somebody closed ${url} without merging it`,
    'Reopen it there, or keep it with --issue.',
  );

/** One branch for each time that it was merged and new facts came afterwards. */
async function placeOf(
  repository: Repository,
  name: string,
  before: { readonly round: number; readonly merged?: Pull } = { round: 1 },
): Promise<Outcome<Place>> {
  const { round, ...merged } = before;
  const branch = `post-mortem/${name}${round === 1 ? '' : `-${round}`}`;
  const found = await pullOf(repository, branch);
  if (found.kind !== 'succeeded') return found;
  const pull = found.value;
  if (pull === undefined) return succeeded({ branch, ...merged });
  if (pull.state === 'open') return succeeded({ branch, open: pull, ...merged });
  if (typeof pull.merged_at !== 'string') return closed(pull);
  if (round === MOST_ROUNDS)
    return failed('INPUT_NOT_SUPPORTED', `${name} has ${MOST_ROUNDS} pull requests already`);
  return placeOf(repository, name, { round: round + 1, merged: pull });
}

async function defaultBranch({ github, owner, repo }: Repository): Promise<Outcome<string>> {
  const found = await github.ask(
    'GET /repos/{owner}/{repo}',
    { owner, repo },
    z.object({ default_branch: z.string() }),
  );
  return found.kind === 'succeeded' ? succeeded(found.value.default_branch) : found;
}

const Ref = z.object({ object: z.object({ sha: z.string() }) });

/** Whether the branch was there, or is there now. */
async function ensureBranch(
  { github, owner, repo }: Repository,
  branch: string,
  from: string,
): Promise<Outcome<unknown>> {
  const there = await github.ask(
    'GET /repos/{owner}/{repo}/git/ref/{ref}',
    { owner, repo, ref: `heads/${branch}` },
    Ref,
  );
  if (there.kind !== 'failed' || there.code !== 'TARGET_NOT_FOUND') return there;
  const base = await github.ask(
    'GET /repos/{owner}/{repo}/git/ref/{ref}',
    { owner, repo, ref: `heads/${from}` },
    Ref,
  );
  if (base.kind !== 'succeeded') return base;
  return github.ask(
    'POST /repos/{owner}/{repo}/git/refs',
    { owner, repo, ref: `refs/heads/${branch}`, sha: base.value.object.sha },
    Ref,
  );
}

interface Written {
  readonly text: string;
  readonly isAltered: boolean;
}

interface Writing {
  readonly path: string;
  readonly branch: string;
  readonly document: Shelving;
}

/** GitHub answers 422 where the file was unknown and is there by now. */
const isRace = (written: Outcome<unknown>, standing: StandingFile | undefined): boolean =>
  written.kind === 'failed' &&
  (written.code === 'TARGET_DIVERGED' ||
    (written.code === 'TARGET_UNEXPECTED_ANSWER' && standing === undefined));

/** Writes the file over what stands there at that moment; somebody else's write at the same time is taken in. */
async function writeOver(
  repository: Repository,
  writing: Writing,
  tries = MOST_TRIES,
): Promise<Outcome<Written>> {
  const { path, branch, document } = writing;
  const found = await fileAt(repository, path, branch);
  if (found.kind !== 'succeeded') return found;
  const standing = found.value;
  const text = document.write(standing?.text, LONGEST_FILE);
  if (text === standing?.text) return succeeded({ text, isAltered: false });
  const message =
    standing === undefined ? document.title : `Bring the post-mortem of ${document.name} up to date`;
  const written = await writeFile(repository, { path, branch, text, message, sha: standing?.sha });
  if (tries > 1 && isRace(written, standing)) return writeOver(repository, writing, tries - 1);
  return written.kind === 'succeeded' ? succeeded({ text, isAltered: true }) : written;
}

async function openPull(
  { github, owner, repo }: Repository,
  document: Shelving,
  between: { readonly head: string; readonly base: string },
): Promise<Outcome<string>> {
  const body = `${document.title}.\n\nWrite in the file; what stands between the markers is brought up to date by Botswain, and your words stay.`;
  const made = await github.ask(
    'POST /repos/{owner}/{repo}/pulls',
    { owner, repo, title: document.title, body, ...between },
    z.object({ html_url: z.string() }),
  );
  return made.kind === 'succeeded' ? succeeded(made.value.html_url) : made;
}

/** The file of another incident that has the same name, of another Botswain. */
const isForeign = (text: string, { mark }: Shelving): boolean =>
  text.includes('<!-- botswain:post-mortem ') && !text.includes(mark);

async function standingOn(
  repository: Repository,
  { path, document }: Writing,
  base: string,
): Promise<Outcome<string | undefined>> {
  const standing = await fileAt(repository, path, base);
  if (standing.kind !== 'succeeded') return standing;
  const text = standing.value?.text;
  if (text === undefined || !isForeign(text, document)) return succeeded(text);
  return failed(
    'INPUT_NOT_SUPPORTED',
    `${path} is of another incident`,
    'Set post_mortems.folder to one of its own.',
  );
}

/** Keeps a document as a file on a branch, with a pull request. */
export async function putPullRequest(
  repository: Repository,
  folder: string,
  document: Shelving,
): Promise<Outcome<Shelved>> {
  const base = await defaultBranch(repository);
  if (base.kind !== 'succeeded') return base;
  const place = await placeOf(repository, document.name);
  if (place.kind !== 'succeeded') return place;
  const { branch, open, merged } = place.value;
  const writing = { path: `${folder}/${document.name}.md`, branch, document };
  const onBase = await standingOn(repository, writing, base.value);
  if (onBase.kind !== 'succeeded') return onBase;
  const text = onBase.value;
  if (
    open === undefined &&
    merged !== undefined &&
    text !== undefined &&
    document.write(text, LONGEST_FILE) === text
  )
    return succeeded({ url: merged.html_url, text, became: 'as it was' });
  return written(repository, writing, { base: base.value, open });
}

async function written(
  repository: Repository,
  writing: Writing,
  { base, open }: { readonly base: string; readonly open: Pull | undefined },
): Promise<Outcome<Shelved>> {
  const branch = await ensureBranch(repository, writing.branch, base);
  if (branch.kind !== 'succeeded') return branch;
  const file = await writeOver(repository, writing);
  if (file.kind !== 'succeeded') return file;
  const { text, isAltered } = file.value;
  if (open !== undefined)
    return succeeded({ url: open.html_url, text, became: isAltered ? 'altered' : 'as it was' });
  const url = await openPull(repository, writing.document, { head: writing.branch, base });
  return url.kind === 'succeeded' ? succeeded({ url: url.value, text, became: 'opened' }) : url;
}
