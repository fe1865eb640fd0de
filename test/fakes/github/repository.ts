import { createHash } from 'node:crypto';
import { z } from 'zod';

/** What the wire answers. */
export interface Reply {
  readonly status: number;
  readonly json: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One request, taken apart. */
export interface Asked {
  readonly method: string;
  /** Below `/repos/owner/name`, each part decoded. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly json: unknown;
}

/** An issue as it is kept. */
export interface FakeIssue {
  readonly number: number;
  readonly title: string;
  body: string;
  readonly labels: readonly string[];
  readonly created_at: string;
  updated_at: string;
  readonly author_association: string;
  readonly user: { readonly type: string };
  readonly html_url: string;
}

/** A pull request as it is kept. */
export interface FakePull {
  readonly number: number;
  readonly title: string;
  readonly head: string;
  readonly base: string;
  state: 'open' | 'closed';
  merged_at: string | null;
  readonly html_url: string;
}

const reply = (status: number, json: unknown): Reply => ({ status, json });
const no = (status: number, message: string): Reply =>
  reply(status, { message, documentation_url: 'https://docs.github.com/rest' });
const invalid = (field: string, message: string): Reply =>
  reply(422, { message: 'Validation Failed', errors: [{ resource: 'Issue', field, message }] });

const NewIssue = z.object({
  title: z.string().min(1),
  body: z.string(),
  labels: z.array(z.string()).default([]),
});
const NewPull = z.object({ title: z.string().min(1), head: z.string(), base: z.string(), body: z.string() });
const NewFile = z.object({
  message: z.string().min(1),
  content: z.string(),
  branch: z.string(),
  sha: z.string().optional(),
});

/** GitHub refuses longer ones. */
const LONGEST_BODY = 65_536;

const shaOf = (text: string): string => createHash('sha1').update(text).digest('hex');

/** A repository with issues, branches, files and pull requests, as far as post-mortems need them. */
export class FakeRepository {
  readonly issues: FakeIssue[] = [];
  readonly pulls: FakePull[] = [];
  /** Files by branch and path. */
  readonly branches = new Map<string, Map<string, string>>([['main', new Map([['README.md', '# Ours\n']])]]);
  hasIssues = true;
  isArchived = false;
  isPrivate = true;
  /** What the token may do, as far as the repository says. */
  mayPush = true;
  /** Called once, just before the next file is written: somebody else is quicker. */
  beforeWrite: (() => void) | undefined;
  readonly #root: string;
  readonly #now: () => number;
  #numbers = 0;

  constructor(root: string, now: () => number) {
    this.#root = root;
    this.#now = now;
  }

  /** Somebody opens an issue in the browser. */
  openAs(association: string, title: string, body: string): FakeIssue {
    const number = this.#number();
    const at = new Date(this.#now()).toISOString();
    const issue: FakeIssue = {
      number,
      title,
      body,
      labels: [],
      created_at: at,
      updated_at: at,
      author_association: association,
      user: { type: 'User' },
      html_url: `${this.#root}/issues/${number}`,
    };
    this.issues.push(issue);
    return issue;
  }

  #number(): number {
    this.#numbers += 1;
    return this.#numbers;
  }

  /** Somebody presses Merge, and the branch is deleted. */
  merge(pull: FakePull): void {
    const main = this.branches.get(pull.base);
    for (const [path, text] of this.branches.get(pull.head) ?? []) main?.set(path, text);
    this.branches.delete(pull.head);
    pull.state = 'closed';
    pull.merged_at = new Date(this.#now()).toISOString();
  }

  answer({ method, path, query, json }: Asked): Reply {
    const [what = '', ...rest] = path;
    if (what === '')
      return reply(200, {
        default_branch: 'main',
        has_issues: this.hasIssues,
        archived: this.isArchived,
        private: this.isPrivate,
        permissions: { push: this.mayPush },
      });
    if (what === 'issues') return this.#issue(method, rest, { query, json });
    if (what === 'pulls') return this.#pull(method, { query, json });
    if (what === 'contents') return this.#file(method, rest.join('/'), { query, json });
    if (what === 'git') return this.#ref(method, rest, json);
    return no(404, 'Not Found');
  }

  #issue(method: string, [number]: readonly string[], of: { query: URLSearchParams; json: unknown }): Reply {
    if (!this.hasIssues) return no(410, 'Issues has been disabled in this repository.');
    if (number === undefined) return method === 'POST' ? this.#newIssue(of.json) : this.#listIssues(of.query);
    const issue = this.issues.find((each) => String(each.number) === number);
    if (issue === undefined) return no(404, 'Not Found');
    if (method === 'PATCH') {
      const { body } = z.object({ body: z.string() }).parse(of.json);
      if (body.length > LONGEST_BODY)
        return invalid('body', 'body is too long (maximum is 65536 characters)');
      issue.body = body;
      issue.updated_at = new Date(this.#now()).toISOString();
    }
    return reply(200, issue);
  }

  #newIssue(json: unknown): Reply {
    const read = NewIssue.safeParse(json);
    if (!read.success) return invalid('title', 'is missing');
    const { title, body, labels } = read.data;
    if (body.length > LONGEST_BODY) return invalid('body', 'body is too long (maximum is 65536 characters)');
    if (title.length > 256) return invalid('title', 'title is too long (maximum is 256 characters)');
    const issue = { ...this.openAs('MEMBER', title, body), labels };
    this.issues.splice(-1, 1, issue);
    return reply(201, issue);
  }

