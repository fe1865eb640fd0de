import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { KeptAs, Shelf } from '../../src/github/shelf.ts';
import { documentOf, type GithubDesk, githubDesk, MARK } from './github-desk.ts';

let desk: GithubDesk;

beforeEach(async () => {
  desk = await githubDesk();
});

afterEach(() => desk.github.stop());

describe.each<KeptAs>(['issue', 'pull request'])('a document that is kept as an %s', (as) => {
  it('is opened once, brought up to date after that, and left alone where nothing is new', async () => {
    const opened = await desk.put(documentOf(as, 'one'));
    expect(opened).toMatchObject({ became: 'opened', text: `${MARK}\nfacts: one\nwords:\n` });
    expect(desk.standing(as)).toBe(opened.text);
    expect(await desk.put(documentOf(as, 'two'))).toMatchObject({ became: 'altered', url: opened.url });
    expect(desk.standing(as)).toContain('facts: two');
    desk.github.seen.length = 0;
    expect(await desk.put(documentOf(as, 'two', { url: opened.url }))).toMatchObject({
      became: 'as it was',
      url: opened.url,
    });
    expect(desk.github.seen.filter((line) => !line.startsWith('GET'))).toEqual([]);
    expect(desk.made()).toBe(1);
  });

  it('keeps what people wrote there', async () => {
    await desk.put(documentOf(as, 'one'));
    desk.write(as, `${desk.standing(as)}we were lucky\n`.replaceAll('\n', '\r\n'));
    const { text } = await desk.put(documentOf(as, 'two'));
    expect(text.replaceAll('\r\n', '\n')).toBe(`${MARK}\nfacts: two\nwords:\nwe were lucky\n`);
    expect(desk.standing(as)).toBe(text);
  });

  it.each(['cut after', 'garbage after'] as const)(
    'is not opened twice when the answer is lost: %s',
    async (how) => {
      desk.github.faults.push({ method: 'POST', how });
      expect(await desk.shelfOf().put(documentOf(as, 'one'))).toMatchObject({
        kind: 'unknown',
        code: 'TARGET_CONNECTION_LOST',
        message: expect.stringContaining('looks first'),
      });
      await desk.put(documentOf(as, 'one'));
      expect(desk.made()).toBe(1);
    },
  );

  it.each([
    ['GET', 'failed', 'TARGET_UNREACHABLE'],
    ['POST', 'unknown', 'TARGET_CONNECTION_LOST'],
  ])('a connection that is cut at a %s is %s', async (method, kind, code) => {
    desk.github.faults.push({ method, how: 'cut before' });
    expect(await desk.shelfOf().put(documentOf(as, 'one'))).toMatchObject({ kind, code });
  });

  it.each<[string, () => Shelf, object]>([
    [
      'a wrong token',
      () => desk.shelfOf({ token: 'wrong' }),
      { code: 'TARGET_LOGIN_FAILED', remedy: expect.stringContaining('GITHUB_TOKEN') },
    ],
    [
      'an unknown repository',
      () => desk.shelfOf({ repo: 'elsewhere' }),
      { code: 'TARGET_NOT_FOUND', remedy: expect.stringContaining('post_mortems.repository') },
    ],
    [
      'the rate limit',
      () => {
        desk.github.remaining = 0;
        return desk.shelfOf();
      },
      { code: 'TARGET_UNREACHABLE', remedy: 'Try again at 05:00 UTC.' },
    ],
    [
      'the second rate limit',
      () => {
        desk.github.faults.push({ how: { status: 429, headers: { 'retry-after': '60' } } });
        return desk.shelfOf();
      },
      { code: 'TARGET_UNREACHABLE', remedy: 'Try again in 60s.' },
    ],
    [
      'a token that may not write',
      () => {
        desk.github.faults.push({ method: 'POST', how: { status: 403 } });
        return desk.shelfOf();
      },
      { code: 'TARGET_LOGIN_FAILED', remedy: expect.stringContaining('read and write') },
    ],
    [
      'a rule of the repository',
      () => {
        desk.github.faults.push({ method: 'POST', how: { status: 422 } });
        return desk.shelfOf();
      },
      { code: 'TARGET_UNEXPECTED_ANSWER', message: expect.stringContaining('422') },
    ],
  ])('says what is wrong: %s', async (_, shelf, expected) => {
    expect(await shelf().put(documentOf(as, 'one'))).toMatchObject({ kind: 'failed', ...expected });
    expect(desk.made()).toBe(0);
  });

  it('does not wait for ever', async () => {
    desk.github.faults.push({ method: 'POST', how: 'hangs' });
    expect(await desk.shelfOf({ timeoutMs: 300 }).put(documentOf(as, 'one'))).toMatchObject({
      kind: 'unknown',
    });
    await desk.put(documentOf(as, 'one'));
    expect(desk.made()).toBe(1);
  });
});
