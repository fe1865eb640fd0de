import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Look } from '../../src/checks/check.ts';
import { lastTimeIn } from '../../src/checks/file/timestamp.ts';
import { fileCheckKind } from '../../src/checks/file.ts';
import { parseSize } from '../../src/checks/host/bounds.ts';
import { failed } from '../../src/domain/outcome.ts';
import { localKind } from '../../src/executors/local.ts';
import { portsFor } from './executor-ports.ts';
import { reach } from './host-read.ts';

const root = mkdtempSync(join(tmpdir(), 'checks-file-'));
const executor = localKind.create(portsFor([]));
const { read } = reach(executor, { name: 'here', environment: 'test', kind: 'local', settings: {} });

const look = (settings: object, timeoutMs = 10_000): Promise<Look> =>
  fileCheckKind
    .bind(settings, {
      read,
      componentStatus: async () => failed('TARGET_NOT_FOUND', 'none'),
      secret: () => failed('CONFIG_SECRET_MISSING', 'none'),
      // A century off: only the target's clock may count.
      now: () => 0,
    })
    .look(AbortSignal.timeout(timeoutMs));

const HEARTBEAT = { age_from: 'content', warn_age: '120s', max_age: '300s' } as const;

describe('the file check on a real machine', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(root, 'it is $HOME; "-f" \''));
    path = join(folder, 'katana heartbeat.txt');
  });
  afterAll(async () => {
    await executor.close();
    rmSync(root, { recursive: true, force: true });
  });
  const seconds = (ago: number): number => Date.now() / 1_000 - ago;
  const verdictOf = async (content: string, settings: object = HEARTBEAT) => {
    writeFileSync(path, content);
    return (await look({ path, ...settings })).verdict;
  };

  it('takes a fresh heartbeat in every form a bot may write it', async () => {
    for (const content of [
      String(Math.floor(seconds(5))),
      `${seconds(5)}\n`,
      `${Date.now() - 5_000}\n`,
      new Date(Date.now() - 5_000).toISOString(),
      execFileSync('date', ['+%Y-%m-%d %H:%M:%S,123 - bot - INFO - alive'], { encoding: 'utf8' }),
      `old 2001-01-01T00:00:00Z\n${new Date().toISOString()} chat 1234567890\n\n`,
    ])
      expect([content, await verdictOf(content)]).toEqual([content, 'pass']);
    expect((await look({ path, ...HEARTBEAT })).summary).toMatch(/: it says \d+(\.\d)?(s|ms) ago; \d+ B$/);
  });

  it('warns of one that gets old, and fails of a stale one, with how old it is', async () => {
    expect(await verdictOf(String(seconds(200)))).toBe('warn');
    expect((await look({ path, ...HEARTBEAT })).summary).toMatch(
      /: getting old: it says 3m[12]\ds ago, more than 2m$/,
    );
    expect(await verdictOf(String(seconds(3_700)))).toBe('fail');
    expect((await look({ path, ...HEARTBEAT })).summary).toMatch(
      /: stale: it says 1h1m ago, and no more than 5m is allowed$/,
    );
  });

  it('fails where it is missing, empty, without a time, in the future, or no file', async () => {
    const said = async (content: string) => {
      writeFileSync(path, content);
      const { verdict, summary } = await look({ path, ...HEARTBEAT });
      expect(verdict).toBe('fail');
      return summary.slice(summary.indexOf('.txt: ') + 6);
    };
    expect(await look({ path, ...HEARTBEAT })).toEqual({
      verdict: 'fail',
      summary: expect.stringMatching(/katana heartbeat\.txt: not found$/),
    });
    expect(await said('')).toBe('empty, no time stands in it');
    expect(await said('  \n\n')).toBe('empty, no time stands in it');
    expect(await said('alive since 12:00, pid 12345')).toBe('no time stands in its last lines');
    expect(await said('2026-13-45T99:00:00Z')).toBe('no time stands in its last lines');
    expect(await said(String(seconds(-7_200)))).toMatch(
      /^it says (2h|1h59m) in the future: the clock or the time zone of its writer is wrong$/,
    );
    expect((await look({ path: folder, max_age: '1h' })).summary).toMatch(
      /: it is no file, but a folder or a device$/,
    );
    expect((await look({ path: `${path}/deeper` })).summary).toMatch(/: not found$/);
  });

  it('counts the age from when it was modified, and follows a link', async () => {
    writeFileSync(path, '');
    const link = join(folder, 'link');
    symlinkSync(path, link);
    expect(await look({ path: link, max_age: '1m' })).toMatchObject({ verdict: 'pass' });
    utimesSync(path, seconds(600), seconds(600));
    expect(await look({ path: link, max_age: '1m' })).toMatchObject({
      verdict: 'fail',
      summary: expect.stringMatching(/: stale: it was written 10m/),
    });
    rmSync(path);
    expect((await look({ path: link })).summary).toMatch(/: not found$/);
  });

  it('looks at its size and at the end of its text', async () => {
    expect(await verdictOf('x'.repeat(2_048), { min_size: '2 KiB', max_size: 2_048 })).toBe('pass');
    expect(await verdictOf('x', { min_size: '2KiB' })).toBe('fail');
    expect((await look({ path, min_size: '2KiB' })).summary).toMatch(
      /: too small: 1 B, and at least 2 KiB is wanted$/,
    );
    expect((await look({ path, max_size: 0 })).summary).toMatch(
      /: too big: 1 B, and at most 0 B is allowed$/,
    );
    const log = `FATAL out of memory\n${'line\n'.repeat(50)}Bot polling started\n`;
    const texts = { contains: 'polling started', absent_text: 'FATAL' };
    expect(await verdictOf(log, texts)).toBe('pass');
    expect(await verdictOf(log, { ...texts, lines: 60 })).toBe('fail');
    expect((await look({ path, lines: 60, ...texts })).summary).toMatch(
      /: "FATAL" stands in its last 60 lines$/,
    );
    expect((await look({ path, contains: 'stopped' })).summary).toMatch(
      /: "stopped" is missing from its last 20 lines$/,
    );
  });

  it('wants it gone where that is what is asked for', async () => {
    expect(await look({ path, absent: true })).toMatchObject({ verdict: 'pass' });
    writeFileSync(path, '');
    expect(await look({ path, absent: true })).toEqual({
      verdict: 'fail',
      summary: expect.stringMatching(/: it is there, and must not be$/),
    });
  });

  it('is done at once with a huge line, a pipe that nobody writes to, and a path like a shell script', async () => {
    writeFileSync(path, `${'x'.repeat(20 * 1_024 * 1_024)} the end`);
    expect(await look({ path, contains: 'the end' })).toMatchObject({ verdict: 'pass' });
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect((await look({ path: pipe, contains: 'x' })).summary).toMatch(/it is no file/);
    mkdirSync(join(folder, '$(touch x)`touch y`; touch z #'));
    const trick = join(folder, '$(touch x)`touch y`; touch z #', 'a\'b"c');
    writeFileSync(trick, String(seconds(1)));
    expect(await look({ path: trick, ...HEARTBEAT })).toMatchObject({ verdict: 'pass' });
    expect(execFileSync('ls', [folder], { encoding: 'utf8' })).not.toMatch(/^[xyz]$/m);
  });
});