  #listIssues(query: URLSearchParams): Reply {
    const since = query.get('since') ?? '';
    const size = Number(query.get('per_page') ?? 30);
    const from = (Number(query.get('page') ?? 1) - 1) * size;
    const listed = this.issues
      .filter((issue) => issue.updated_at >= since)
      .toSorted((a, b) => b.number - a.number);
    return reply(200, listed.slice(from, from + size));
  }

  #pull(method: string, { query, json }: { query: URLSearchParams; json: unknown }): Reply {
    if (method === 'POST') return this.#newPull(json);
    const [, branch] = (query.get('head') ?? '').split(':');
    return reply(200, this.pulls.filter(({ head }) => head === branch).toReversed());
  }

  #newPull(json: unknown): Reply {
    const read = NewPull.safeParse(json);
    if (!read.success || !this.branches.has(read.data.head)) return invalid('head', 'is invalid');
    const { title, head, base } = read.data;
    if (this.pulls.some((pull) => pull.head === head && pull.state === 'open'))
      return invalid('base', `A pull request already exists for acme:${head}.`);
    const number = this.#number();
    const html_url = `${this.#root}/pull/${number}`;
    const pull: FakePull = { number, title, head, base, state: 'open', merged_at: null, html_url };
    this.pulls.push(pull);
    return reply(201, pull);
  }

  #file(method: string, path: string, { query, json }: { query: URLSearchParams; json: unknown }): Reply {
    if (method === 'PUT') return this.#write(path, json);
    const text = this.branches.get(query.get('ref') ?? 'main')?.get(path);
    if (text === undefined) return no(404, 'Not Found');
    const content = Buffer.from(text).toString('base64').replaceAll(/.{60}/g, '$&\n');
    return reply(200, { type: 'file', encoding: 'base64', content, sha: shaOf(text) });
  }

  #write(path: string, json: unknown): Reply {
    const read = NewFile.safeParse(json);
    if (!read.success) return no(422, 'Invalid request.');
    this.beforeWrite?.();
    this.beforeWrite = undefined;
    const { content, branch, sha } = read.data;
    const files = this.branches.get(branch);
    if (files === undefined) return no(404, `Branch ${branch} not found`);
    const before = files.get(path);
    if (before !== undefined && sha === undefined)
      return no(422, 'Invalid request.\n\n"sha" wasn\'t supplied.');
    if (before !== undefined && sha !== shaOf(before)) return no(409, `${path} does not match ${sha}`);
    const text = Buffer.from(content, 'base64').toString('utf8');
    files.set(path, text);
    return reply(before === undefined ? 201 : 200, { content: { sha: shaOf(text) } });
  }

  #ref(method: string, [, ...named]: readonly string[], json: unknown): Reply {
    if (method === 'POST') {
      const { ref } = z.object({ ref: z.string(), sha: z.string() }).parse(json);
      const branch = ref.replace('refs/heads/', '');
      if (this.branches.has(branch)) return no(422, 'Reference already exists');
      this.branches.set(branch, new Map(this.branches.get('main')));
      return reply(201, { ref, object: { sha: shaOf(branch) } });
    }
    const branch = named.join('/').replace(/^heads\//, '');
    if (!this.branches.has(branch)) return no(404, 'Not Found');
    return reply(200, { ref: `refs/heads/${branch}`, object: { sha: shaOf(branch) } });
  }
}
