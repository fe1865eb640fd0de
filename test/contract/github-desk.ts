import { createGithubShelf } from '../../src/github/github.ts';
import type { KeptAs, Shelf, Shelved, Shelving } from '../../src/github/shelf.ts';
import { FakeGithub } from '../fakes/github/fake-github.ts';

/** When the incident began whose documents these are. */
export const NIGHT = Date.UTC(2026, 10, 20, 3, 12);
/** Stands in them and nowhere else. */
export const MARK = '<!-- botswain:post-mortem INC-7 2026-11-20T03:12:00.000Z -->';

/** Writes what stood there with one line that is brought up to date; people write below it. */
export const documentOf = (as: KeptAs, facts: string, given: Partial<Shelving> = {}): Shelving => ({
  name: 'INC-7',
  mark: MARK,
  title: 'Post-mortem of INC-7: HighErrorRate',
  as,
  since: NIGHT,
  write: (current) =>
    current === undefined
      ? `${MARK}\nfacts: ${facts}\nwords:\n`
      : current.replace(/^facts: .*$/m, `facts: ${facts}`),
  ...given,
});

/** What a test says of the access, where it is not the usual one. */
export interface OtherAccess {
  readonly token?: string;
  readonly repo?: string;
  readonly timeoutMs?: number;
}

/** A fake GitHub with a shelf in its only repository. */
export async function githubDesk() {
  const github = new FakeGithub(() => NIGHT + 3_600_000);
  const apiUrl = await github.start();
  const usual = { apiUrl, token: github.token, timeoutMs: 5_000, owner: 'acme', repo: 'ops' };
  const shelfOf = (given: OtherAccess = {}): Shelf =>
    createGithubShelf({ ...usual, folder: 'post-mortems', ...given });
  const { issues, pulls, branches } = github.repository;
  return {
    github,
    shelfOf,
    put: async (document: Shelving): Promise<Shelved> => {
      const outcome = await shelfOf().put(document);
      if (outcome.kind !== 'succeeded') throw new Error(outcome.message);
      return outcome.value;
    },
    /** What people see there. */
    standing: (as: KeptAs): string =>
      (as === 'issue' ? issues[0]?.body : branches.get('post-mortem/INC-7')?.get('post-mortems/INC-7.md')) ??
      '',
    /** What people leave there. */
    write: (as: KeptAs, text: string): void => {
      const [issue] = issues;
      if (as === 'issue' && issue !== undefined) issue.body = text;
      else branches.get('post-mortem/INC-7')?.set('post-mortems/INC-7.md', text);
    },
    /** How many issues and pull requests there are. */
    made: (): number => issues.length + pulls.length,
  };
}

/** A desk that is set. */
export type GithubDesk = Awaited<ReturnType<typeof githubDesk>>;
