import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DockerCall } from '../../src/domain/call.ts';
import type { Target } from '../../src/domain/fleet.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { sshKind } from '../../src/executors/ssh/ssh.ts';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import type { TinyContainer } from '../rig/tiny-container.ts';
import { type Authority, type Issued, makeAuthority } from './certificates.ts';
import { bounds, dockerCall, dockerExecutor, dockerTarget, hostTarget } from './docker-target.ts';
import { portsFor } from './executor-ports.ts';
import { sshTarget } from './executor-ssh-target.ts';
import { patiently } from './executor-words.ts';

const portOf = (server: net.Server): number => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
};

describeWith(['engine'], 'the docker executor over TCP with TLS', (rig) => {
  let authority: Authority;
  let server: tls.Server;
  let mine: Issued;
  let container: TinyContainer;
  const executor = dockerExecutor();
  beforeAll(async () => {
    authority = await makeAuthority();
    const { cert, key } = await authority.issue('engine', { names: 'IP:127.0.0.1', fromDays: -1, toDays: 1 });
    mine = await authority.issue('client', { names: 'DNS:botswain', fromDays: -1, toDays: 1 });
    container = await rig.startTinyContainer();
    server = tls.createServer(
      { cert, key, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
      (socket) => {
        const engine = net.connect(rig.engineSocketPath);
        socket.pipe(engine).pipe(socket);
        for (const end of [socket, engine]) end.on('error', () => end.destroy());
      },
    );
    server.on('tlsClientError', () => {});
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  afterAll(async () => {
    server.close();
    await authority.remove();
  });
  const target = (credentials: object): Target =>
    dockerTarget({
      host: '127.0.0.1',
      port: portOf(server),
      tls: { ca: { file: authority.certPath }, ...credentials },
    });

  it('restarts a container with the right certificates', async () => {
    const before = await container.start();
    const credentials = { cert: { file: mine.certPath }, key: { file: mine.keyPath } };
    const call = dockerCall('restart', container.name, { stopSeconds: 2 });
    expect(await executor.run({ target: target(credentials), call, ...bounds })).toMatchObject({
      kind: 'succeeded',
    });
    expect((await container.start()).startedAt).not.toBe(before.startedAt);
  });

  it('is refused, with nothing done, without a client certificate', async () => {
    const before = await container.start();
    const answer = await executor.run({
      target: target({}),
      call: dockerCall('restart', container.name),
      ...bounds,
    });
    expect(answer).toMatchObject({ kind: 'failed', code: 'TARGET_LOGIN_FAILED' });
    expect(await container.start()).toEqual(before);
  });

  it('does not talk to an engine whose certificate another authority signed', async () => {
    const other = await makeAuthority();
    const stranger = dockerTarget({
      host: '127.0.0.1',
      port: portOf(server),
      tls: { ca: { file: other.certPath } },
    });
    const answer = await executor.run({
      target: stranger,
      call: dockerCall('restart', container.name),
      ...bounds,
    });
    expect(answer).toMatchObject({ kind: 'failed', code: 'TARGET_UNREACHABLE' });
    expect(answer).toHaveProperty('message', expect.stringContaining('not trusted here'));
    await other.remove();
  });

  it('says so where a certificate is not to be had', async () => {
    const answer = await executor.run({
      target: dockerTarget({ host: '127.0.0.1', port: 1, tls: { ca: { env: 'NOT_SET' } } }),
      call: dockerCall('inspect', container.name),
      ...bounds,
    });
    expect(answer).toMatchObject({ kind: 'failed', code: 'CONFIG_SECRET_MISSING' });
  });
});

describeWith(['systemd-host'], 'the docker executor through `docker system dial-stdio` on a host', (rig) => {
  let host: SystemdHost;
  let executor: Executor;
  let ssh: Executor;
  const ran = (call: DockerCall, settings: object = { sudo: true }) =>
    executor.run({ target: dockerTarget({ via: hostTarget.name, ...settings }), call, ...bounds });
  beforeAll(async () => {
    host = await rig.startSystemdHost();
    ssh = sshKind.create(portsFor([]));
    executor = dockerExecutor([sshTarget(host)], ssh);
  });
  afterAll(() => ssh.close());

  it('restarts a container of the inner engine, with sudo', async () => {
    const before = await host.containerStartedAt('karmabot-app');
    expect(await ran(dockerCall('restart', 'karmabot-app', { stopSeconds: 3 }))).toMatchObject({
      kind: 'succeeded',
    });
    expect(await host.containerStartedAt('karmabot-app')).not.toBe(before);
  });

  it('observes and reconciles over the same way', async () => {
    const target = dockerTarget({ via: hostTarget.name, sudo: true });
    const call = dockerCall('restart', 'karmabot-app', { stopSeconds: 3 });
    const observed = await executor.observe(target, call);
    if (observed.kind !== 'succeeded') throw new Error(observed.message);
    const begun = { receipt: 'r', startedAt: Date.now(), evidence: observed.value };
    await ran(call);
    expect(await executor.reconcile({ target, call, begun })).toMatchObject({ kind: 'happened' });
  });

  it('reads logs and many at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 6 }, () => ran(dockerCall('logs', 'karmabot-app', { tail: 2 }))),
    );
    for (const answer of answers) expect(answer).toMatchObject({ kind: 'succeeded' });
    expect(answers[0]).toHaveProperty('value.stdout', expect.stringContaining('karmabot'));
  });

  it('sends nothing, and says so, where the user may not use the engine', async () => {
    const before = await host.containerStartedAt('karmabot-app');
    const answer = await ran(dockerCall('restart', 'karmabot-app'), {});
    expect(answer).toMatchObject({ kind: 'failed', code: 'TARGET_UNREACHABLE' });
    expect(answer).toHaveProperty('remedy', expect.stringContaining('sudo: true'));
    expect(await host.containerStartedAt('karmabot-app')).toBe(before);
  });

  it('calls a restart whose connection broke unknown, and learns afterwards that it happened', async () => {
    await host.exec(
      'sh',
      '-c',
      'docker rm -f stubborn; docker run -d --name stubborn karmabot:1.4.0 /bin/sh -c "trap : TERM; while :; do sleep 1; done"',
    );
    const target = dockerTarget({ via: hostTarget.name, sudo: true });
    const call = dockerCall('restart', 'stubborn', { stopSeconds: 8 });
    const observed = await executor.observe(target, call);
    if (observed.kind !== 'succeeded') throw new Error(observed.message);
    const begun = { receipt: 'r', startedAt: Date.now(), evidence: observed.value };
    const running = executor.run({ target, call, ...bounds });
    const kills = ['--filter', 'container=stubborn', '--filter', 'event=kill'];
    await expect
      .poll(() => host.exec('docker', 'events', '--since', '20s', '--until', '0s', ...kills), patiently)
      .toContain('stubborn');
    await host.exec('sh', '-c', 'kill $(pgrep -u ops -f "sshd: ops")');
    expect(await running).toMatchObject({ kind: 'unknown', code: 'TARGET_CONNECTION_LOST' });
    await expect
      .poll(async () => (await executor.reconcile({ target, call, begun })).kind, { timeout: 20_000 })
      .toBe('happened');
    await host.exec('docker', 'rm', '-f', 'stubborn');
  });

  it('sends nothing where the engine is gone', async () => {
    await host.exec('systemctl', 'stop', 'docker.socket', 'docker.service');
    expect(await ran(dockerCall('restart', 'karmabot-app'))).toMatchObject({
      kind: 'failed',
      code: 'TARGET_UNREACHABLE',
    });
    await host.exec('systemctl', 'start', 'docker');
  });
});

describe('what a docker target resolves to', () => {
  const through = { host: '192.0.2.7', user: 'ops', host_keys: ['SHA256:abc'], jump: 'bastion' };
  const executor = dockerExecutor([hostTarget], { describe: () => through });
  it('names the engine and never a secret', () => {
    expect(executor.describe(dockerTarget({ socket: '/run/docker.sock' }))).toEqual({
      engine: 'unix:/run/docker.sock',
    });
    expect(executor.describe(dockerTarget({ via: 'host' }))).toEqual({
      engine: 'through host',
      sudo: false,
      via: through,
    });
  });
});
