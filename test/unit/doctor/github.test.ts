import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failed } from '../../../src/domain/outcome.ts';
import type { PostMortemSettings } from '../../../src/domain/post-mortem-settings.ts';
import { diagnoseGithub } from '../../../src/github/github-doctor.ts';
import { FakeGithub } from '../../fakes/github/fake-github.ts';

const SETTINGS: PostMortemSettings = { owner: 'acme', repo: 'ops', folder: 'post-mortems', as: 'issue' };

let github: FakeGithub;
let apiUrl: string;

beforeEach(async () => {
  github = new FakeGithub(() => 0);
  apiUrl = await github.start();
});

afterEach(() => github.stop());

const diagnose = (settings: PostMortemSettings = SETTINGS, token: string | undefined = github.token) =>
  diagnoseGithub(
    {
      environment: { github: { apiUrl, ...(token === '' ? {} : { token }) } },
      secret: () => failed('CONFIG_SECRET_MISSING', 'POST_MORTEMS_TOKEN is not set'),
    },
    settings,
  );

describe('whether post-mortems can be kept on GitHub', () => {
  it.each<[string, () => ReturnType<typeof diagnose>, object]>([
    ['they can', () => diagnose(), { verdict: 'good', text: 'post-mortems can be kept in acme/ops' }],
    [
      'no token',
      () => diagnose(SETTINGS, ''),
      { verdict: 'wrong', mend: [expect.stringContaining('GITHUB_TOKEN')] },
    ],
    [
      'a token of its own that is missing',
      () => diagnose({ ...SETTINGS, token: { env: 'POST_MORTEMS_TOKEN' } }),
      { verdict: 'wrong', text: expect.stringContaining('POST_MORTEMS_TOKEN') },
    ],
    [
      'a wrong token',
      () => diagnose(SETTINGS, 'wrong'),
      { verdict: 'wrong', text: expect.stringContaining('401') },
    ],
    [
      'an unknown repository',
      () => diagnose({ ...SETTINGS, repo: 'elsewhere' }),
      { verdict: 'wrong', text: expect.stringContaining('acme/elsewhere') },
    ],
    [
      'no issues',
      () => {
        github.repository.hasIssues = false;
        return diagnose();
      },
      { verdict: 'wrong', mend: [expect.stringContaining('pull-request')] },
    ],
    [
      'an archive',
      () => {
        github.repository.isArchived = true;
        return diagnose();
      },
      { verdict: 'wrong', text: 'acme/ops is archived' },
    ],
    [
      'everybody can read it',
      () => {
        github.repository.isPrivate = false;
        return diagnose();
      },
      { verdict: 'doubtful', text: expect.stringContaining('is public') },
    ],
    [
      'a token that may only read, as far as it shows',
      () => {
        github.repository.mayPush = false;
        return diagnose();
      },
      { verdict: 'doubtful' },
    ],
  ])('%s', async (_, look, expected) => {
    expect(await look()).toMatchObject([expected]);
    expect(github.seen.every((line) => line.startsWith('GET '))).toBe(true);
  });
});
