import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postgresCheckKind } from '../../src/checks/postgres.ts';
import { redisCheckKind } from '../../src/checks/redis.ts';
import { succeeded } from '../../src/domain/outcome.ts';
import { sshKind } from '../../src/executors/ssh/ssh.ts';
import { describeWith } from '../rig/rig.ts';
import { portsFor } from './executor-ports.ts';
import { sshTarget } from './executor-ssh-target.ts';
import { type HostBench, hostBench } from './host-bench.ts';
import { programsOnHost } from './host-programs.ts';
import { reach } from './host-read.ts';
import { supervisorOnHost } from './host-supervisor.ts';

describeWith(['systemd-host'], 'what runs on a real host beside containers', (rig) => {
  const ssh = sshKind.create(portsFor([]));
  let bench: HostBench | undefined;
  const current = (): HostBench => {
    if (bench === undefined) throw new Error('the host runs during tests only');
    return bench;
  };
  beforeAll(async () => {
    const host = await rig.startSystemdHost();
    bench = hostBench(host, reach(ssh, sshTarget(host)));
    await Promise.all([
      host.exec('systemctl', 'start', 'postgresql', 'redis-server', 'supervisor'),
      host.exec('rig-tls'),
    ]);
  });
  afterAll(() => ssh.close());

  describe('a program of supervisord', () => supervisorOnHost(current));
  describe('programs, files and lines', () => programsOnHost(current));

  it('asks PostgreSQL as its own account: connections, and how it refuses', async () => {
    const { host, look } = current();
    const asked = (more: object = {}) => look(postgresCheckKind, { user: 'postgres', ...more });
    expect(await asked()).toEqual({
      verdict: 'pass',
      summary: expect.stringMatching(/^PostgreSQL: answered in \d+ ms; 1 of 100 connections used$/),
    });
    expect(await asked({ warn: 1, fail: 2 })).toMatchObject({ verdict: 'warn' });
    expect(await asked({ slow: '1ms' })).toMatchObject({ verdict: 'warn' });
    expect(await asked({ login: false })).toEqual({
      verdict: 'pass',
      summary: 'PostgreSQL: takes connections',
    });
    expect(await look(postgresCheckKind, {})).toEqual({
      verdict: 'warn',
      summary: expect.stringMatching(
        /takes connections, but cannot be logged in to: psql: .*role "ops" does not exist/,
      ),
    });
    expect(await look(postgresCheckKind, { user: 'nobody' })).toEqual({
      verdict: 'unknown',
      summary: expect.stringContaining('does not let ops run psql as nobody'),
    });
    // The unit postgresql only stands for the cluster's own: it has stopped before that one has.
    await host.exec('systemctl', 'stop', 'postgresql@15-main');
    expect(await asked()).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('does not answer'),
    });
    await host.exec('systemctl', 'start', 'postgresql@15-main');
  });

  it('asks Redis on the target and over the network, with a password, and fails where it wants none of our words', async () => {
    const { host, look } = current();
    expect(await look(redisCheckKind, {})).toEqual({
      verdict: 'pass',
      summary: expect.stringMatching(
        /^Redis: PONG in \d+ ms; [\d.]+ [KM]iB used, no limit set; \d+ of 10000 clients$/,
      ),
    });
    await host.exec('redis-cli', 'config', 'set', 'maxmemory', '1mb');
    expect(await look(redisCheckKind, { warn: 10, fail: 99 })).toMatchObject({ verdict: 'warn' });
    await host.exec('redis-cli', 'config', 'set', 'maxmemory', '0');
    // Reached from here only without its protected mode, as behind a firewall.
    const bind = ['config', 'set', 'bind', `127.0.0.1 ${host.host}`];
    await host.exec('redis-cli', ...bind);
    await host.exec('redis-cli', 'config', 'set', 'requirepass', 'hunter2-hunter2');
    const password = { env: 'REDIS_PASSWORD' };
    expect(await look(redisCheckKind, { host: host.host, password })).toMatchObject({ verdict: 'pass' });
    expect(await look(redisCheckKind, { host: host.host })).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('it answers, and refuses us: NOAUTH'),
    });
    const wrong = await look(
      redisCheckKind,
      { host: host.host, password },
      { secret: () => succeeded('wrong-password') },
    );
    expect(wrong).toMatchObject({ verdict: 'fail', summary: expect.stringContaining('WRONGPASS') });
    expect(await look(redisCheckKind, {})).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('NOAUTH'),
    });
    expect(await look(redisCheckKind, { host: host.host, tls: true }, { timeoutMs: 1_000 })).toMatchObject({
      verdict: 'fail',
    });
    await host.exec('systemctl', 'stop', 'redis-server');
    expect(await look(redisCheckKind, {})).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('refused'),
    });
    expect(await look(redisCheckKind, { host: host.host })).toMatchObject({ verdict: 'fail' });
  });
});
