import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DockerCall } from '../../src/domain/call.ts';
import { dockerKind } from '../../src/executors/docker/docker.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { createSsh } from '../../src/executors/ssh/ssh.ts';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { portsFor } from './executor-ports.ts';
import { quickTimes, sshTarget } from './executor-ssh-target.ts';
import { patiently, resultOf, words } from './executor-words.ts';

describeWith(['systemd-host'], 'SSH to a host with systemd and sudo', (rig) => {
  let host: SystemdHost;
  let executor: Executor;
  let at: ReturnType<typeof words>;
  beforeAll(async () => {
    host = await rig.startSystemdHost();
    const target = sshTarget(host);
    executor = createSsh(portsFor([target]), quickTimes);
    at = words({ executor, target });
  });
  afterAll(() => executor.close());

  it('restarts a unit by sudo: another main process', async () => {
    const before = await host.mainPid('demo-bot');
    const argv = ['systemctl', 'restart', 'demo-bot'];
    const result = resultOf(await at.run(argv, { sudo: true, receipt: randomUUID() }));
    expect(result).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await host.mainPid('demo-bot')).not.toBe(before);
    const shown = await at.run(['systemctl', 'show', '--property=MainPID', '--value', 'demo-bot'], {
      sudo: true,
    });
    expect(resultOf(shown).stdout).toBe(`${await host.mainPid('demo-bot')}\n`);
  });

  it('restarts it once and says so, though the host cannot be reached in the middle', async () => {
    const before = await host.mainPid('demo-bot');
    await host.exec('sh', '-c', 'echo slow > /etc/demo-bot.mode; systemctl restart demo-bot');
    // From its first tick on it takes 5 s to stop.
    const ticked = 'journalctl -q _PID=$(systemctl show --property=MainPID --value demo-bot) | grep tick';
    await expect.poll(() => host.tryExec('sh', '-c', ticked), patiently).toMatchObject({ exitCode: 0 });
    const receipt = randomUUID();
    const outcome = at.run(['systemctl', 'restart', 'demo-bot'], { sudo: true, receipt, deadlineMs: 60_000 });
    await expect
      .poll(() => host.tryExec('pgrep', '-f', 'systemctl restart'), patiently)
      .toMatchObject({ exitCode: 0 });
    await host.exec('iptables', '-I', 'INPUT', '-p', 'tcp', '--dport', '22', '-j', 'DROP');
    const stopped = host.exec(
      'sh',
      '-c',
      'while pgrep -f "^(sudo.*)?systemctl restart" >/dev/null; do sleep 0.1; done',
    );
    await stopped;
    await host.exec('iptables', '-D', 'INPUT', '1');
    expect(resultOf(await outcome)).toMatchObject({ code: 0 });
    expect(await host.mainPid('demo-bot')).not.toBe(before);
    await host.exec('rm', '/etc/demo-bot.mode');
  });

  it('says which line sudo wants when it refuses, of a read and of a change', async () => {
    for (const bounds of [{}, { receipt: randomUUID() }]) {
      const outcome = await at.run(['systemctl', 'restart', 'ssh'], { ...bounds, sudo: true });
      expect(outcome).toMatchObject({ kind: 'failed', code: 'TARGET_SUDO_DENIED' });
      const line = 'ops ALL=(root) NOPASSWD: /usr/bin/systemctl restart ssh';
      expect(outcome).toHaveProperty('remedy', expect.stringContaining(line));
      await host.exec('sh', '-c', `echo '${line}' > /tmp/line && visudo -c -q -f /tmp/line`);
    }
    const odd = ['echo', '-n', 'a,b:c=d*', 'x y'];
    const refused = await at.run(odd, { sudo: true });
    const remedy = refused.kind === 'failed' ? (refused.remedy ?? '') : '';
    const line = remedy.slice(remedy.indexOf('ops ALL'));
    await host.exec(
      'sh',
      '-c',
      'printf "%s\\n" "$1" >/etc/sudoers.d/odd && chmod 0440 /etc/sudoers.d/odd && visudo -c -q',
      'sh',
      line,
    );
    expect(resultOf(await at.run(odd, { sudo: true })).stdout).toBe('a,b:c=d* x y');
    await host.exec('rm', '/etc/sudoers.d/odd');
  });

  it('carries the Docker API of its engine: a container restarts once, over one connection', async () => {
    const way = sshTarget(host, { user: host.groupUser }, 'way');
    const engine = { name: 'engine', environment: 'test', kind: 'docker', settings: { via: 'way' } };
    const ssh = createSsh(portsFor([way]), quickTimes);
    const docker = dockerKind.create({
      ...portsFor([way, engine]),
      openStream: async (target, argv) => (await ssh.openStream?.(target, argv)) ?? Promise.reject(),
    });
    const call = (operation: DockerCall['operation'], receipt?: string) =>
      docker.run({
        target: engine,
        call: {
          kind: 'docker',
          operation,
          container: 'karmabot-app',
          ...(receipt ? { stopSeconds: 1 } : {}),
        },
        ...(receipt === undefined ? {} : { receipt }),
        deadlineMs: 30_000,
        outputCapBytes: 65_536,
      });
    const before = await host.containerStartedAt('karmabot-app');
    resultOf(await call('restart', randomUUID()));
    expect(await host.containerStartedAt('karmabot-app')).not.toBe(before);
    const looks = await Promise.all(Array.from({ length: 6 }, () => call('inspect')));
    for (const look of looks) expect(resultOf(look).stdout).toContain('StartedAt');
    await docker.close();
    await ssh.close();
  });

  it('tells of a host that went down in the middle that nobody knows', async () => {
    const receipt = randomUUID();
    const outcome = at.run(['sleep', '33'], { receipt, deadlineMs: 25_000 });
    // A receipt that is asked for before it has begun never begins.
    await expect
      .poll(() => host.tryExec('pgrep', '-f', '^sleep 33'), patiently)
      .toMatchObject({ exitCode: 0 });
    await expect.poll(() => at.reconcile(receipt), patiently).toEqual({ kind: 'still running' });
    await host.powerOff();
    await host.powerOn();
    // Its address may be another one now; the receipt is asked where it is.
    const moved = words({ executor, target: sshTarget(host) });
    await expect.poll(() => moved.reconcile(receipt), patiently).toMatchObject({ kind: 'cannot tell' });
    expect(await outcome).toMatchObject({ kind: 'unknown' });
  }, 60_000);
});
