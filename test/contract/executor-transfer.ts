import { createHash, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import type { Target } from '../../src/domain/fleet.ts';
import type { Outcome } from '../../src/domain/outcome.ts';
import type { Executor, Transfer, TransferEnd, TransferRequest } from '../../src/executors/executor.ts';

/** An executor that transfers, and a target of it. */
export interface Transferring {
  readonly executor: Executor;
  readonly target: Target;
}

const sumOf = async (stream: AsyncIterable<Buffer>): Promise<{ sha256: string; bytes: number }> => {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of stream) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { sha256: hash.digest('hex'), bytes };
};

const isGone = (pid: string): boolean => {
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch {
    return true;
  }
};

/** What every executor that transfers must keep. */
export function transferContract(open: () => Promise<Transferring>): void {
  let on: Transferring;
  let folder: string;
  beforeAll(async () => {
    on = await open();
    folder = await mkdtemp(join(tmpdir(), 'transfer-'));
  });
  afterAll(async () => {
    await on.executor.close();
    await rm(folder, { recursive: true, force: true });
  });

  const start = async (argv: readonly string[], more: Partial<TransferRequest> = {}): Promise<Transfer> => {
    const begun = await on.executor.transfer?.({
      target: on.target,
      program: { argv },
      acceptedCodes: [0],
      deadlineMs: 60_000,
      ...more,
    });
    if (begun?.kind !== 'succeeded') throw new Error(JSON.stringify(begun));
    return begun.value;
  };
  const sh = (script: string, more?: Partial<TransferRequest>): Promise<Transfer> =>
    start(['/bin/sh', '-c', script], more);
  const drained = async (transfer: Transfer): Promise<Outcome<TransferEnd>> => {
    transfer.output.resume();
    return transfer.ended;
  };

  it('brings every byte, whatever it is, and ends after the program', async () => {
    const transfer = await sh('head -c 20000000 /dev/zero | tr "\\000" "\\377"; printf "=a\\n.\\nb"');
    const seen = await sumOf(transfer.output);
    expect(seen.bytes).toBe(20_000_006);
    expect(await transfer.ended).toMatchObject({ kind: 'succeeded', value: { code: 0 } });
  });

  it('sends every byte after the arguments, lines and dots among them', async () => {
    const bytes = Buffer.concat([Buffer.from('.\n=x\n.\n\0'), randomBytes(8_000_000)]);
    const transfer = await start(['cat'], {
      input: Readable.from([bytes.subarray(0, 5), bytes.subarray(5)]),
    });
    const seen = await sumOf(transfer.output);
    expect(seen.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
  });

  it('gives a program without input an empty one', async () => {
    expect(await sumOf((await start(['cat'])).output)).toMatchObject({ bytes: 0 });
  });

  it('passes arguments that a shell would read in its own way', async () => {
    const words = ['a b', "it's", '$(id)', '', 'ü\nx', '=', '.'];
    const transfer = await start(['printf', '%s|', ...words]);
    const said = Buffer.concat(await transfer.output.toArray()).toString();
    expect(said).toBe(`${words.join('|')}|`);
  });

  it('what it prints breaks where the program ends with another code, even after all of it came', async () => {
    const transfer = await sh('echo all; echo why >&2; exit 7');
    await expect(sumOf(transfer.output)).rejects.toThrow(/ended with code 7: why/);
    expect(await transfer.ended).toMatchObject({ kind: 'failed', code: 'TARGET_COMMAND_FAILED' });
  });

  it('takes a code that counts as done', async () => {
    const transfer = await sh('echo changed >&2; exit 1', { acceptedCodes: [0, 1] });
    expect(await drained(transfer)).toMatchObject({ value: { code: 1, stderr: 'changed' } });
  });

  it('breaks where the program is killed', async () => {
    const transfer = await sh('head -c 100000 /dev/zero; kill -KILL $$');
    await expect(sumOf(transfer.output)).rejects.toThrow(/SIGKILL|KILL|137/);
  });

  it('is not held up by eight megabytes of complaints, and keeps their end', async () => {
    const transfer = await sh('head -c 8000000 /dev/zero | tr "\\000" x >&2; echo last >&2; echo done');
    const end = await drained(transfer);
    expect(end).toMatchObject({ kind: 'succeeded' });
    const { stderr } = end.kind === 'succeeded' ? end.value : { stderr: '' };
    expect(stderr).toMatch(/last$/);
    expect(stderr.length).toBeLessThan(70_000);
  });

  it('goes no faster than it is read', async () => {
    const witness = join(folder, 'witness');
    const transfer = await sh(
      `i=0; while [ $i -lt 400 ]; do head -c 100000 /dev/zero; i=$((i + 1)); echo $i >${witness}; done`,
    );
    await vi.waitFor(() => expect(existsSync(witness)).toBe(true));
    const settled = async (): Promise<number> => {
      let last = -1;
      await vi.waitUntil(
        async () => {
          const now = Number(await readFile(witness, 'utf8'));
          const same = now === last && now > 0;
          last = now;
          return same;
        },
        { interval: 300, timeout: 10_000 },
      );
      return last;
    };
    expect(await settled()).toBeLessThan(200);
    expect((await sumOf(transfer.output)).bytes).toBe(40_000_000);
  });

  it('past its deadline the program and all it started are ended', async () => {
    const pids = join(folder, 'pids');
    const transfer = await sh(`sleep 600 & echo $$ $! >${pids}; wait`, { deadlineMs: 1_500 });
    expect(await drained(transfer)).toMatchObject({ kind: 'failed', code: 'TARGET_TIMEOUT' });
    for (const pid of (await readFile(pids, 'utf8')).trim().split(' '))
      await vi.waitUntil(() => isGone(pid), { timeout: 5_000 });
  });

  it('when nobody wants what it prints any more it is ended, and may clean up', async () => {
    const left = join(folder, 'left');
    const stop = new AbortController();
    const transfer = await sh(
      `trap 'rm -f ${left}; exit 1' TERM; echo $$ >${left}; echo ready; while :; do sleep 0.1; done`,
      { signal: stop.signal },
    );
    for await (const _ of transfer.output) break;
    stop.abort();
    expect(await transfer.ended).toMatchObject({ kind: 'failed', code: 'TARGET_INTERRUPTED' });
    await vi.waitUntil(() => !existsSync(left), { timeout: 5_000 });
  });

  it('an input that breaks is never taken for one that ended', async () => {
    const whole = join(folder, 'whole');
    const input = new PassThrough();
    const transfer = await sh(`cat >/dev/null && touch ${whole}`, { input });
    input.write(randomBytes(100_000));
    input.destroy(new Error('the storage went away'));
    const end = await drained(transfer);
    expect(end).toMatchObject({ kind: 'failed', message: expect.stringContaining('the storage went away') });
    expect(existsSync(whole)).toBe(false);
  });

  it('an input that broke before it could be sent is never taken for one that ended', async () => {
    const input = new PassThrough();
    input.on('error', () => undefined);
    input.destroy(new Error('no zstd at all'));
    const end = await drained(await sh('cat', { input }));
    expect(end).toMatchObject({ kind: 'failed', message: expect.stringContaining('no zstd at all') });
  });

  it('a program that reads only a part of its input and is content with it is done', async () => {
    const transfer = await start(['head', '-c', '10'], { input: Readable.from([randomBytes(5_000_000)]) });
    expect((await sumOf(transfer.output)).bytes).toBe(10);
    expect(await transfer.ended).toMatchObject({ kind: 'succeeded' });
  });

  it('says of a folder that is not there that nothing was run', async () => {
    const transfer = await start(['true'], { program: { argv: ['true'], cwd: '/nowhere/at/all' } });
    expect(await drained(transfer)).toMatchObject({ kind: 'failed', code: 'TARGET_NOT_FOUND' });
  });

  it('says of a program that is not there what the shell says', async () => {
    expect(await drained(await start(['no-such-program']))).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/no-such-program .* ended with code 127/),
    });
  });
}
