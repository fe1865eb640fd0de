import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Demo, startDemo } from '../../src/demo/demo.ts';
import { readSettings } from '../../src/executors/ssh/settings.ts';
import { DEMO_BOTS, DemoFleet, isAlive } from './demo-fleet.ts';

const APP = 'karmabot/app@production';

const silent = (): void => undefined;

describe('the demo after its Botswain ended', () => {
  let dataFolder: string;
  const demos: Demo[] = [];
  const fleets: DemoFleet[] = [];
  const others: ChildProcess[] = [];

  const start = async (): Promise<{ readonly demo: Demo; readonly fleet: DemoFleet }> => {
    const demo = await startDemo({ dataFolder, log: silent });
    demos.push(demo);
    return { demo, fleet: await look(demo.configFolder) };
  };

  const look = async (folder: string): Promise<DemoFleet> => {
    const fleet = await DemoFleet.load(folder);
    fleets.push(fleet);
    return fleet;
  };

  /** A Botswain to be killed. */
  const startElsewhere = async (): Promise<ChildProcess> => {
    const program = fileURLToPath(new URL('./demo-process.ts', import.meta.url));
    const child = spawn(process.execPath, [program, dataFolder], { stdio: ['pipe', 'pipe', 'inherit'] });
    others.push(child);
    await once(child.stdout, 'data');
    return child;
  };

  beforeAll(async () => {
    dataFolder = await mkdtemp(join(tmpdir(), 'botswain-demo-'));
  });

  afterEach(async () => {
    for (const fleet of fleets.splice(0)) await fleet.executor.close();
    for (const other of others.splice(0)) other.kill('SIGKILL');
    for (const demo of demos.splice(0)) await demo.stop();
  });

  afterAll(() => rm(dataFolder, { recursive: true, force: true }));

  it('leaves no process behind at a clean stop', async () => {
    const { demo, fleet } = await start();
    const pids = await Promise.all(DEMO_BOTS.map((key) => fleet.pid(key)));
    expect(pids.every(isAlive)).toBe(true);
    await fleet.executor.close();
    await demo.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(await readdir(join(dataFolder, 'demo'))).not.toContain('running');
  });

  it('leaves no process behind where it is stopped in the middle of a restart', async () => {
    const { demo, fleet } = await start();
    const old = await fleet.pid(APP);
    const ended = new AbortController();
    const broken = fleet.act(APP, 'restart', { signal: ended.signal });
    await vi.waitFor(() => expect(isAlive(old)).toBe(false), { interval: 5, timeout: 10_000 });
    ended.abort();
    expect((await broken).kind).toBe('unknown');
    await fleet.executor.close();
    await demo.stop();
    await expect(fleet.health(APP)).rejects.toThrow('fetch failed');
    expect(await readdir(join(dataFolder, 'demo/production/karmabot-server'))).not.toContain('app.pid');
  });

  it('finds its bots again after kill -9, as they were, and work that went on', async () => {
    const child = await startElsewhere();
    const before = await look(join(dataFolder, 'demo/config'));
    const kept = DEMO_BOTS.filter((key) => key !== APP && !key.endsWith('worker@production'));
    const pids = await Promise.all(kept.map((key) => before.pid(key)));
    const old = await before.pid(APP);
    await before.act('chatai-backend/worker@production', 'stop');
    // The restart is under way when everything is killed: its connection dies, its receipt remains.
    const receipt = randomUUID();
    const begun = { receipt, startedAt: Date.now(), evidence: {} };
    const ended = new AbortController();
    const broken = before.act(APP, 'restart', { receipt, signal: ended.signal });
    await vi.waitFor(() => expect(isAlive(old)).toBe(false), { interval: 5, timeout: 10_000 });
    child.kill('SIGKILL');
    await once(child, 'exit');
    ended.abort();
    expect(await broken).toMatchObject({ kind: 'unknown', code: 'TARGET_INTERRUPTED' });
    await before.executor.close();

    const { fleet: after } = await start();
    expect(readSettings(after.target(APP))).toEqual(readSettings(before.target(APP)));
    expect(await Promise.all(kept.map((key) => after.pid(key)))).toEqual(pids);
    expect((await after.status('chatai-backend/worker@production')).state).toBe('stopped');
    const [step] = after.component(APP).steps('restart');
    if (step === undefined) throw new Error('a restart has a step');
    const ask = () => after.executor.reconcile({ target: after.target(APP), call: step.call, begun });
    await expect.poll(ask, { timeout: 5_000 }).toMatchObject({ kind: 'happened', result: { code: 0 } });
    expect((await after.status(APP)).state).toBe('running');
    expect(await after.pid(APP)).not.toBe(old);
  });

  it('starts a bot again that died while nobody looked', async () => {
    const child = await startElsewhere();
    const before = await look(join(dataFolder, 'demo/config'));
    const old = await before.pid(APP);
    await before.executor.close();
    child.kill('SIGKILL');
    await once(child, 'exit');
    process.kill(old, 'SIGKILL');
    await vi.waitFor(() => expect(isAlive(old)).toBe(false));
    const { fleet: after } = await start();
    await expect.poll(async () => after.looks(APP)).toEqual({ web: 'pass' });
    expect(await after.pid(APP)).not.toBe(old);
  });

  it('starts all of its bots where the start before was broken off half-way', async () => {
    const child = await startElsewhere();
    const before = await look(join(dataFolder, 'demo/config'));
    const kept = await before.pid('karmabot/app@staging');
    await before.act(APP, 'stop');
    await before.executor.close();
    child.kill('SIGKILL');
    await once(child, 'exit');
    await writeFile(join(dataFolder, 'demo/running'), `${child.pid} changing\n`);
    const { fleet: after } = await start();
    expect((await after.status(APP)).state).toBe('running');
    expect(await after.pid('karmabot/app@staging')).toBe(kept);
  });
});
