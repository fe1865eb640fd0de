import { expect, it } from 'vitest';
import { supervisorCheckKind } from '../../src/checks/supervisor.ts';
import type { Component } from '../../src/components/component.ts';
import { supervisorKind } from '../../src/components/supervisor.ts';
import { hostTarget } from './docker-target.ts';
import { patiently } from './executor-words.ts';
import type { HostBench } from './host-bench.ts';
import { had, perform } from './host-read.ts';

const where = {
  ref: { service: 'katana-bot', component: 'bot', environment: 'production' },
  target: hostTarget,
};

/** A program of supervisord on a real host. */
export function supervisorOnHost(current: () => HostBench): void {
  const bot = (settings: object = {}): Component =>
    supervisorKind.bind({ program: 'katana_bot', sudo: true, ...settings }, where);
  const CONFIG = '/etc/supervisor/conf.d/katana_bot.conf';
  const running = () =>
    expect.poll(async () => had(await bot().status(current().ops.read)).state, patiently).toBe('running');

  it('restarts: another pid, another run', async () => {
    await running();
    const before = had(await bot().status(current().ops.read));
    expect(before).toMatchObject({ summary: expect.stringMatching(/^RUNNING \(pid \d+, uptime/) });
    expect(await perform(bot(), 'restart', current().ops.change)).toMatchObject([{ code: 0 }]);
    const after = had(await bot().status(current().ops.read));
    expect(after.run).not.toBe(before.run);
    expect(Math.abs(Date.now() - (after.startedAt ?? 0))).toBeLessThan(60_000);
    expect(had(await bot().status(current().ops.read)).run).toBe(after.run);
    expect(after.facts.pid).toBe(await current().host.exec('supervisorctl', 'pid', 'katana_bot'));
  });

  it('is seen stopped, started, and unable to start', async () => {
    await perform(bot(), 'stop', current().ops.change);
    const stopped = had(await bot().status(current().ops.read));
    expect(stopped).toMatchObject({ state: 'stopped' });
    expect(stopped).not.toHaveProperty('run');
    // Stopping twice is no error, as with units.
    expect(await perform(bot(), 'stop', current().ops.change)).toMatchObject([{ code: 0 }]);
    expect(await current().look(supervisorCheckKind, { program: 'katana_bot', sudo: true })).toMatchObject({
      verdict: 'fail',
    });
    await current().host.exec('sh', '-c', 'echo fail > /etc/demo-bot.mode');
    const [tried] = await perform(bot(), 'start', current().ops.change);
    expect(tried).toMatchObject({ code: 7, stdout: expect.stringContaining('spawn error') });
    await expect
      .poll(async () => had(await bot().status(current().ops.read)).summary, patiently)
      .toMatch(/^FATAL/);
    expect(had(await bot().status(current().ops.read))).toMatchObject({ state: 'failing' });
    await current().host.exec('rm', '/etc/demo-bot.mode');
    await perform(bot(), 'start', current().ops.change);
    await running();
    expect(await current().look(supervisorCheckKind, { program: 'katana_bot', sudo: true })).toMatchObject({
      verdict: 'pass',
    });
  });

  it('pins its own section, and takes up a changed one when it is made anew', async () => {
    const pinned = bot({ config: CONFIG });
    const before = had(await pinned.identity(current().ops.read));
    expect(before).toMatchObject({ config_sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    await current().host.exec(
      'sh',
      '-c',
      `printf '\n[program:other]\ncommand=/bin/sleep 1\nautostart=false\n' >> ${CONFIG}`,
    );
    expect(had(await pinned.identity(current().ops.read))).toEqual(before);
    await current().host.exec('sed', '-i', 's/^startsecs=1/startsecs=1\\nenvironment=TUNED="yes"/', CONFIG);
    expect(had(await pinned.identity(current().ops.read))).not.toEqual(before);
    const results = await perform(pinned, 'recreate', current().ops.change);
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0]);
    const pid = await current().host.exec('supervisorctl', 'pid', 'katana_bot');
    expect(await current().host.exec('cat', `/proc/${pid}/environ`)).toContain('TUNED=yes');
    expect(had(await bot().identity(current().ops.read))).toMatchObject({ config_sha256: null });
  });

  it('gives its lines, of both streams and of a file', async () => {
    const lines = had(await bot().logs(current().ops.read, { tail: 3, previous: false })).stdout;
    expect(lines).toContain('demo-bot: tick');
    expect(lines).toMatch(/--- what it wrote to stderr:\ndemo-bot: cannot start: no token/);
    const file = bot({ logs: '/var/log/supervisor/katana_bot.log' });
    expect(had(await file.logs(current().ops.read, { tail: 1, previous: false })).stdout).toMatch(
      /^demo-bot: .*\n$/,
    );
    for (const query of [
      { tail: 1, previous: true },
      { tail: 1, previous: false, since: 1 },
    ])
      expect(await bot().logs(current().ops.read, query)).toMatchObject({ code: 'INPUT_NOT_SUPPORTED' });
  });

  it('says that there is no such program, and that the socket is not ours', async () => {
    expect(await bot({ program: 'katana' }).status(current().ops.read)).toMatchObject({
      code: 'TARGET_NOT_FOUND',
    });
    const bare = bot({ sudo: false });
    for (const answer of [
      await bare.status(current().ops.read),
      await bare.logs(current().ops.read, { tail: 1, previous: false }),
    ])
      expect(answer).toMatchObject({
        code: 'TARGET_LOGIN_FAILED',
        remedy: expect.stringContaining('sudo: true'),
      });
    expect(await current().look(supervisorCheckKind, { program: 'katana_bot' })).toMatchObject({
      verdict: 'unknown',
    });
  });

  it('fails, and is no riddle, where supervisord does not run', async () => {
    await current().host.exec('systemctl', 'stop', 'supervisor');
    expect(had(await bot().status(current().ops.read))).toMatchObject({
      state: 'failing',
      summary: expect.stringContaining('supervisord does not run'),
    });
    await current().host.exec('systemctl', 'start', 'supervisor');
    await running();
  });
}
