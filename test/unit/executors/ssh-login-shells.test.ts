import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callLines } from '../../../src/executors/receipt-carry.ts';
import { scriptArguments, scriptLine } from '../../../src/executors/receipt-script.ts';
import { NASTY } from '../../contract/executor-words.ts';

const PRINT = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';

/** Shells an account may have, with what each needs to run a line as sshd makes it. */
const LOGIN_SHELLS = ['sh', 'bash', 'dash', 'zsh', 'fish', 'tcsh', 'mksh'];
/** What `/bin/sh` may be on a host. */
const SHELLS: readonly (readonly string[])[] = [['dash'], ['bash', '--posix'], ['mksh'], ['busybox', 'sh']];

/** In CI all of them must be there. */
const wanted = (name: string): boolean =>
  process.env.BOTSWAIN_TEST_NO_SKIP === '1' || existsSync(`/bin/${name}`) || existsSync(`/usr/bin/${name}`);

/** No NUL, no lone surrogate: what no program can be given. */
const anything = fc.string({ unit: 'binary', maxLength: 40 }).filter((text) => !text.includes('\0'));

describe('the constant lines', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shells-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const readInput = (argv: readonly string[]): string => {
    return `${['MARK', ...callLines({ kind: 'argv', argv, cwd: folder })].join('\n')}\n`;
  };
  const receiptInput = (mode: 'start' | 'ask', receipt: string, argv: readonly string[]): string => {
    const head = ['MARK', mode, receipt, `=${folder}/receipts`, '10000', '5'];
    return `${[...head, ...callLines({ kind: 'argv', argv, cwd: folder })].join('\n')}\n`;
  };

  it('hold nothing that any login shell would read in its own way', () => {
    for (const line of Object.values(scriptLine)) {
      expect(line).toMatch(/^exec \/bin\/sh( '[^']*'| -c)+$/);
      expect(line).not.toMatch(/[\\\n\r\t]|[^\x20-\x7e]|!(?![ =])/);
      // csh's longest word and the kernel's longest argument are far away.
      expect(line.length).toBeLessThan(8_000);
    }
  });

  for (const shell of LOGIN_SHELLS)
    it.runIf(wanted(shell))(`keep every byte under the login shell ${shell}`, async () => {
      const given = [...NASTY, ...fc.sample(anything, 200)];
      const argv = [process.execPath, '-e', PRINT, '--', ...given];
      const read = await execa(shell, ['-c', scriptLine.read], {
        input: readInput(argv),
      });
      expect(read.stdout).toMatch(/^MARK run \d+\n/);
      expect(JSON.parse(read.stdout.slice(read.stdout.indexOf('\n')))).toEqual(given);
      const input = receiptInput('start', randomUUID(), argv);
      const change = await execa(shell, ['-c', scriptLine.receipt], { input });
      const [here, state, output = ''] = change.stdout.split('\n');
      expect(here).toMatch(/^MARK here \d+$/);
      expect(state).toMatch(/^MARK ended 0 [\d.]+ [\d.]+ whole old whole whole$/);
      expect(JSON.parse(output)).toEqual(given);
    });

  for (const [shell = '', ...options] of SHELLS)
    it.runIf(wanted(shell))(`work where /bin/sh is ${shell}`, async () => {
      const bin = join(folder, `bin-${shell}`);
      await mkdir(bin);
      const run = (script: 'read' | 'receipt', input: string) =>
        execa(shell, [...options, ...scriptArguments(script)], { input });
      const read = await run('read', readInput(['sh', '-c', 'echo "$1"; pwd', 'sh', 'ä\n']));
      expect(read.stdout).toMatch(new RegExp(`^MARK run \\d+\nä\n\n${folder}$`));
      const receipt = randomUUID();
      const argv = ['sh', '-c', `echo ran >>${folder}/ran-${shell}; echo out; echo err >&2; exit 9`];
      for (const mode of ['start', 'start', 'ask'] as const) {
        const change = await run('receipt', receiptInput(mode, receipt, argv));
        expect(change.stdout).toMatch(
          /^MARK here \d+\nMARK ended 9 [\d.]+ [\d.]+ whole old whole whole\nout$/,
        );
        expect(change.stderr).toBe('MARK\nerr');
      }
      const ran = await execa('cat', [`${folder}/ran-${shell}`]);
      expect(ran.stdout).toBe('ran');
      const never = randomUUID();
      const asked = await run('receipt', receiptInput('ask', never, []));
      expect(asked.stdout).toMatch(/^MARK here \d+\nMARK void - 0 0 whole fresh whole whole$/);
      const late = await run('receipt', receiptInput('start', never, argv));
      expect(late.stdout).toMatch(/MARK void - 0 0 whole old whole whole$/);
    });

  it('fall back to nohup where there is no setsid', async () => {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    for (const tool of [
      'sh',
      'mkdir',
      'nohup',
      'sleep',
      'find',
      'rm',
      'cat',
      'wc',
      'head',
      'tail',
      'mv',
      'echo',
      'base64',
    ])
      await symlink(
        (await execa('sh', ['-c', `command -v ${tool} | grep / || echo /bin/${tool}`])).stdout,
        join(bin, tool),
      );
    const input = receiptInput('start', randomUUID(), ['sh', '-c', 'command -v setsid; echo ran; exit 2']);
    const change = await execa('/bin/sh', scriptArguments('receipt'), {
      input,
      env: { PATH: bin },
      extendEnv: false,
    });
    expect(change.stdout).toMatch(/\nMARK ended 2 [\d.]+ [\d.]+ whole old whole whole\nran$/);
  });

  it('do not run what was forbidden after it was claimed and before it began', async () => {
    const receipt = join(folder, randomUUID());
    await mkdir(receipt);
    await symlink('void', join(receipt, 'pid'));
    const [, , , worker = ''] = scriptArguments('receipt');
    const argv = ['-c', worker, 'botswain', receipt, '1000', '', 'touch', join(folder, 'forbidden')];
    await execa('/bin/sh', argv, { reject: false });
    expect(existsSync(join(folder, 'forbidden'))).toBe(false);
    await execa('rm', [join(receipt, 'pid')]);
    await execa('/bin/sh', argv);
    expect(existsSync(join(folder, 'forbidden'))).toBe(true);
  });

  it('do nothing with an input that was cut off', async () => {
    const argv = ['touch', `${folder}/touched`, `${folder}/longer`];
    for (const [script, input] of [
      ['read', readInput(argv)],
      ['receipt', receiptInput('start', randomUUID(), argv)],
    ] as const)
      for (let length = 0; length < input.length - 1; length += 7) {
        const cut = await execa('/bin/sh', scriptArguments(script), {
          input: input.slice(0, length),
          reject: false,
        });
        expect(cut.exitCode, input.slice(0, length)).not.toBe(0);
        expect(cut.stdout).toBe('');
      }
    expect(existsSync(`${folder}/touched`)).toBe(false);
  });
});
