import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createSsh } from '../../src/executors/ssh/ssh.ts';
import { portsFor } from '../contract/executor-ports.ts';
import { quickTimes, sshTarget } from '../contract/executor-ssh-target.ts';
import { resultOf, words } from '../contract/executor-words.ts';
import { type FakeSlack, startFakeSlack } from '../fakes/slack/fake-slack.ts';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { BotProcess } from '../story/stage/botswain.ts';
import { hire, slackVariables, team } from '../story/stage/team.ts';
import { COMMANDS, REFUSED, readOrder, TRACE } from './gate-orders.ts';
import { doctorSays, HOST_COMPONENTS, put, ssh, targetOf } from './host-stage.ts';

describeWith(['engine', 'systemd-host'], 'a key that opens the gate and nothing else', (rig) => {
  let host: SystemdHost;
  let slack: FakeSlack;
  let bot: BotProcess;

  beforeAll(async () => {
    host = await rig.startSystemdHost();
    slack = await startFakeSlack();
    hire(slack);
    const policy = [{ risk: 'read', allow: ['operator'] }, { allow: ['operator'] }];
    bot = await BotProcess.prepare({
      botswain: { ...team, policy },
      targets: { production: { server: targetOf(host) } },
      services: {
        karmabot: {
          service: 'karmabot',
          title: 'Karmabot',
          target: 'server',
          verify: { hold: '1s', within: '15s' },
          components: HOST_COMPONENTS,
          checks: { unit: { kind: 'systemd', unit: 'demo-bot' } },
        },
      },
      environment: slackVariables(slack),
    });
    const gate = await doctorSays(bot, '--gate', 'server');
    expect(gate).toMatchObject({ exitCode: 0, stderr: '' });
    const line = /^# {3}(restrict,.*)$/m.exec(gate.stdout)?.[1] ?? '';
    expect(line).toMatch(
      /^restrict,from="[\d.]+",command="exec \/usr\/local\/bin\/botswain-gate" ssh-ed25519 /,
    );
    const sudoers = await doctorSays(bot, '--sudoers', 'server');
    await put(host, { path: '/etc/sudoers.d/ops', mode: '0440', text: sudoers.stdout });
    await put(host, { path: '/usr/local/bin/botswain-gate', mode: '0755', text: gate.stdout });
    await put(host, { path: '/etc/ssh/authorized_keys', mode: '0644', text: `${line}\n` });
  });
  afterAll(async () => {
    await bot?.remove();
    await slack?.stop();
  });

  const traces = async (): Promise<string> => (await host.tryExec('ls', '-d', TRACE)).stdout;
  const says = (match: RegExp, withinMs = 30_000) =>
    slack.expectMessage({ channel: 'C0OPS', match, withinMs });

  it('lets the whole bot work, with the generated sudoers alone: restarts, status, logs, checks', async () => {
    await bot.start();
    const before = await host.mainPid('demo-bot');
    const started = await host.containerStartedAt('karmabot-app');
    await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'restart karmabot/bot' });
    await says(/succeeded/);
    expect(await host.mainPid('demo-bot')).not.toBe(before);
    await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'restart karmabot/app' });
    await slack.until(async () => (await host.containerStartedAt('karmabot-app')) !== started, 30_000);
    const container = () => host.exec('docker', 'inspect', '--format', '{{.Id}}', 'karmabot-app');
    const made = await container();
    await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'restart karmabot/app --recreate' });
    await slack.until(async () => (await container().catch(() => made)) !== made, 30_000);
    for (const line of [
      'logs karmabot/bot --since 1h',
      'logs karmabot/app --previous',
      'logs karmabot/nginx',
    ]) {
      await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: line });
      const answer = await says(new RegExp(`Logs of ${line.split(' ')[1]}`));
      expect(JSON.stringify(answer.look)).not.toMatch(/gate|could not be read/);
    }
    await slack.command({ user: 'U0ANA', channel: 'C0OPS', text: 'check karmabot' });
    const checked = await says(/Checked karmabot/);
    expect(JSON.stringify(checked.look)).not.toMatch(/gate/);
  }, 90_000);

  it('lets the doctor look, and it finds nothing wrong', async () => {
    const { stdout } = await doctorSays(bot);
    const found = stdout.slice(stdout.indexOf('production/server (ssh)'));
    expect(found).toMatch(/sudo: ops may run everything the components need without a password/);
    expect(found).toContain('✓ the key opens the gate only, and it is the one for these settings');
    expect(found).not.toMatch(/[✗!] /);
    const path = '/usr/local/bin/botswain-gate';
    const older = (await host.exec('cat', path)).replace(/^(export BOTSWAIN_GATE=).*/m, '$1older');
    await put(host, { path, mode: '0755', text: `${older}\n` });
    expect((await doctorSays(bot)).stdout).toContain(
      'Make it anew: botswain doctor --gate production/server',
    );
  }, 30_000);

  it.each(Object.entries(REFUSED))('refuses %s, and nothing runs', async (_, input) => {
    const before = await host.mainPid('demo-bot');
    const answer = await ssh(host, { input, command: 'id' });
    expect(answer.exitCode).toBe(126);
    expect(answer.stdout).toMatch(/^(botswain-[0-9a-f-]{36} gate [a-z ]+)?$/);
    expect(answer.stderr).toMatch(/botswain-gate: refused: /);
    expect(await traces()).toBe('');
    expect(await host.mainPid('demo-bot')).toBe(before);
  });

  it.each(COMMANDS)('looks at no command line: %s', async (command) => {
    const answer = await ssh(host, { command, input: readOrder({ argv: ['touch', TRACE] }) });
    expect(answer).toMatchObject({ exitCode: 126 });
    expect(await traces()).toBe('');
  });

  it('opens no terminal, no files, no tunnel, no agent', async () => {
    const terminal = await ssh(host, { options: ['-tt'], input: 'id\n' });
    expect(terminal.exitCode).not.toBe(0);
    expect(`${terminal.stdout}${terminal.stderr}`).not.toContain('uid=');
    const files = await ssh(host, { options: ['-s'], command: 'sftp', input: 'ls\n' });
    expect(files.exitCode).not.toBe(0);
    const tunnel = await ssh(host, { options: ['-W', '127.0.0.1:80'], input: 'GET / HTTP/1.0\r\n\r\n' });
    expect(tunnel.exitCode).not.toBe(0);
    expect(tunnel.stdout).toBe('');
  });

  it('says in the chat what to do where the settings want more than the gate has', async () => {
    const target = sshTarget(host);
    const executor = createSsh(portsFor([target]), quickTimes);
    const at = words({ executor, target });
    for (const more of [{}, { receipt: randomUUID() }])
      expect(await at.run(['systemctl', 'restart', 'ssh'], { sudo: true, ...more })).toMatchObject({
        kind: 'failed',
        code: 'TARGET_NOT_STARTED',
        message: expect.stringMatching(/does not let it pass: this is not in its list; nothing was run/),
        remedy: expect.stringContaining('botswain doctor --gate'),
      });
    expect(await at.reconcile(randomUUID())).toEqual({ kind: 'did not happen' });
    resultOf(await at.run(['docker', 'compose', 'version']));
    await executor.close();
  });

  it('is refused from another address than the bot’s', async () => {
    const line = (await host.exec('cat', '/etc/ssh/authorized_keys')).replace(
      /from="[^"]+"/,
      'from="192.0.2.1"',
    );
    await put(host, { path: '/etc/ssh/authorized_keys', mode: '0644', text: `${line}\n` });
    const answer = await ssh(host, { input: '' });
    expect(answer).toMatchObject({ exitCode: 255, stderr: expect.stringContaining('Permission denied') });
  });
});
