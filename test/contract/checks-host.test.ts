import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckKind, Look } from '../../src/checks/check.ts';
import { diskCheckKind } from '../../src/checks/disk.ts';
import { fileCheckKind } from '../../src/checks/file.ts';
import { memoryCheckKind } from '../../src/checks/memory.ts';
import { checkKinds } from '../../src/checks/registry.ts';
import type { Read } from '../../src/components/component.ts';
import { GUESSED_HOST, sudoersFor } from '../../src/doctor/sudoers-file.ts';
import { failed, succeeded } from '../../src/domain/outcome.ts';
import { localKind } from '../../src/executors/local.ts';
import { sshKind } from '../../src/executors/ssh/ssh.ts';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { portsFor } from './executor-ports.ts';
import { sshTarget } from './executor-ssh-target.ts';
import { reach } from './host-read.ts';

function look(kind: CheckKind, settings: object, read?: Read): Promise<Look> {
  const ports = {
    componentStatus: async () => failed('TARGET_NOT_FOUND', 'none'),
    secret: () => failed('CONFIG_SECRET_MISSING', 'none'),
    now: Date.now,
    ...(read === undefined ? {} : { read }),
  };
  return kind.bind(settings, ports).look(AbortSignal.timeout(5_000));
}

/** Answers each program with what stands here by its last option or argument. */
const answering =
  (
    answers: Readonly<Record<string, string>>,
    rest: { readonly stderr?: string; readonly code?: number } = {},
  ): Read =>
  async (call) => {
    const words = call.kind === 'argv' ? call.argv : [];
    const stdout = answers[words.at(-1) ?? ''] ?? answers[words.at(-2) ?? ''] ?? '';
    return succeeded({ code: 0, stderr: '', truncated: false, durationMs: 1, stdout, ...rest });
  };

describe('the disk and memory checks on this machine', () => {
  const executor = localKind.create(portsFor([]));
  const { read } = reach(executor, { name: 'here', environment: 'test', kind: 'local', settings: {} });
  const folder = mkdtempSync(join(tmpdir(), 'checks host-'));
  afterAll(async () => {
    await executor.close();
    rmSync(folder, { recursive: true });
  });
  const never = { warn: 100, fail: 100 };

  it('sees as much of the disk used as df says', async () => {
    const { summary, verdict } = await look(diskCheckKind, { path: folder, ...never }, read);
    const used = Number(
      /\s(\d+)%\s/.exec(execFileSync('df', ['-P', '-k', folder], { encoding: 'utf8' }))?.[1],
    );
    const [, seen] = /: (\d+)% of the space used, [\d.]+ [KMGTP]?i?B left/.exec(summary) ?? [];
    // Others write to this disk meanwhile.
    expect(Math.abs(Number(seen) - used)).toBeLessThanOrEqual(2);
    expect(['pass', 'fail']).toContain(verdict);
    expect((await look(diskCheckKind, { path: folder, warn: 1, fail: 1 }, read)).verdict).toBe('fail');
  });

  it('fails for a path that is not there', async () => {
    expect(await look(diskCheckKind, { path: `${folder}/none` }, read)).toEqual({
      verdict: 'fail',
      summary: expect.stringMatching(/none: there is no such path$/),
    });
  });

  it('sees as much memory as /proc/meminfo says', async () => {
    const total = Number(/MemTotal:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) / 1_024 ** 2;
    const { summary } = await look(memoryCheckKind, {}, read);
    expect(summary).toMatch(/^memory: \d+% of [\d.]+ GiB available/);
    expect(Number(/of ([\d.]+) GiB available/.exec(summary)?.[1])).toBeCloseTo(total, 0);
    expect((await look(memoryCheckKind, { warn: 100, fail: 100 }, read)).verdict).toBe('fail');
  });
});

