import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inTemp, SEND } from '../../src/backups/file-copy.ts';

const WAITS = `${inTemp('shop')}
echo half >"$copy"
echo ready
while :; do sleep 0.05; done`;

const ENDS = `${inTemp('shop')}
echo whole >"$copy"
${SEND}`;

describe('the copy of a file on its way out of a host', () => {
  let folder: string;
  let running: ChildProcess | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'botswain-copy-'));
  });
  afterEach(async () => {
    running?.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });

  async function begun(): Promise<ChildProcess> {
    running = spawn('/bin/sh', ['-c', WAITS, 'sh', folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (running.stdout === null) throw new Error('it was given a pipe');
    await once(running.stdout, 'data');
    expect(await readdir(folder)).toHaveLength(1);
    return running;
  }

  async function whole(): Promise<string> {
    const child = spawn('/bin/sh', ['-c', ENDS, 'sh', folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [chunk] = await once(child.stdout, 'data');
    await once(child, 'close');
    return String(chunk);
  }

  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGPIPE'] as const)
    it(`is gone after ${signal}`, async () => {
      const child = await begun();
      child.kill(signal);
      await once(child, 'close');
      expect(await readdir(folder)).toEqual([]);
    });

  it('is gone when it was sent, and when nobody read it', async () => {
    expect(await whole()).toBe('whole\n');
    expect(await readdir(folder)).toEqual([]);
    const unread = spawn(
      '/bin/sh',
      ['-c', `${inTemp('shop')}\nyes >"$copy" & sleep 0.2; kill $!\n${SEND}`, 'sh', folder],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
      },
    );
    unread.stdout.destroy();
    await once(unread, 'close');
    expect(await readdir(folder)).toEqual([]);
  });

  it('of a dump that was killed is removed by the next one, but not that of a dump that runs', async () => {
    const child = await begun();
    expect(await whole()).toBe('whole\n');
    expect(await readdir(folder)).toHaveLength(1);
    child.kill('SIGKILL');
    await once(child, 'close');
    expect(await readdir(folder)).toHaveLength(1);
    expect(await whole()).toBe('whole\n');
    expect(await readdir(folder)).toEqual([]);
  });
});
