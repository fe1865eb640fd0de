import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { documentOf, type GithubDesk, githubDesk, MARK } from './github-desk.ts';

let desk: GithubDesk;

beforeEach(async () => {
  desk = await githubDesk();
});

afterEach(() => desk.github.stop());

describe('an issue', () => {
  it('is told how long it may be', async () => {
    const write = (_: string | undefined, most: number): string => `${MARK}${'x'.repeat(most - MARK.length)}`;
    await desk.put(documentOf('issue', '', { write }));
    expect(desk.github.repository.issues[0]?.body).toHaveLength(65_536);
  });

  it('of a stranger is not taken for ours, whatever it says', async () => {
    desk.github.repository.openAs('NONE', 'mine', `${MARK}\nfacts: stolen`);
    await desk.put(documentOf('issue', 'one'));
    expect(desk.github.repository.issues.map(({ body }) => body)).toEqual([
      `${MARK}\nfacts: stolen`,
      `${MARK}\nfacts: one\nwords:\n`,
    ]);
  });

  it('is found behind hundreds of newer ones', async () => {
    const { url } = await desk.put(documentOf('issue', 'one'));
    for (let index = 0; index < 250; index += 1)
      desk.github.repository.openAs('MEMBER', `issue ${index}`, '');
    expect(await desk.put(documentOf('issue', 'two'))).toMatchObject({ url, became: 'altered' });
  });

  it('that was deleted is opened anew', async () => {
    const { url } = await desk.put(documentOf('issue', 'one'));
    desk.github.repository.issues.length = 0;
    expect(await desk.put(documentOf('issue', 'one', { url }))).toMatchObject({ became: 'opened' });
  });

  it('where issues are switched off says what does without', async () => {
    desk.github.repository.hasIssues = false;
    expect(await desk.shelfOf().put(documentOf('issue', 'one'))).toMatchObject({
      kind: 'failed',
      code: 'TARGET_NOT_FOUND',
      remedy: expect.stringContaining('--pull-request'),
    });
  });
});

describe('a pull request', () => {
  const pull = () => {
    const found = desk.github.repository.pulls.at(-1);
    if (found === undefined) throw new Error('there is none');
    return found;
  };

  it('brings the file in on a branch of its own', async () => {
    await desk.put(documentOf('pull request', 'one'));
    expect(pull()).toMatchObject({
      head: 'post-mortem/INC-7',
      base: 'main',
      title: 'Post-mortem of INC-7: HighErrorRate',
    });
    expect(desk.github.repository.branches.get('main')?.has('post-mortems/INC-7.md')).toBe(false);
  });

  it('takes in what somebody writes at the same moment', async () => {
    await desk.put(documentOf('pull request', 'one'));
    desk.github.repository.beforeWrite = () =>
      desk.write('pull request', `${desk.standing('pull request')}in the same second\n`);
    await desk.put(documentOf('pull request', 'two'));
    expect(desk.standing('pull request')).toBe(`${MARK}\nfacts: two\nwords:\nin the same second\n`);
  });

  it('that was merged is left alone, and followed by another once there is something new', async () => {
    const { url } = await desk.put(documentOf('pull request', 'one'));
    desk.github.repository.merge(pull());
    expect(await desk.put(documentOf('pull request', 'one'))).toMatchObject({ url, became: 'as it was' });
    const second = await desk.put(documentOf('pull request', 'two'));
    expect(second).toMatchObject({ became: 'opened', text: `${MARK}\nfacts: two\nwords:\n` });
    expect(pull().head).toBe('post-mortem/INC-7-2');
  });

  it('that somebody closed is not opened again behind their back', async () => {
    await desk.put(documentOf('pull request', 'one'));
    pull().state = 'closed';
    expect(await desk.shelfOf().put(documentOf('pull request', 'two'))).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('closed'),
    });
    expect(desk.made()).toBe(1);
  });

  it('does not write over the file of another Botswain’s incident', async () => {
    desk.github.repository.branches
      .get('main')
      ?.set('post-mortems/INC-7.md', '<!-- botswain:post-mortem INC-7 2025-01-01T00:00:00.000Z -->');
    expect(await desk.shelfOf().put(documentOf('pull request', 'one'))).toMatchObject({
      kind: 'failed',
      message: 'post-mortems/INC-7.md is of another incident',
    });
  });

  it('goes on where it was cut off: at the branch, at the file, at the pull request', async () => {
    for (const method of ['POST', 'PUT', 'POST']) desk.github.faults.push({ method, how: 'cut after' });
    const shelf = desk.shelfOf();
    for (let tries = 0; tries < 3; tries += 1)
      expect(await shelf.put(documentOf('pull request', 'one'))).toMatchObject({ kind: 'unknown' });
    expect(await desk.put(documentOf('pull request', 'one'))).toMatchObject({ url: pull().html_url });
    expect(desk.made()).toBe(1);
  });
});
