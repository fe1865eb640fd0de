import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { ArgvCall, CallResult } from '../../src/domain/call.ts';
import type { Target } from '../../src/domain/fleet.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { Executor, Reconciliation, RunRequest } from '../../src/executors/executor.ts';

/** An executor of programs whose target is this machine, so that a test sees what it does there. */
export interface ProgramExecutor {
  readonly executor: Executor;
  readonly target: Target;
  /** The target's folder of receipts. */
  readonly receipts: string;
}

/** Short words for tests over an executor of programs. */
export function words({ executor, target }: Pick<ProgramExecutor, 'executor' | 'target'>) {
  const run = (argv: readonly string[], more: Partial<RunRequest & ArgvCall> = {}) => {
    const { cwd, sudo, ...bounds } = more;
    const call: ArgvCall = {
      kind: 'argv',
      argv,
      ...(cwd === undefined ? {} : { cwd }),
      ...(sudo === undefined ? {} : { sudo }),
    };
    return executor.run({ target, call, deadlineMs: 20_000, outputCapBytes: 65_536, ...bounds });
  };
  const sh = (script: string, more: Partial<RunRequest & ArgvCall> = {}) =>
    run(['/bin/sh', '-c', script], more);
  const reconcile = (receipt: string, startedAt = Date.now()): Promise<Reconciliation> =>
    executor.reconcile({
      target,
      call: { kind: 'argv', argv: [] },
      begun: { receipt, startedAt, evidence: {} },
    });
  return { run, sh, reconcile };
}

/** The result of a call that was carried out; fails the test where it was not. */
export function resultOf(outcome: Outcome<CallResult>): CallResult {
  if (outcome.kind !== 'succeeded') throw new Error(`${outcome.kind} ${outcome.code}: ${outcome.message}`);
  return outcome.value;
}

/** Arguments that break what quotes, splits, expands or decodes. */
export const NASTY: readonly string[] = [
  ...[
    '',
    ' ',
    '  two  spaces ',
    "it's",
    '"quoted"',
    `'"'"'`,
    '$(id)',
    '`id`',
    '$HOME',
    '${HOME}',
    '!x !!',
    'a;b&c|d>e<f',
  ],
  ...[
    '-',
    '-n',
    '--',
    '--help',
    '.',
    '=',
    '+',
    '+YQ==',
    '=x',
    '\\',
    'a\\nb',
    "a\\'b",
    '*',
    '?[a-z]*',
    '~',
    '#no',
    '%s%d',
  ],
  ...[
    'line\nbreak',
    'ends\n',
    'ends\n\n',
    '\n',
    '\r\n',
    '\t',
    'ä ö ü ß',
    'Привет',
    '日本語',
    '👩‍👩‍👧',
    '\u0081\u0088',
    '\u0001\u007f',
    '\u200b\u202e',
  ],
];

const alive = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
const lines = (path: string): number =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;