describe('what the disk check makes of df', () => {
  const HEAD = 'Filesystem 1024-blocks Used Available Capacity Mounted on\n';
  const df = (space: string, inodes: string) => answering({ '-k': HEAD + space, '-i': HEAD + inodes });
  const inodes = (percent: number) => `/dev/a 1000 ${percent * 10} ${1_000 - percent * 10} ${percent}% /\n`;
  it.each([
    [[79, 10], 'pass', '/: 79% of the space used, 2 MiB left; 10% of the inodes used, 900 left'],
    [[80, 10], 'warn', '/: 80% of the space used, 2 MiB left'],
    [[10, 85], 'warn', '/: 85% of the inodes used, 150 left'],
    [[85, 90], 'fail', '/: 90% of the inodes used, 100 left; 85% of the space used, 2 MiB left'],
    [[100, 10], 'fail', '/: 100% of the space used, 2 MiB left'],
  ])('%j percent of space and of inodes: %s', async ([space = 0, count = 0], verdict, summary) => {
    const read = df(`/dev/a b 10000 1 2048 ${space}% /\n`, inodes(count));
    expect(await look(diskCheckKind, {}, read)).toEqual({ verdict, summary });
  });

  it('takes what counts no inodes, and names with spaces', async () => {
    const read = df('//nas/my share 100 20 80 20% /mnt/my share\n', '//nas/my share 0 0 0 - /mnt/my share\n');
    expect(await look(diskCheckKind, { path: '/mnt/my share' }, read)).toEqual({
      verdict: 'pass',
      summary: '/mnt/my share: 20% of the space used, 80 KiB left',
    });
  });

  it('does not know where df says nothing, and where nobody can be asked', async () => {
    const silent = answering({}, { code: 127, stderr: 'df: command not found' });
    expect(await look(diskCheckKind, {}, silent)).toEqual({
      verdict: 'unknown',
      summary: '/: df: df: command not found',
    });
    const gone: Read = async () => failed('TARGET_UNREACHABLE', 'host is down');
    expect(await look(diskCheckKind, {}, gone)).toEqual({ verdict: 'unknown', summary: '/: host is down' });
    for (const [kind, given] of [
      [diskCheckKind, {}],
      [memoryCheckKind, {}],
      [fileCheckKind, { path: '/a' }],
    ] as const)
      expect(await look(kind, given)).toMatchObject({
        verdict: 'unknown',
        summary: expect.stringContaining('no target'),
      });
  });

  it.each([{ path: '-h' }, { path: 'a' }, { warn: 91 }, { warn: 0 }, { fail: 101 }, { warn: 'x' }])(
    'refuses %j',
    (settings) => expect(diskCheckKind.settings.safeParse(settings).success).toBe(false),
  );
});

describe('what the memory check makes of /proc/meminfo', () => {
  const meminfo = (figures: Readonly<Record<string, number>>) =>
    answering({
      '/proc/meminfo': Object.entries(figures)
        .map(([name, kib]) => `${name}:    ${kib} kB\n`)
        .join(''),
    });
  const FULL = { MemTotal: 1_048_576, MemFree: 1, MemAvailable: 524_288, SwapTotal: 1_024, SwapFree: 1_024 };
  it.each([
    [{}, 'pass', 'memory: 50% of 1 GiB available; 0% of 1 MiB swap used'],
    [{ MemAvailable: 104_858 }, 'pass', 'memory: 10% of 1 GiB available; 0% of 1 MiB swap used'],
    [{ MemAvailable: 104_000 }, 'warn', 'memory: 9% of 1 GiB available'],
    [{ MemAvailable: 52_000 }, 'fail', 'memory: 4% of 1 GiB available'],
    [{ SwapFree: 100 }, 'warn', 'memory: 90% of 1 MiB swap used'],
    [{ SwapTotal: 0, SwapFree: 0 }, 'pass', 'memory: 50% of 1 GiB available'],
  ])('%j: %s', async (figures, verdict, summary) => {
    expect(await look(memoryCheckKind, {}, meminfo({ ...FULL, ...figures }))).toEqual({ verdict, summary });
  });

  it('fails for swap where that is asked for, guesses for old kernels, and knows nothing of an empty file', async () => {
    expect(await look(memoryCheckKind, { swap_fail: 90 }, meminfo({ ...FULL, SwapFree: 10 }))).toMatchObject({
      verdict: 'fail',
    });
    const old = meminfo({ MemTotal: 1_000, MemFree: 100, Buffers: 50, Cached: 350 });
    expect((await look(memoryCheckKind, {}, old)).summary).toBe('memory: 50% of 1000 KiB available');
    expect(await look(memoryCheckKind, {}, meminfo({}))).toEqual({
      verdict: 'unknown',
      summary: '/proc/meminfo: no figures in it, exit code 0',
    });
  });
});

