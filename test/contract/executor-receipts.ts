import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Reconciliation } from '../../src/executors/executor.ts';
import { type ProgramExecutor, patiently, resultOf, words } from './executor-words.ts';

const lines = (path: string): number =>
  existsSync(path) ? readFileSync(path, 'utf8').split('\n').length - 1 : 0;

/** What holds for the receipts of every executor of programs, whatever the way to the target; `open` is called once. */
export function receiptContract(open: () => Promise<ProgramExecutor>): void {
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

  it('leaves a change running at its deadline, and the receipt tells what became of it', async () => {
    const receipt = randomUUID();
    const script = `sleep 0.5; until [ -e ${folder}/go ]; do sleep 0.05; done; echo done; exit 3`;
    const outcome = await at.sh(script, { receipt, deadlineMs: 500 });
    expect(outcome).toMatchObject({ kind: 'unknown', code: 'TARGET_TIMEOUT' });
    expect(await at.reconcile(receipt)).toEqual({ kind: 'still running' });
    writeFileSync(`${folder}/go`, '');
    await expect
      .poll(() => at.reconcile(receipt), patiently)
      .toMatchObject({
        kind: 'happened',
        result: { code: 3, stdout: 'done\n', stderr: '', truncated: false },
      });
    const after = await at.reconcile(receipt);
    expect(after.kind === 'happened' && after.result.durationMs).toBeGreaterThan(400);
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
    await expect.poll(() => existsSync(receiptPath(receipt, 'pid')), patiently).toBe(true);
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
    const result = resultOf(await at.sh('sleep 30 & echo $!; exit 0', { receipt: randomUUID() }));
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    process.kill(Number(result.stdout), 'SIGKILL');
  });

  it('keeps a talkative change within its cap on the target while it runs', async () => {
    const receipt = randomUUID();
    const script = `yes talk & pid=$!; until [ -e ${folder}/hush ]; do sleep 0.1; done; kill $pid; echo end`;
    // `yes` takes a whole core, also where others want it.
    const started = at.sh(script, { receipt, outputCapBytes: 20_000, deadlineMs: 60_000 });
    await expect.poll(() => existsSync(receiptPath(receipt, 'out.tail')), patiently).toBe(true);
    writeFileSync(`${folder}/hush`, '');
    const result = resultOf(await started);
    expect(result.truncated).toBe(true);
    expect(result.stdout).toMatch(/^talk\n/);
    expect(result.stdout).toMatch(/left out/);
    expect(result.stdout.endsWith('end\n')).toBe(true);
    const kept = readdirSync(receiptPath(receipt)).map((file) => statSync(receiptPath(receipt, file)).size);
    expect(kept.reduce((sum, size) => sum + size, 0)).toBeLessThan(21_000);
  });

  it('knows the sum of the whole of an output of which it keeps the ends only', async () => {
    const all = createHash('sha256');
    const chunk = Buffer.alloc(1_000_000, 'binary \xff\0 ', 'latin1');
    for (let count = 0; count < 40; count += 1) all.update(chunk);
    writeFileSync(`${folder}/chunk`, chunk);
    const script = `for i in 1 2 3 4 5 6 7 8; do for j in 1 2 3 4 5; do cat ${folder}/chunk; done; sleep 0.3; done; echo err >&2`;
    const result = resultOf(await at.sh(script, { receipt: randomUUID(), outputCapBytes: 20_000 }));
    expect(result.truncated).toBe(true);
    expect(result.sha256?.stdout).toBe(all.digest('hex'));
    expect(result.sha256?.stderr).toBe(createHash('sha256').update('err\n').digest('hex'));
  });

  it('sweeps receipts older than seven days, and then cannot tell what they said', async () => {
    const old = randomUUID();
    resultOf(await at.sh('echo old', { receipt: old }));
    const young = randomUUID();
    resultOf(await at.sh('echo young', { receipt: young }));
    const eightDaysAgo = Date.now() / 1_000 - 8 * 86_400;
    await utimes(receiptPath(old), eightDaysAgo, eightDaysAgo);
    resultOf(await at.sh('true', { receipt: randomUUID() }));
    await expect.poll(() => existsSync(receiptPath(old)), patiently).toBe(false);
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