/** What holds for every executor of programs, whatever the way to the target; `open` is called once. */
export function programExecutorContract(open: () => Promise<ProgramExecutor>): void {
  let given: ProgramExecutor;
  let at: ReturnType<typeof words>;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'executor-'));
    given = await open();
    at = words(given);
  });
  afterAll(async () => {
    await given.executor.close();
    await rm(folder, { recursive: true, force: true });
  });
  const receiptPath = (receipt: string, file = ''): string => join(given.receipts, receipt, file);

  for (const kind of ['read', 'change'] as const) {
    const bounds = (): Partial<RunRequest> => (kind === 'change' ? { receipt: randomUUID() } : {});

    it(`gives a ${kind} its arguments byte for byte`, async () => {
      const script = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))';
      const result = resultOf(await at.run([process.execPath, '-e', script, '--', ...NASTY], bounds()));
      expect(JSON.parse(result.stdout)).toEqual(NASTY);
    });

    it(`keeps a ${kind}'s outputs apart and untrimmed, and its code`, async () => {
      const result = resultOf(await at.sh('printf "  out\\n\\n"; printf " err " >&2; exit 7', bounds()));
      expect(result).toMatchObject({ code: 7, stdout: '  out\n\n', stderr: ' err ', truncated: false });
    });

    it(`has no input for a ${kind}`, async () => {
      expect(resultOf(await at.run(['cat'], bounds())).stdout).toBe('');
    });

    it(`gives a ${kind} killed by a signal the code of a shell`, async () => {
      expect(resultOf(await at.sh('kill -KILL $$', bounds())).code).toBe(137);
    });

    it(`says 127 of a ${kind} whose program is not there`, async () => {
      const result = resultOf(await at.run(['/no/such/program'], bounds()));
      expect(result.code).toBe(127);
    });

    it(`runs a ${kind} in its folder, and not at all where there is none`, async () => {
      const odd = join(folder, `-it's ä folder`);
      await mkdir(odd, { recursive: true });
      expect(resultOf(await at.run(['pwd'], { ...bounds(), cwd: odd })).stdout).toBe(`${odd}\n`);
      const missing = await at.sh(`touch ${folder}/never`, { ...bounds(), cwd: `${folder}/missing` });
      expect(missing).toMatchObject({ kind: 'failed', code: 'TARGET_NOT_FOUND' });
      expect(existsSync(`${folder}/never`)).toBe(false);
    });

    it(`bounds the 50 MB a ${kind} prints to head and tail`, async () => {
      const before = process.memoryUsage().rss;
      const script = 'echo first; head -c 50000000 /dev/zero | tr "\\0" x; echo; echo last';
      const result = resultOf(await at.sh(script, { ...bounds(), outputCapBytes: 10_000 }));
      expect(result.truncated).toBe(true);
      expect(result.stdout.length).toBeLessThan(11_500);
      expect(result.stdout).toMatch(/^first\nx+\n.*left out.*\nx+\nlast\n$/);
      expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
    });

    it(`breaks no character of what a ${kind} prints`, async () => {
      const script = 'process.stdout.write("aä€👩".repeat(100_000))';
      const whole = resultOf(
        await at.run([process.execPath, '-e', script], { ...bounds(), outputCapBytes: 2_000_000 }),
      );
      expect(whole.stdout).toBe('aä€👩'.repeat(100_000));
      for (const outputCapBytes of [1_001, 1_002, 1_003, 1_004]) {
        const cut = resultOf(await at.run([process.execPath, '-e', script], { ...bounds(), outputCapBytes }));
        expect(cut.truncated).toBe(true);
        expect(cut.stdout).not.toContain('\uFFFD');
      }
    });

    it(`breaks a ${kind} off when asked to`, async () => {
      const stop = new AbortController();
      const started = at.sh(`touch ${folder}/begun-${kind}; sleep 5`, { ...bounds(), signal: stop.signal });
      await expect.poll(() => existsSync(`${folder}/begun-${kind}`)).toBe(true);
      stop.abort();
      const expected = kind === 'read' ? 'failed' : 'unknown';
      expect(await started).toMatchObject({ kind: expected, code: 'TARGET_INTERRUPTED' });
      const never = await at.sh(`touch ${folder}/never`, { ...bounds(), signal: stop.signal });
      expect(never).toMatchObject({ kind: 'failed', code: 'TARGET_INTERRUPTED' });
      expect(existsSync(`${folder}/never`)).toBe(false);
    });
  }

  it('carries 20 calls at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        at.sh(`sleep 0.1; echo ${index}`, index % 2 === 0 ? {} : { receipt: randomUUID() }),
      ),
    );
    expect(outcomes.map((one) => resultOf(one).stdout)).toEqual(outcomes.map((_, index) => `${index}\n`));
  });

  it('refuses an argument that no program can get', async () => {
    expect(await at.run(['echo', 'a\0b'])).toMatchObject({ kind: 'failed', code: 'INPUT_CONTROL_CHARACTER' });
  });

  it('refuses a call of another kind', async () => {
    const { executor, target } = given;
    const call = { kind: 'docker', operation: 'inspect', container: 'x' } as const;
    const outcome = await executor.run({ target, call, deadlineMs: 1_000, outputCapBytes: 100 });
    expect(outcome).toMatchObject({ kind: 'failed', code: 'TARGET_NO_EXECUTOR' });
  });

  it('ends a read at its deadline, and what it ran', async () => {
    const outcome = await at.sh(`echo $$ >${folder}/hanging; exec sleep 60`, { deadlineMs: 700 });
    expect(outcome).toMatchObject({ kind: 'failed', code: 'TARGET_TIMEOUT' });
    const pid = Number(readFileSync(`${folder}/hanging`, 'utf8'));
    await expect.poll(() => alive(pid), { timeout: 5_000 }).toBe(false);
  });

  it('leaves a change running at its deadline, and the receipt tells what became of it', async () => {
    const receipt = randomUUID();
    const script = `until [ -e ${folder}/go ]; do sleep 0.05; done; echo done; exit 3`;
    const outcome = await at.sh(script, { receipt, deadlineMs: 500 });
    expect(outcome).toMatchObject({ kind: 'unknown', code: 'TARGET_TIMEOUT' });
    expect(await at.reconcile(receipt)).toEqual({ kind: 'still running' });
    writeFileSync(`${folder}/go`, '');
    await expect
      .poll(() => at.reconcile(receipt))
      .toMatchObject({
        kind: 'happened',
        result: { code: 3, stdout: 'done\n', stderr: '', truncated: false },
      });
    const { result } = (await at.reconcile(receipt)) as Extract<Reconciliation, { kind: 'happened' }>;
    expect(result.durationMs).toBeGreaterThan(400);
  });

  it('runs what five start at once under one receipt only once, and answers all five', async () => {
    const receipt = randomUUID();
    const script = `echo ran >>${folder}/races; sleep 0.3; echo done; exit 4`;
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => at.sh(script, { receipt })));
    expect(outcomes.map((one) => resultOf(one))).toEqual(
      outcomes.map(() => expect.objectContaining({ code: 4, stdout: 'done\n' })),
    );
    expect(lines(`${folder}/races`)).toBe(1);
    expect(resultOf(await at.sh(script, { receipt })).stdout).toBe('done\n');
    expect(lines(`${folder}/races`)).toBe(1);
  });

  it('makes sure that what did not happen never will', async () => {
    const receipt = randomUUID();
    expect(await at.reconcile(receipt)).toEqual({ kind: 'did not happen' });
    const late = await at.sh(`touch ${folder}/late`, { receipt });
    expect(late).toMatchObject({ kind: 'failed', code: 'TARGET_NOT_STARTED' });
    expect(existsSync(`${folder}/late`)).toBe(false);
    expect(await at.reconcile(receipt)).toEqual({ kind: 'did not happen' });
  });

  it('takes a claimed receipt that nothing came of for not happened', async () => {
    const receipt = randomUUID();
    await mkdir(receiptPath(receipt), { recursive: true });
    expect(await at.reconcile(receipt)).toEqual({ kind: 'did not happen' });
  });

  it('cannot tell when what ran was killed together with its witness', async () => {
    const receipt = randomUUID();
    const started = at.sh('sleep 60', { receipt });
    await expect.poll(() => existsSync(receiptPath(receipt, 'pid'))).toBe(true);
    await expect
      .poll(() => readFileSync(receiptPath(receipt, 'pid'), 'utf8'))
      .toMatch(/^\d+ \d+ \S+ [\d.]+ \.\n$/);
    const session = Number.parseInt(readFileSync(receiptPath(receipt, 'pid'), 'utf8'), 10);
    process.kill(-session, 'SIGKILL');
    expect(await started).toMatchObject({ kind: 'unknown', code: 'TARGET_INTERRUPTED' });
    expect(await at.reconcile(receipt)).toMatchObject({ kind: 'cannot tell' });
  });

  it('is not taken in by a process that got the same number later, nor by another boot', async () => {
    const stat = readFileSync(`/proc/${process.pid}/stat`, 'utf8');
    const started = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const forged = async (text: string): Promise<Reconciliation> => {
      const receipt = randomUUID();
      await mkdir(receiptPath(receipt), { recursive: true });
      writeFileSync(receiptPath(receipt, 'pid'), text);
      return at.reconcile(receipt);
    };
    expect(await forged(`${process.pid} ${started} ${boot} 1 .\n`)).toEqual({ kind: 'still running' });
    expect(await forged(`${process.pid} ${started - 1} ${boot} 1 .\n`)).toMatchObject({
      kind: 'cannot tell',
    });
    expect(await forged(`${process.pid} ${started} ${randomUUID()} 1 .\n`)).toMatchObject({
      kind: 'cannot tell',
      why: expect.stringContaining('restarted'),
    });
  });

  it('waits for the program and not for the daemon it leaves behind', async () => {
    const startedAt = performance.now();
    const result = resultOf(
      await at.sh('(sleep 30; echo late) & echo $!; exit 0', { receipt: randomUUID() }),
    );
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    process.kill(Number(result.stdout), 'SIGKILL');
  });

  it('keeps a talkative change within its cap on the target while it runs', async () => {
    const receipt = randomUUID();
    const script = `yes talk & pid=$!; until [ -e ${folder}/hush ]; do sleep 0.1; done; kill $pid; echo end`;
    const started = at.sh(script, { receipt, outputCapBytes: 20_000 });
    await expect.poll(() => existsSync(receiptPath(receipt, 'out.tail')), { timeout: 10_000 }).toBe(true);
    writeFileSync(`${folder}/hush`, '');
    const result = resultOf(await started);
    expect(result.truncated).toBe(true);
    expect(result.stdout).toMatch(/^talk\n[^]*left out[^]*talk\n?[^]*end\n$/);
    const kept = readdirSync(receiptPath(receipt)).map((file) => statSync(receiptPath(receipt, file)).size);
    expect(kept.reduce((sum, size) => sum + size, 0)).toBeLessThan(21_000);
  });

  it('sweeps receipts older than seven days, and then cannot tell what they said', async () => {
    const old = randomUUID();
    resultOf(await at.sh('echo old', { receipt: old }));
    const young = randomUUID();
    resultOf(await at.sh('echo young', { receipt: young }));
    const eightDaysAgo = Date.now() / 1_000 - 8 * 86_400;
    await utimes(receiptPath(old), eightDaysAgo, eightDaysAgo);
    resultOf(await at.sh('true', { receipt: randomUUID() }));
    await expect.poll(() => existsSync(receiptPath(old))).toBe(false);
    expect(existsSync(receiptPath(young))).toBe(true);
    expect(await at.reconcile(old, eightDaysAgo * 1_000)).toMatchObject({ kind: 'cannot tell' });
  });

  it('keeps its receipts from others and the account’s own umask for the program', async () => {
    const receipt = randomUUID();
    resultOf(await at.sh(`umask 022; touch ${folder}/plain`, { receipt }));
    expect(statSync(receiptPath(receipt)).mode & 0o777).toBe(0o700);
    expect(statSync(`${folder}/plain`).mode & 0o777).toBe(0o644);
    const umask = resultOf(await at.sh('umask')).stdout;
    expect(resultOf(await at.sh('umask', { receipt: randomUUID() })).stdout).toBe(umask);
  });
}