describe('the settings of the file check', () => {
  const problem = (settings: object) => fileCheckKind.settings.safeParse(settings).error?.issues[0]?.message;
  it.each([
    [{ path: 'heartbeat.txt' }, /^not an absolute path/],
    [{ path: '/a\nb' }, /^not an absolute path/],
    [{ path: '/a', max_age: '5' }, /is not a duration/],
    [{ path: '/a', age_from: 'content' }, /"age_from" without an age/],
    [{ path: '/a', warn_age: '2m', max_age: '1m' }, /"warn_age" is longer/],
    [{ path: '/a', min_size: '2k', max_size: 100 }, /"min_size" is more/],
    [{ path: '/a', min_size: 'much' }, /^not a size/],
    [{ path: '/a', absent: true, max_age: '1m' }, /^a file that must not be there/],
  ])('refuses %j', (settings, words) => expect(problem(settings)).toMatch(words));

  it.each([
    ['0', 0],
    ['500 B', 500],
    ['64KiB', 65_536],
    ['2k', 2_048],
    ['10 MB', 10_000_000],
    ['1.5 GiB', 1_610_612_736],
    ['x', undefined],
    ['-1', undefined],
  ])('reads the size %s as %s', (text, bytes) => expect(parseSize(text)).toBe(bytes));

  it.each([
    ['2026-11-20T14:00:00+01:00', Date.UTC(2026, 10, 20, 13)],
    ['2026-11-20 14:00:00', Date.UTC(2026, 10, 20, 12)],
    ['2026-11-20T14:00Z', Date.UTC(2026, 10, 20, 14)],
    ['2026-11-20 14:00:00 UTC', Date.UTC(2026, 10, 20, 14)],
    ['1700000000.25', 1_700_000_000_250],
    ['1700000000250', 1_700_000_000_250],
    ['chat -1001234567890 from 10.0.0.1', undefined],
    ['12345', undefined],
  ])('finds the time in %s', (text, at) => expect(lastTimeIn(text, '+0200')).toBe(at));
});
