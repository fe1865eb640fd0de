import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ALTER_VARIABLE, LIST_NAMES, readNames, writtenValue } from '../../src/domain/env-file.ts';

const run = promisify(execFile);
const SHELLS = ['dash', 'bash', 'mksh', 'busybox'].filter(
  (shell) => spawnSync('sh', ['-c', `command -v ${shell}`]).status === 0,
);

const CONTENT = `# Karmabot
PORT=5000
export TOKEN="old value" # since May
EMPTY=
QUOTED=""
URI='mongodb://mongodb:27017/karmabot?a=b&c=d'
TOKEN_2=two`;

describe.each(SHELLS)('the file of variables, altered by %s', (shell) => {
  let folder: string;
  let file: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'botswain env-'));
    file = join(folder, '.env');
    await writeFile(file, CONTENT, { mode: 0o640 });
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const shellArgv = shell === 'busybox' ? ['busybox', 'sh'] : [shell];

  function alter(mode: 'set' | 'unset' | 'back', key: string, value = '') {
    const [program = '', ...before] = shellArgv;
    const args = [...before, '-c', ALTER_VARIABLE, 'sh', mode, file, key, 'receipt-1'];
    return spawnSync(program, args, { input: value, encoding: 'utf8' });
  }
  const lines = async (): Promise<readonly string[]> => (await readFile(file, 'utf8')).trimEnd().split('\n');

  it('sets one where it stands, and keeps all others, the owner and the mode', async () => {
    expect(alter('set', 'TOKEN', 'new').status).toBe(0);
    const expected = CONTENT.split('\n').map((line) =>
      line.startsWith('export TOKEN') ? 'TOKEN=new' : line,
    );
    expect(await lines()).toEqual([...expected, '# botswain: receipt-1']);
    expect((await stat(file)).mode & 0o777).toBe(0o640);
  });

  it('adds one that is not there, and takes one out', async () => {
    alter('set', 'NEW_ONE', 'x');
    expect(await lines()).toContain('NEW_ONE=x');
    alter('unset', 'PORT');
    const after = await lines();
    expect(after).not.toContain('PORT=5000');
    expect(after).toContain('TOKEN_2=two');
    expect(after.filter((line) => line.startsWith('# botswain: '))).toHaveLength(1);
  });

  it('puts the file back as it was, and forth again', async () => {
    alter('set', 'TOKEN', 'new');
    expect(alter('back', '').status).toBe(0);
    expect((await lines()).slice(0, -1)).toEqual(CONTENT.split('\n'));
    alter('back', '');
    expect(await lines()).toContain('TOKEN=new');
  });

  it('alters nothing where there is no file, or nothing to put back, and says so', async () => {
    expect(alter('back', '')).toMatchObject({
      status: 67,
      stderr: expect.stringContaining('nothing was changed'),
    });
    await rm(file);
    expect(alter('set', 'A', 'b')).toMatchObject({
      status: 66,
      stderr: expect.stringContaining('there is no file'),
    });
  });

  it('leaves the file as it was where nothing can be written beside it', async () => {
    if (process.getuid?.() === 0) {
      // Root may write anywhere; a folder in the way is in everybody's way.
      execFileSync('mkdir', ['-p', `${file}.botswain-new/x`]);
    } else await chmod(folder, 0o500);
    expect(alter('set', 'TOKEN', 'new').status).not.toBe(0);
    await chmod(folder, 0o700);
    expect(await readFile(file, 'utf8')).toBe(CONTENT);
  });

  it('gives every value that is not refused to whoever reads the file as a shell does', async () => {
    const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(value, async (given) => {
        const written = writtenValue(given);
        fc.pre(written.kind === 'succeeded');
        if (written.kind !== 'succeeded') return;
        await writeFile(file, 'KEPT=1\n');
        expect(alter('set', 'V', written.value).status).toBe(0);
        if (!written.value.startsWith("'")) return;
        const { stdout } = await run('sh', ['-c', '. "$1"; printf %s "$V$KEPT"', 'sh', file]);
        expect(stdout).toBe(`${given}1`);
      }),
      { numRuns: 20 },
    );
  });
});

it('only names leave the target', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'botswain-env-'));
  const file = join(folder, '.env');
  await writeFile(file, `${CONTENT}\nnot a line\n=x\n9=y\n  SPACED = no\nLAST=secret=with=equals`);
  const { stdout } = await run('sed', ['-n', ...LIST_NAMES.flatMap((each) => ['-e', each]), '--', file]);
  expect(stdout).not.toMatch(/old|mongodb|two|5000|secret|with/);
  expect(readNames(stdout)).toEqual([
    { name: 'PORT', isEmpty: false },
    { name: 'TOKEN', isEmpty: false },
    { name: 'EMPTY', isEmpty: true },
    { name: 'QUOTED', isEmpty: true },
    { name: 'URI', isEmpty: false },
    { name: 'TOKEN_2', isEmpty: false },
    { name: 'LAST', isEmpty: false },
  ]);
  await rm(folder, { recursive: true });
});

it.each([
  ['that is empty', '', /is empty/],
  ['with a quote', "it's", /no quoting/],
  ['of two lines', 'two\nlines', /control character/],
  ['that is too long', 'x'.repeat(8193), /8192/],
])('refuses a value %s in words that do not hold it', (_what, value, why) => {
  const refused = writtenValue(value);
  expect(refused.kind).toBe('failed');
  if (refused.kind === 'failed') expect(refused.message).toMatch(why);
});
