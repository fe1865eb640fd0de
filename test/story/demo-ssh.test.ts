import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from '../../src/demo/demo.ts';
import { DEMO_BOTS, DemoFleet, isAlive } from './demo-fleet.ts';

const APP = 'karmabot/app@production';

const silent = (): void => undefined;

describe('the demo fleet over its SSH server', () => {
  let dataFolder: string;
  let demo: Demo;
  let fleet: DemoFleet;

  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'botswain-demo-'));
    demo = await startDemo({ dataFolder, log: silent });
    fleet = await DemoFleet.load(demo.configFolder);
  });

  afterAll(async () => {
    await fleet.executor.close();
    await demo.stop();
    await rm(dataFolder, { recursive: true, force: true });
  });

  it('has every bot running and every check passing once it has started', async () => {
    const found = await Promise.all(
      DEMO_BOTS.map(async (key) => [key, (await fleet.status(key)).state, await fleet.looks(key)]),
    );
    expect(found).toEqual(
      DEMO_BOTS.map((key) => [
        key,
        'running',
        expect.not.objectContaining({ web: 'fail', heartbeat: 'fail', health: 'fail', queue: 'fail' }),
      ]),
    );
  });

  it('really restarts a bot: another process answers', async () => {
    const before = { status: await fleet.status(APP), health: await fleet.health(APP) };
    const outcome = await fleet.act(APP, 'restart');
    expect(outcome).toMatchObject({ kind: 'succeeded', value: { code: 0 } });
    const status = await fleet.status(APP);
    expect(status.state).toBe('running');
    expect(status.run).not.toBe(before.status.run);
    await expect.poll(async () => (await fleet.looks(APP)).web).toBe('pass');
    const health = await fleet.health(APP);
    expect(String(health.pid)).toBe(status.facts.pid);
    expect(health.pid).not.toBe(before.health.pid);
    expect(Date.parse(health.startedAt)).toBeGreaterThan(Date.parse(before.health.startedAt));
    expect(isAlive(before.health.pid)).toBe(false);
  });

  it('stops a bot and starts it again', async () => {
    const { pid } = await fleet.health(APP);
    expect(await fleet.act(APP, 'stop')).toMatchObject({ kind: 'succeeded', value: { code: 0 } });
    expect(isAlive(pid)).toBe(false);
    expect((await fleet.status(APP)).state).toBe('stopped');
    expect(await fleet.looks(APP)).toEqual({ web: 'fail' });
    expect(await fleet.act(APP, 'start')).toMatchObject({ kind: 'succeeded', value: { code: 0 } });
    await expect.poll(async () => (await fleet.looks(APP)).web).toBe('pass');
  });

  it('shows what a bot logged', async () => {
    const logs = await fleet.component(APP).logs(fleet.read(APP), { tail: 200, previous: false });
    if (logs.kind !== 'succeeded') throw new Error(logs.message);
    expect(logs.value.stdout).toMatch(/INFO app 1\.5\.0 listens on port \d+, PID \d+/);
  });

  it('has one bot whose first restart comes up broken and whose second is well', async () => {
    const key = 'katana-bot/bot@staging';
    expect(await fleet.looks(key)).toEqual({ heartbeat: 'pass' });
    expect(await fleet.act(key, 'restart')).toMatchObject({ kind: 'succeeded', value: { code: 0 } });
    await expect.poll(async () => (await fleet.health(key)).status).toBe('unhealthy');
    expect(await fleet.looks(key)).toEqual({ heartbeat: 'fail' });
    await fleet.act(key, 'restart');
    await expect.poll(async () => fleet.looks(key)).toEqual({ heartbeat: 'pass' });
  });

  it.each([
    ['crash', 'failing'],
    ['slow', 'running'],
  ])('does what a mode file says: %s', async (mode, state) => {
    const key = 'karmabot/app@staging';
    await writeFile(join(dataFolder, 'demo/staging/karmabot-server/app.mode'), `${mode} once\n`);
    await fleet.act(key, 'restart');
    await expect.poll(async () => (await fleet.status(key)).state, { timeout: 5_000 }).toBe(state);
    expect(await fleet.looks(key)).toEqual({ web: 'fail' });
    await fleet.act(key, 'restart');
    await expect.poll(async () => fleet.looks(key), { timeout: 5_000 }).toEqual({ web: 'pass' });
  });

  it('is refused by the executor where the pinned host key is another', async () => {
    const target = fleet.target(APP);
    const wrong = { ...target, settings: { ...target.settings, host_key: `SHA256:${'A'.repeat(43)}` } };
    const call = { kind: 'argv' as const, argv: ['true'] };
    const outcome = await fleet.executor.run({
      target: { ...wrong, name: 'other' },
      call,
      deadlineMs: 5_000,
      outputCapBytes: 1_024,
    });
    expect(outcome).toMatchObject({ kind: 'failed', code: 'TARGET_HOST_KEY_MISMATCH' });
  });

  it('refuses a second demo in the same folder', async () => {
    await expect(startDemo({ dataFolder, log: silent })).rejects.toThrow(/runs in .* already/);
    expect((await fleet.status(APP)).state).toBe('running');
  });
});
