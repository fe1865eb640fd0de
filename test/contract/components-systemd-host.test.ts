import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Component } from '../../src/components/component.ts';
import { systemdKind } from '../../src/components/systemd.ts';
import { sshKind } from '../../src/executors/ssh/ssh.ts';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { hostTarget } from './docker-target.ts';
import { portsFor } from './executor-ports.ts';
import { sshTarget } from './executor-ssh-target.ts';
import { patiently } from './executor-words.ts';
import { had, perform, reach } from './host-read.ts';

const where = {
  ref: { service: 'karmabot', component: 'app', environment: 'production' },
  target: hostTarget,
};

describeWith(['systemd-host'], 'systemd units of a real host', (rig) => {
  let host: SystemdHost;
  const ssh = sshKind.create(portsFor([]));
  let ops: ReturnType<typeof reach>;
  let dockops: ReturnType<typeof reach>;
  beforeAll(async () => {
    host = await rig.startSystemdHost();
    ops = reach(ssh, sshTarget(host));
    dockops = reach(ssh, sshTarget(host, { user: host.groupUser }, 'dockops'));
  });
  afterAll(() => ssh.close());
  const unit = (settings: object): Component => systemdKind.bind(settings, where);

  it('restarts a unit: new MainPID and a new run, the same identity', async () => {
    const { read } = ops;
    const bot = unit({ unit: 'demo-bot', sudo: true });
    const [pid, before, identity] = [
      await host.mainPid('demo-bot'),
      had(await bot.status(read)),
      had(await bot.identity(read)),
    ];
    expect(before).toMatchObject({ state: 'running', facts: { pid: String(pid), unit: 'demo-bot.service' } });
    expect(identity).toMatchObject({
      unit_file: '/etc/systemd/system/demo-bot.service',
      programs: ['/usr/local/bin/demo-bot'],
      unit_files_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    expect(await perform(bot, 'restart', ops.change)).toMatchObject([{ code: 0 }]);
    const after = had(await bot.status(read));
    expect(await host.mainPid('demo-bot')).not.toBe(pid);
    expect(after).toMatchObject({ state: 'running' });
    expect(after.run).not.toBe(before.run);
    expect(after.startedAt).toBeGreaterThanOrEqual(before.startedAt ?? Number.POSITIVE_INFINITY);
    expect(Math.abs(Date.now() - (after.startedAt ?? 0))).toBeLessThan(60_000);
    expect(had(await bot.identity(read))).toEqual(identity);
  });

  it('sees a unit stopped, failing and started again', async () => {
    const { read } = ops;
    const bot = unit({ unit: 'demo-bot', sudo: true });
    await perform(bot, 'stop', ops.change);
    const stopped = had(await bot.status(read));
    expect(stopped).toMatchObject({ state: 'stopped', summary: expect.stringContaining('inactive (dead)') });
    expect(stopped).not.toHaveProperty('run');
    await host.exec('sh', '-c', 'echo fail > /etc/demo-bot.mode');
    await perform(bot, 'start', ops.change);
    await expect.poll(async () => had(await bot.status(read)).state, patiently).toBe('failing');
    expect(had(await bot.status(read)).summary).toContain('result exit-code, last exit code 1');
    await host.exec('rm', '/etc/demo-bot.mode');
    await perform(bot, 'start', ops.change);
    expect(had(await bot.status(read)).state).toBe('running');
  });

  it('notices a unit file that was changed since', async () => {
    const { read } = ops;
    const bot = unit({ unit: 'demo-bot' });
    const before = had(await bot.identity(read));
    const file = '/etc/systemd/system/demo-bot.service';
    await host.exec(
      'sh',
      '-c',
      `cp -a ${file} /root/ && sed -i s/^TimeoutStopSec.*/TimeoutStopSec=21/ ${file}`,
    );
    expect(had(await bot.identity(read))).not.toEqual(before);
    expect(had(await bot.status(read)).summary).toContain('changed on disk');
    await host.exec('sh', '-c', `cp -a /root/demo-bot.service ${file} && systemctl daemon-reload`);
    expect(had(await bot.identity(read))).toEqual(before);
  });

  it('says that a unit is not there, and that sudo is denied', async () => {
    const { read } = ops;
    expect(await unit({ unit: 'nginxx' }).status(read)).toMatchObject({
      kind: 'failed',
      code: 'TARGET_NOT_FOUND',
    });
    const cron = unit({ unit: 'cron', sudo: true });
    await expect(perform(cron, 'restart', ops.change)).rejects.toThrow(/^TARGET_SUDO_DENIED/);
  });

  it("reads a unit's journal as one who may, and says so where the user may not", async () => {
    const lines = had(await unit({ unit: 'demo-bot' }).logs(dockops.read, { tail: 5, previous: false }));
    expect(lines.stdout).toMatch(/^\d{4}-\d\d-\d\dT.* demo-bot/m);
    expect(lines.stdout.trim().split('\n').length).toBeLessThanOrEqual(5);
    const sudo = had(
      await unit({ unit: 'demo-bot', sudo: true }).logs(ops.read, {
        tail: 5,
        previous: false,
        since: Date.now() - 60_000,
      }),
    );
    expect(sudo.stdout).toContain('demo-bot');
    const denied = await unit({ unit: 'demo-bot' }).logs(ops.read, { tail: 5, previous: false });
    expect(denied).toMatchObject({
      kind: 'failed',
      code: 'TARGET_LOGIN_FAILED',
      remedy: expect.stringContaining('systemd-journal'),
    });
  });

  it('reads the lines of the run before the present one', async () => {
    const bot = unit({ unit: 'demo-bot', sudo: true });
    const { read } = ops;
    const pid = await host.mainPid('demo-bot');
    const started = had(await bot.status(read)).startedAt ?? 0;
    // systemd's times are to the second: the two runs must not share one
    await expect.poll(() => Date.now(), { timeout: 5_000 }).toBeGreaterThan(started + 2_000);
    await perform(bot, 'restart', ops.change);
    const lines = had(await bot.logs(read, { tail: 50, previous: true }));
    expect(lines.stdout).toContain(`pid ${pid}`);
    expect(lines.stdout).not.toContain(`pid ${await host.mainPid('demo-bot')}`);
  });

  it('reads a log file, and says where it may not', async () => {
    await host.exec(
      'sh',
      '-c',
      'printf "one\\ntwo\\n\\033[31mthree\\033[0m\\n" > /var/log/own.log; install -m 600 /dev/null /var/log/secret.log',
    );
    const own = unit({ unit: 'nginx', sudo: true, logs: '/var/log/own.log' });
    expect(had(await own.logs(ops.read, { tail: 2, previous: false })).stdout.trim()).toBe('two\nthree');
    expect(await own.logs(ops.read, { tail: 2, previous: true })).toMatchObject({
      kind: 'failed',
      code: 'INPUT_NOT_SUPPORTED',
    });
    const secret = unit({ unit: 'nginx', logs: '/var/log/secret.log' });
    expect(await secret.logs(ops.read, { tail: 2, previous: false })).toMatchObject({
      kind: 'failed',
      code: 'TARGET_LOGIN_FAILED',
    });
  });
});
