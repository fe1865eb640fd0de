import { randomUUID } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Executor } from '../../src/executors/executor.ts';
import { gateScript } from '../../src/executors/ssh/gate.ts';
import { createSsh, KILL_READ, KILL_WAITING } from '../../src/executors/ssh/ssh.ts';
import { portsFor } from '../contract/executor-ports.ts';
import { bareHome, quickTimes, sshTarget } from '../contract/executor-ssh-target.ts';
import { patiently, words } from '../contract/executor-words.ts';
import { describeWith } from '../rig/rig.ts';
import type { Sshd } from '../rig/sshd.ts';
import { killOrder } from './gate-orders.ts';
import { ssh } from './host-stage.ts';

const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Seconds that no other sleep on this machine has. */
let seconds = 700_000 + (process.pid % 90_000);

describeWith(['sshd'], 'what a key behind the gate may end', (rig) => {
  let sshd: Sshd;
  let at: ReturnType<typeof words>;
  let transfer: (
    argv: readonly string[],
    signal: AbortSignal,
  ) => ReturnType<NonNullable<Executor['transfer']>> | undefined;
  let close: () => Promise<void>;

  beforeAll(async () => {
    sshd = await rig.startSshd({ config: bareHome });
    const receipts = join(sshd.dir, 'receipts');
    const waits = (['read', 'start'] as const).map((way) => ({
      way,
      words: ['=', '=sleep', 'number'],
      why: 'waits',
    }));
    const streams = {
      way: 'transfer',
      words: ['=', '=tail', '=-f', '=-c', 'number', '=-'],
      why: 'streams',
    } as const;
    const rules = [...waits, streams];
    const path = join(sshd.dir, 'gate');
    await writeFile(path, gateScript({ target: 'test/host', receipts, rules, streams: [], head: [] }));
    await chmod(path, 0o755);
    const line = `restrict,command="exec ${path}" ${sshd.loginKey.publicKey}\n`;
    await writeFile(join(sshd.dir, 'authorized_keys'), line);
    const target = sshTarget(sshd, { receipts });
    const executor = createSsh(portsFor([target]), quickTimes);
    at = words({ executor, target });
    transfer = (argv, signal) =>
      executor.transfer?.({
        target,
        program: { argv },
        acceptedCodes: [0],
        deadlineMs: 60_000,
        signal,
        input: new PassThrough(),
      });
    close = async () => void (await executor.close());
  });
  afterAll(async () => {
    await close?.();
    await sshd?.stop();
  });

  const end = (script: string, pid: number) => ssh(sshd, { input: killOrder(script, pid) });
  const refused = { exitCode: 126, stderr: expect.stringContaining('this is not in its list') };

  /** The number of the only `sleep` with these seconds, once it is there. */
  async function sleeper(time: number): Promise<number> {
    return running(`^sleep ${time}$`);
  }

  async function running(pattern: string): Promise<number> {
    const found = () => execa('pgrep', ['-f', pattern], { reject: false });
    await expect.poll(async () => (await found()).stdout, patiently).toMatch(/^\d+$/);
    return Number((await found()).stdout);
  }

  const parentOf = async (pid: number): Promise<number> =>
    Number((await execa('ps', ['-o', 'ppid=', '-p', String(pid)])).stdout);

  it('is no program of the account that came another way, alone or with its group', async () => {
    seconds += 1;
    const other = execa('sleep', [String(seconds)], { detached: true, reject: false });
    const pid = await sleeper(seconds);
    for (const script of [KILL_READ, KILL_WAITING]) expect(await end(script, pid)).toMatchObject(refused);
    expect(alive(pid)).toBe(true);
    other.kill();
    await other;
  });

  it('is not what pretends to be a read under the number of another', async () => {
    seconds += 1;
    const other = execa('sleep', [String(seconds)], {
      detached: true,
      reject: false,
      env: { BOTSWAIN_BECAME: `read ${process.pid}` },
    });
    const pid = await sleeper(seconds);
    for (const one of [pid, process.pid]) expect(await end(KILL_READ, one)).toMatchObject(refused);
    expect(alive(pid)).toBe(true);
    other.kill();
    await other;
  });

  it('is a read that the gate became, and that only as a read', async () => {
    seconds += 1;
    const read = at.run(['sleep', String(seconds)]);
    const pid = await sleeper(seconds);
    expect(await end(KILL_WAITING, pid)).toMatchObject(refused);
    expect(alive(pid)).toBe(true);
    expect(await end(KILL_READ, pid)).toMatchObject({ exitCode: 0 });
    await expect.poll(() => alive(pid), patiently).toBe(false);
    await read;
    expect(await end(KILL_READ, pid)).toMatchObject(refused);
  });

  it('is a transfer that nobody takes any more', async () => {
    seconds += 1;
    const over = new AbortController();
    const begun = await transfer(['tail', '-f', '-c', String(seconds), '-'], over.signal);
    if (begun?.kind !== 'succeeded') throw new Error('no transfer');
    const pid = await running(`^tail -f -c ${seconds} -$`);
    expect(await end(KILL_WAITING, pid)).toMatchObject(refused);
    expect(alive(pid)).toBe(true);
    over.abort();
    expect(await begun.value.ended).toMatchObject({ kind: 'failed', code: 'TARGET_INTERRUPTED' });
    await expect.poll(() => alive(pid), patiently).toBe(false);
  });

  it('is the shell that waits for a change, and never the change or what runs it', async () => {
    seconds += 1;
    const change = at.run(['sleep', String(seconds)], { receipt: randomUUID() });
    const pid = await sleeper(seconds);
    const worker = await parentOf(pid);
    const waiting = await parentOf(worker);
    for (const one of [pid, worker])
      for (const script of [KILL_READ, KILL_WAITING]) expect(await end(script, one)).toMatchObject(refused);
    expect(await end(KILL_READ, waiting)).toMatchObject(refused);
    expect([pid, worker, waiting].map(alive)).toEqual([true, true, true]);
    expect(await end(KILL_WAITING, waiting)).toMatchObject({ exitCode: 0 });
    await expect.poll(() => alive(waiting), patiently).toBe(false);
    expect([pid, worker].map(alive)).toEqual([true, true]);
    process.kill(pid);
    await change;
  });
});
