import { text } from 'node:stream/consumers';
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { listen } from '../fakes/slack/server.ts';
import { docker } from './docker-cli.ts';
import { findEngine } from './engine.ts';
import { describeWith } from './rig.ts';
import { opensshExec } from './ssh-client.ts';
import type { Sshd } from './sshd.ts';
import type { SystemdHost } from './systemd-host.ts';

describeWith(['sshd'], 'the rig: sshd', (rig) => {
  let sshd: Sshd;
  beforeAll(async () => {
    sshd = await rig.startSshd();
  });

  it('lets the key in', async () => {
    const result = await opensshExec(sshd, 'echo "$SSH_CONNECTION"; exit 3');
    expect(result).toMatchObject({ exitCode: 3, stderr: '' });
    expect(result.stdout).toContain(`${sshd.host} ${sshd.port}`);
    expect(await sshd.log()).toContain('Accepted publickey');
  });

  it('lets no other key in', async () => {
    const other = await rig.startSshd();
    const result = await opensshExec({ ...sshd, privateKeyPath: other.privateKeyPath }, 'true');
    expect(result.exitCode).toBe(255);
    expect(result.stderr).toContain('Permission denied');
  });

  it('shows the host key it was pinned by, and another one elsewhere', async () => {
    const other = await rig.startSshd({ address: '127.0.0.2' });
    expect(other.hostKeyFingerprint).not.toBe(sshd.hostKeyFingerprint);
    expect(sshd.hostKeyFingerprint).toMatch(/^SHA256:[A-Za-z0-9+/]{43}$/);
    const wrong = await opensshExec({ ...other, knownHostsPath: sshd.knownHostsPath }, 'true');
    expect(wrong.stderr).toContain('Host key verification failed');
  });

  it('can cut its connections and goes on', async () => {
    const sleeping = opensshExec(sshd, 'sleep 20');
    await expect.poll(() => sshd.cutConnections(), { timeout: 5_000 }).toBeGreaterThan(0);
    expect((await sleeping).exitCode).toBe(255);
    expect((await opensshExec(sshd, 'true')).exitCode).toBe(0);
  });

  it('starts several hosts', async () => {
    const hosts = await rig.startSshdHosts(3);
    expect(hosts.map((one) => one.host)).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3']);
    const results = await Promise.all(
      hosts.map((one) => opensshExec(one, 'echo $SSH_CONNECTION | cut -d" " -f3')),
    );
    expect(results.map((one) => one.stdout)).toEqual(['127.0.0.1', '127.0.0.2', '127.0.0.3']);
  });
});

describeWith(['engine'], 'the rig: engine', (rig) => {
  it('answers, and a restarted container has another start time and pid', async () => {
    expect((await findEngine())?.version).toMatch(/^\d+\./);
    const container = await rig.startTinyContainer();
    const before = await container.start();
    await docker('restart', container.name);
    const after = await container.start();
    expect(after.startedAt > before.startedAt).toBe(true);
    expect(after.pid).not.toBe(before.pid);
  });
});

describeWith(['systemd-host'], 'the rig: systemd host', (rig) => {
  let host: SystemdHost;
  beforeAll(async () => {
    host = await rig.startSystemdHost();
  });

  it('restarts a unit over SSH by sudo: a new main process', async () => {
    const before = await host.mainPid('demo-bot');
    const result = await opensshExec(host, 'sudo -n systemctl restart demo-bot');
    expect(result).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    const after = await host.mainPid('demo-bot');
    expect(before).toBeGreaterThan(0);
    expect(after).toBeGreaterThan(0);
    expect(after).not.toBe(before);
  });

  it('refuses what sudo does not allow', async () => {
    for (const line of [
      'sudo -n systemctl restart ssh',
      'sudo -n systemctl restart demo-bot ssh',
      'sudo -n id',
    ]) {
      const result = await opensshExec(host, line);
      expect(result, line).toMatchObject({
        exitCode: 1,
        stderr: expect.stringContaining('a password is required'),
      });
    }
  });

  it('has the compose project up, behind nginx', async () => {
    const list = await opensshExec(
      host,
      'sudo -n docker-compose -f /opt/karmabot/docker-compose.yml ps -q | wc -l',
    );
    expect(list.stdout).toBe('2');
    const page = await fetch(`http://127.0.0.1:${host.published.http}/`);
    expect(await page.text()).toBe('karmabot is well\n');
    const before = await host.containerStartedAt('karmabot-app');
    const restart = 'docker-compose -f /opt/karmabot/docker-compose.yml restart karmabot';
    expect(await opensshExec({ ...host, user: host.groupUser }, restart)).toMatchObject({ exitCode: 0 });
    expect((await host.containerStartedAt('karmabot-app')) > before).toBe(true);
  });

  it('gives a user without groups an empty journal and one with groups the lines', async () => {
    const line = 'journalctl -q -u demo-bot --grep started --output cat';
    expect((await opensshExec(host, line)).stdout).toBe('');
    expect((await opensshExec({ ...host, user: host.groupUser }, line)).stdout).toContain('demo-bot started');
  });

  it('has its own host key, survives a power cut, and can be frozen', async () => {
    const other = await rig.startSystemdHost({ hostname: 'other' });
    expect(other.hostKeyFingerprint).not.toBe(host.hostKeyFingerprint);
    await other.powerOff();
    await other.powerOn();
    expect((await opensshExec(other, 'hostname')).stdout).toBe('other');
    expect(await other.exec('docker', 'ps', '-q')).toMatch(/^\w+\n\w+$/);
    await other.pause();
    const frozen = await opensshExec(other, 'true', 1);
    expect(frozen).toMatchObject({ exitCode: 255, stderr: expect.stringContaining('timed out') });
    await other.unpause();
    expect((await opensshExec(other, 'true')).exitCode).toBe(0);
  });
});

describeWith(['chromium'], 'the rig: Chromium', (rig) => {
  it('shows a page', async () => {
    const browser = await rig.launchBrowser();
    const page = await browser.newPage();
    await page.setContent('<h1>Ahoy</h1>');
    expect(await page.textContent('h1')).toBe('Ahoy');
  });
});

describeWith(['alertmanager'], 'the rig: Alertmanager', (rig) => {
  it('sends what fires to where it is pointed, with the token', async () => {
    const { promise: said, resolve } = Promise.withResolvers<{
      readonly bearer: string;
      readonly body: string;
    }>();
    const { server, origin } = await listen(async (request, response) => {
      resolve({ bearer: request.headers.authorization ?? '', body: await text(request) });
      response.writeHead(202).end();
    });
    onTestFinished(() => void server.close());
    const alertmanager = await rig.startAlertmanager({
      url: `${origin}/`,
      bearer: 'a-token',
      groupBy: ['service'],
    });
    await alertmanager.post([{ labels: { alertname: 'Down', service: 'shop' }, startsAt: Date.now() }]);
    const { bearer, body } = await said;
    expect(bearer).toBe('Bearer a-token');
    expect(JSON.parse(body)).toMatchObject({ status: 'firing', alerts: [{ labels: { alertname: 'Down' } }] });
  });
});