describeWith(['systemd-host'], 'looks at a real host, as a plain user and through sudo', (rig) => {
  let host: SystemdHost;
  const ssh = sshKind.create(portsFor([]));
  let read: Read;
  const path = '/var/lib/katana bot/katana_heartbeat.txt';
  const settings = { path, age_from: 'content', max_age: '300s', lines: 5 };
  beforeAll(async () => {
    host = await rig.startSystemdHost();
    read = reach(ssh, sshTarget(host)).read;
    await host.exec(
      'sh',
      '-c',
      `mkdir -m 755 '/var/lib/katana bot' && date +%s > '${path}' && chmod 600 '${path}'`,
    );
  });
  afterAll(() => ssh.close());

  it('fails of a heartbeat that cannot be read, and passes once it can', async () => {
    expect(await look(fileCheckKind, settings, read)).toEqual({
      verdict: 'fail',
      summary: expect.stringMatching(/: unreadable: Permission denied$/),
    });
    await host.exec('chmod', '644', path);
    expect(await look(fileCheckKind, settings, read)).toMatchObject({ verdict: 'pass' });
    await host.exec('chmod', '700', '/var/lib/katana bot');
    expect(await look(fileCheckKind, { path }, read)).toEqual({
      verdict: 'fail',
      summary: expect.stringMatching(/: unreadable: Permission denied$/),
    });
    expect(await look(fileCheckKind, { path, absent: true }, read)).toMatchObject({ verdict: 'unknown' });
  });

  it('needs for sudo what the doctor writes, and no more', async () => {
    const through = { ...settings, sudo: true };
    expect(await look(fileCheckKind, through, read)).toEqual({
      verdict: 'unknown',
      summary: expect.stringContaining('sudo on '),
    });
    const target = sshTarget(host);
    const check = {
      service: 'katana',
      environment: 'test',
      name: 'heartbeat',
      kind: 'file',
      settings: through,
      target,
    };
    const rest = { everyMs: 1, timeoutMs: 1, thresholds: { failures: 1, recoveries: 1 } };
    const service = {
      ...{ name: 'katana', title: 'Katana', environment: 'test', links: {}, components: [] },
      ...{
        verify: { holdMs: 1, withinMs: 1 },
        procedures: [],
        backups: [],
        schedules: [],
        checks: [{ ...check, ...rest }],
      },
    };
    const sources = {
      configuration: { services: [service], targets: [target] },
      components: [],
      checks: checkKinds,
    };
    const programs = new Map(['stat', 'tail'].map((name) => [name, `/usr/bin/${name}`]));
    const facts = { ...GUESSED_HOST, programs, user: host.user, isRoot: false };
    const lines = await sudoersFor(sources, target, { facts, composePlugin: undefined, guessed: false });
    expect(lines.match(/NOPASSWD/g)).toHaveLength(2);
    const file = Buffer.from(lines).toString('base64');
    await host.exec(
      'sh',
      '-c',
      `echo ${file} | base64 -d > /etc/sudoers.d/botswain && chmod 440 /etc/sudoers.d/botswain && visudo -c`,
    );
    expect(await look(fileCheckKind, through, read)).toMatchObject({ verdict: 'pass' });
    expect(await look(fileCheckKind, { path: '/etc/shadow', sudo: true }, read)).toMatchObject({
      verdict: 'unknown',
    });
  });

  it('sees its disk and its memory', async () => {
    expect((await look(diskCheckKind, { path: '/var/lib' }, read)).summary).toMatch(
      /^\/var\/lib: \d+% of the /,
    );
    expect((await look(memoryCheckKind, {}, read)).summary).toMatch(/^memory: \d+% of /);
  });
});
