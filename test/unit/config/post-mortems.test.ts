import { describe, expect, it } from 'vitest';
import { environmentFrom } from '../../../config/environment.ts';
import { placePostMortems, postMortemsSetting } from '../../../config/post-mortems.ts';

describe('where post-mortems are kept', () => {
  it.each([
    [
      { repository: 'acme/operations' },
      { owner: 'acme', repo: 'operations', folder: 'post-mortems', as: 'issue' },
    ],
    [
      {
        repository: 'a-b/c.d_e',
        as: 'pull-request',
        folder: 'docs/post mortems',
        token: { env: 'POST_MORTEMS_TOKEN' },
      },
      {
        owner: 'a-b',
        repo: 'c.d_e',
        folder: 'docs/post mortems',
        as: 'pull request',
        token: { env: 'POST_MORTEMS_TOKEN' },
      },
    ],
  ])('%j', (written, placed) => {
    const read = postMortemsSetting.parse(written);
    if (read === undefined) throw new Error('it is written');
    expect(placePostMortems(read)).toEqual(placed);
  });

  it.each([
    [{ repository: 'operations' }, '"operations" is not a repository'],
    [{ repository: 'https://github.com/acme/operations' }, 'is not a repository'],
    [{ repository: 'acme/../x' }, 'is not a repository'],
    [{ repository: 'acme/x', folder: '/etc' }, '"/etc" is not a folder of a repository'],
    [{ repository: 'acme/x', folder: '../x' }, 'is not a folder of a repository'],
    [{ repository: 'acme/x', folder: 'x/' }, 'is not a folder of a repository'],
    [{ repository: 'acme/x', as: 'wiki' }, 'issue'],
    [{ repository: 'acme/x', token: 'ghp_x' }, 'Invalid input'],
  ])('%j is refused in words', (written, why) => {
    const read = postMortemsSetting.safeParse(written);
    expect(read.error?.issues.map(({ message }) => message).join('\n')).toContain(why);
  });
});

describe('the variables of GitHub', () => {
  it.each([
    [{}, undefined],
    [{ GITHUB_TOKEN: 'ghp_1' }, { token: 'ghp_1' }],
    [{ GITHUB_API_URL: 'https://ghe.example/api/v3/' }, { apiUrl: 'https://ghe.example/api/v3' }],
  ])('%j', (variables, github) => {
    const read = environmentFrom(variables);
    expect(read.kind === 'succeeded' ? read.value.github : read).toEqual(github);
  });

  it('an address that is none is refused', () => {
    expect(environmentFrom({ GITHUB_API_URL: 'ghe' })).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('GITHUB_API_URL'),
    });
  });
});
