import { randomUUID } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunRequest } from '../../src/executors/executor.ts';
import { NASTY, type ProgramExecutor, patiently, resultOf, words } from './executor-words.ts';

const alive = (pid: number): boolean =>
  existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');

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
      await expect.poll(() => existsSync(`${folder}/begun-${kind}`), patiently).toBe(true);
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
    await expect.poll(() => alive(pid), patiently).toBe(false);
  });
}
