import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { composeKind } from '../../src/components/compose.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { createSsh } from '../../src/executors/ssh/ssh.ts';
import { portsFor } from '../contract/executor-ports.ts';
import { quickTimes, sshTarget } from '../contract/executor-ssh-target.ts';
import { resultOf, words } from '../contract/executor-words.ts';
import { had, perform, reach } from '../contract/host-read.ts';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { BotProcess } from '../story/stage/botswain.ts';
import { team } from '../story/stage/team.ts';
import { doctorSays, HOST_COMPONENTS, put, targetOf } from './host-stage.ts';

/** What somebody would try who has the account and its sudoers; of words sudo sees no borders, the gate does. */
const REFUSED: readonly (readonly string[])[] = [
  ['id'],
  ['sh'],
  ['systemctl', 'restart', 'ssh'],
  ['systemctl', 'restart', 'demo-bot', 'ssh'],
  ['systemctl', 'restart', 'demo-bot.service'],
  ['systemctl', 'edit', 'demo-bot'],
  ['systemctl', 'restart'],
  ['systemctl'],
  ['systemctl', '--root=/tmp', 'restart', 'demo-bot'],
  ['journalctl', '-u', 'demo-bot', '-n', '5', '--no-pager', '-o', 'short-iso', '--file=/etc/shadow'],
  ['journalctl', '-u', 'demo-bot', '-n', 'x', '--no-pager', '-o', 'short-iso'],
  ['journalctl'],
  ['tail', '-n', '5', '--', '/etc/shadow'],
  ['tail', '-n', '5', '--', '/var/log/nginx/../../../etc/shadow'],
  ['tail', '-n', '5', '--', '/var/log/nginx/accessXlog'],
  ['tail', '-n', '5', '/etc/shadow', '--', '/var/log/nginx/access.log'],
  ['docker', 'run', '-v', '/:/host', 'karmabot:1.4.0', 'id'],
  ['docker', 'exec', 'karmabot-app', 'id'],
  ['docker', 'inspect', 'karmabot-app'],
  ['docker', 'logs', 'karmabot-mongodb'],
  ['docker', 'image', 'inspect', 'karmabot:1.4.0'],
  ['docker', 'image', 'inspect', '--format', '{{.Id}}', '--format', '{{json .}}', 'karmabot:1.4.0'],
  ['docker', 'image', 'inspect', '--format', '{{.Id}}', 'karmabot:1.4.0', 'mongo:4.4'],
  ['docker-compose', 'config'],
  ['docker-compose', 'config', 'karmabot'],
  ['docker-compose', 'config', '--hash', 'karmabot', '--resolve-image-digests'],
  ['docker-compose', '-f', '/tmp/mine.yml', 'restart', '-t', '1', 'karmabot'],
  ['docker-compose', 'run', 'karmabot', 'id'],
  ['visudo'],
];

