import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Component } from '../../src/components/component.ts';
import { processKind } from '../../src/components/process.ts';
import { localKind } from '../../src/executors/local.ts';
import { describeWith } from '../rig/rig.ts';
import { hostTarget } from './docker-target.ts';
import { portsFor } from './executor-ports.ts';
import { patiently } from './executor-words.ts';
import { had, perform, reach } from './host-read.ts';

const root = mkdtempSync(join(tmpdir(), 'process-'));
const target = {
  name: 'here',
  environment: 'test',
  kind: 'local',
  settings: { receipts: join(root, 'receipts') },
};
const executor = localKind.create(portsFor([]));
const { read, change } = reach(executor, target);

/** Whether a process runs; one that ended and that nobody waits for (a zombie) does not. */
const alive = (pid: number): boolean => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

describe('a plain process on a real machine', () => {
  let folder: string;
  let bot: Component;
  const bind = (settings: object = {}): Component =>
    processKind.bind(
      {
        start: ['sh', '-c', 'echo "run $$ in $(pwd) with $0"; sleep 1000 & wait', "it's $HOME"],
        cwd: folder,
        pidfile: join(folder, 'bot.pid'),
        log: join(folder, 'bot.log'),
        stop_seconds: 1,
        ...settings,
      },
      { ref: { service: 's', component: 'c', environment: 'test' }, target: hostTarget },
    );
  const pidNow = async (): Promise<number> => Number(had(await bot.status(read)).facts.pid);
  beforeEach(() => {
    folder = mkdtempSync(join(root, 'bot-'));
    bot = bind();
  });
  afterEach(async () => {
    await perform(bot, 'stop', change);
  });
  afterAll(async () => {
    await executor.close();
    rmSync(root, { recursive: true, force: true });
  });

  it('starts it detached, in its folder, with its arguments as they are, and only once', async () => {
    expect(had(await bot.status(read))).toMatchObject({ state: 'stopped' });
    expect(await perform(bot, 'start', change)).toMatchObject([
      { code: 0, stdout: expect.stringMatching(/^started, PID \d+\n$/) },
    ]);
    const status = had(await bot.status(read));
    expect(status).toMatchObject({ state: 'running', facts: { memory: expect.stringMatching(/MiB$/) } });
    expect(Math.abs(Date.now() - (status.startedAt ?? 0))).toBeLessThan(10_000);
    const pid = await pidNow();
    expect(readFileSync(join(folder, 'bot.log'), 'utf8')).toBe(`run ${pid} in ${folder} with it's $HOME\n`);
    expect(await perform(bot, 'start', change)).toMatchObject([
      { code: 0, stdout: `already running, PID ${pid}\n` },
    ]);
    expect(had(await bot.status(read)).run).toBe(status.run);
  });

  it('restarts it: another PID and run, the old one and its children gone', async () => {
    await perform(bot, 'start', change);
    const [before, pid] = [had(await bot.status(read)), await pidNow()];
    const child = Number(
      execFileSync('sh', ['-c', `cat /proc/${pid}/task/${pid}/children`], { encoding: 'utf8' }).trim(),
    );
    expect(await perform(bot, 'restart', change)).toMatchObject([{ code: 0 }]);
    const after = had(await bot.status(read));
    expect(after.state).toBe('running');
    expect(after.run).not.toBe(before.run);
    expect(after.startedAt).toBeGreaterThan(before.startedAt ?? 0);
    expect([alive(pid), alive(child)]).toEqual([false, false]);
  });

  it('stops it, also one that ignores SIGTERM', async () => {
    await perform(bot, 'start', change);
    const polite = await pidNow();
    expect(await perform(bot, 'stop', change)).toMatchObject([
      { code: 0, stdout: `stopped, was PID ${polite}\n` },
    ]);
    expect(alive(polite)).toBe(false);
    expect(had(await bot.status(read)).state).toBe('stopped');
    bot = bind({ start: ['sh', '-c', 'trap "" TERM; while :; do sleep 1; done'] });
    await perform(bot, 'start', change);
    const stubborn = await pidNow();
    expect(await perform(bot, 'stop', change)).toMatchObject([
      { code: 0, stdout: expect.stringContaining('was killed') },
    ]);
    expect(alive(stubborn)).toBe(false);
  });

  it('tells one that died by itself from one that was stopped', async () => {
    await perform(bot, 'start', change);
    process.kill(-(await pidNow()), 'SIGKILL');
    await expect.poll(async () => had(await bot.status(read)).state, patiently).toBe('failing');
    expect(await perform(bot, 'restart', change)).toMatchObject([{ code: 0 }]);
    expect(had(await bot.status(read)).state).toBe('running');
  });

  it('does not take another process with the same PID for its own, nor kill it', async () => {
    writeFileSync(join(folder, 'bot.pid'), `${process.pid} 1 1700000000000\n`);
    expect(had(await bot.status(read)).state).toBe('failing');
    expect(await perform(bot, 'stop', change)).toMatchObject([{ code: 0, stdout: 'was not running\n' }]);
    expect(existsSync(join(folder, 'bot.pid'))).toBe(false);
  });

  it('fails a start that ends at once, with the last lines of its log', async () => {
    bot = bind({ start: ['sh', '-c', 'echo "no token" >&2; exit 3'] });
    expect(await perform(bot, 'start', change)).toMatchObject([
      { code: 1, stderr: expect.stringContaining('no token') },
    ]);
    bot = bind({ start: [join(folder, 'absent')] });
    expect(await perform(bot, 'start', change)).toMatchObject([
      { code: 1, stderr: expect.stringMatching(/absent.*not found/) },
    ]);
  });

  it('reads its log', async () => {
    writeFileSync(join(folder, 'bot.log'), 'one\n\u001b[31mtwo\u001b[0m\nthree\n');
    expect(had(await bot.logs(read, { tail: 2, previous: false })).stdout).toBe('two\nthree\n');
    expect(await bot.logs(read, { tail: 2, previous: false, since: 1 })).toMatchObject({
      kind: 'failed',
      code: 'INPUT_NOT_SUPPORTED',
    });
  });

  describeWith(['git'], 'in a checkout', () => {
    it('names the revision it runs from', async () => {
      expect(had(await bot.identity(read))).toEqual({ revision: null });
      const git = (...args: string[]) =>
        execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], {
          cwd: folder,
          encoding: 'utf8',
        });
      git('init', '-q');
      git('commit', '-q', '--allow-empty', '-m', 'first');
      expect(had(await bot.identity(read))).toEqual({ revision: git('rev-parse', 'HEAD').trim() });
    });
  });
});