describeWith(['systemd-host'], 'the sudoers that the doctor writes', (rig) => {
  let host: SystemdHost;
  let bot: BotProcess;
  let executor: Executor;
  let text: string;

  beforeAll(async () => {
    host = await rig.startSystemdHost();
    const { chats: _, ...botswain } = team;
    bot = await BotProcess.prepare({
      botswain,
      targets: { production: { server: targetOf(host) } },
      services: {
        karmabot: { service: 'karmabot', title: 'Karmabot', target: 'server', components: HOST_COMPONENTS },
      },
    });
    // Before it has any sudo at all: nothing of what is written may depend on that.
    await host.exec('rm', '/etc/sudoers.d/ops');
    const written = await doctorSays(bot, '--sudoers', 'server');
    expect(written).toMatchObject({ exitCode: 0, stderr: '' });
    text = written.stdout;
    executor = createSsh(portsFor([sshTarget(host)]), quickTimes);
  });
  afterAll(async () => {
    await executor?.close();
    await bot?.remove();
  });

  it('are taken by visudo, name full paths, folders and NOEXEC, and hold no wildcard', async () => {
    await put(host, { path: '/tmp/botswain.sudoers', mode: '0440', text });
    expect(await host.exec('visudo', '-c', '-f', '/tmp/botswain.sudoers')).toMatch(/parsed OK/);
    const lines = text.split('\n').filter((line) => line.startsWith('ops '));
    expect(text).toContain('Defaults:ops !requiretty\n');
    for (const line of lines) {
      expect(line).toMatch(
        /^ops ALL=\(root\) (CWD=\/opt\/karmabot )?NOPASSWD:( NOEXEC:)? \/usr\/bin\/[\w-]+ /,
      );
      expect(line).not.toMatch(/\*|\bALL$|!/);
    }
    expect(lines).toContain('ops ALL=(root) NOPASSWD: NOEXEC: /usr/bin/systemctl restart demo-bot');
    expect(lines).toContain(
      'ops ALL=(root) CWD=/opt/karmabot NOPASSWD: /usr/bin/docker-compose restart -t 1 karmabot',
    );
    expect(text).not.toContain('docker compose');
    await put(host, { path: '/etc/sudoers.d/botswain', mode: '0440', text });
    expect(await host.exec('visudo', '-c')).toMatch(/\/etc\/sudoers\.d\/botswain: parsed OK/);
  });

  it('are enough: a unit and a compose service restart, their state and logs are read', async () => {
    const target = sshTarget(host);
    const at = words({ executor, target });
    const before = await host.mainPid('demo-bot');
    const restarted = await at.run(['systemctl', 'restart', 'demo-bot'], {
      sudo: true,
      receipt: randomUUID(),
    });
    expect(resultOf(restarted)).toMatchObject({ code: 0, stderr: '' });
    expect(await host.mainPid('demo-bot')).not.toBe(before);
    const { kind: _, ...settings } = HOST_COMPONENTS.app;
    const ref = { service: 'karmabot', component: 'app', environment: 'production' };
    const app = composeKind.bind(composeKind.settings.parse(settings), { ref, target });
    const { read, change } = reach(executor, target);
    const started = await host.containerStartedAt('karmabot-app');
    for (const action of ['restart', 'stop', 'start', 'recreate'] as const)
      expect(
        (await perform(app, action, change)).map(({ code }) => code),
        action,
      ).toEqual([0]);
    expect(await host.containerStartedAt('karmabot-app')).not.toBe(started);
    expect(had(await app.status(read)).state).toBe('running');
    expect(had(await app.identity(read, 'recreate'))).toMatchObject({
      configuration_on_disk: expect.stringMatching(/^[0-9a-f]{64}$/),
      images_on_disk: { 'karmabot:1.4.0': expect.stringMatching(/^sha256:/) },
    });
    for (const query of [
      { previous: false },
      { previous: true },
      { previous: false, since: Date.now() - 60_000 },
    ])
      expect(had(await app.logs(read, { tail: 7, ...query })).code).toBe(0);
  }, 60_000);

  it.each(REFUSED.map((argv) => [argv.join(' '), argv] as const))('refuse sudo %s', async (_, argv) => {
    const at = words({ executor, target: sshTarget(host) });
    const outcome = await at.run(argv, { sudo: true, cwd: '/opt/karmabot' });
    expect(outcome).toMatchObject({ kind: 'failed', code: 'TARGET_SUDO_DENIED' });
  });

  it('bind compose to the folder of the project, whatever folder it is called in', async () => {
    const mine =
      'services: { karmabot: { image: "karmabot:1.4.0", privileged: true, volumes: ["/:/host"] } }\n';
    await put(host, { path: '/tmp/docker-compose.yml', mode: '0644', text: mine });
    const up = ['docker-compose', 'up', '-d', '--no-deps', '--no-recreate', 'karmabot'];
    await words({ executor, target: sshTarget(host) }).run(up, { sudo: true, cwd: '/tmp' });
    expect(
      await host.exec(
        'docker',
        'inspect',
        '-f',
        '{{.HostConfig.Privileged}} {{.HostConfig.Binds}}',
        'karmabot-app',
      ),
    ).not.toMatch(/true|\/:\/host/);
    expect(await host.exec('docker', 'ps', '-a', '--format', '{{.Names}}')).not.toMatch(/^tmp/m);
  });

  it('let no program they name start another one', async () => {
    const spawn =
      'exec 2>&1; LESSOPEN="|/bin/sh -c id" SYSTEMD_PAGER="sh -c id" EDITOR="sh -c id" sudo -n systemctl restart demo-bot; sudo -n -e /etc/shadow';
    const outcome = await words({ executor, target: sshTarget(host) }).sh(spawn);
    expect(resultOf(outcome).stdout).not.toMatch(/uid=0/);
  });
});
