import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ssh2, { type Client, type ClientChannel } from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Demo, startDemo } from '../../src/demo/demo.ts';
import { portOf, readSettings } from '../../src/executors/ssh/settings.ts';
import { DemoFleet } from './demo-fleet.ts';

const APP = 'karmabot/app@production';
const BOTS = [
  'chatai-backend/api@production',
  'chatai-backend/worker@production',
  APP,
  'karmabot/app@staging',
  'katana-bot/bot@production',
  'katana-bot/bot@staging',
];

const silent = (): void => undefined;

/** A process that ended and was not waited for yet is not alive; without /proc it cannot be told. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    if (!existsSync('/proc/self/stat')) return true;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !/^[ZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
};

const pidOf = async (fleet: DemoFleet, key: string): Promise<number> =>
  Number((await fleet.status(key)).facts.pid);

/** A bare client, to ask for what the executor never asks for. */
async function connect(fleet: DemoFleet, privateKey?: string): Promise<Client> {
  const settings = readSettings(fleet.target(APP));
  const client = new ssh2.Client();
  const { host, user, key } = settings;
  const path = key !== undefined && 'file' in key ? key.file : '';
  client.connect({
    host,
    port: portOf(settings),
    username: user,
    privateKey: privateKey ?? readFileSync(path),
  });
  await once(client, 'ready');
  return client;
}

const exec = (client: Client, command: string): Promise<ClientChannel> =>
  new Promise((resolve, reject) =>
    client.exec(command, (error, channel) => (error ? reject(error) : resolve(channel))),
  );

async function outcomeOf(channel: ClientChannel) {
  const output = { stdout: '', stderr: '' };
  channel.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString();
  });
  channel.stderr.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString();
  });
  const exited = once(channel, 'exit');
  await once(channel, 'close');
  const [code, signal] = await exited;
  return { ...output, code, signal };
}

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
      BOTS.map(async (key) => [key, (await fleet.status(key)).state, await fleet.looks(key)]),
    );
    expect(found).toEqual(
      BOTS.map((key) => [
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

  it('lets in nobody but the holder of the demo key', async () => {
    const { private: other } = ssh2.utils.generateKeyPairSync('ed25519');
    await expect(connect(fleet, other)).rejects.toThrow('authentication methods failed');
    const settings = readSettings(fleet.target(APP));
    const client = new ssh2.Client();
    client.connect({ host: settings.host, port: portOf(settings), username: 'demo', password: 'demo' });
    await expect(once(client, 'ready')).rejects.toThrow('authentication methods failed');
    const { mode } = statSync(join(dataFolder, 'demo/keys/login_ed25519'));
    expect(mode & 0o777).toBe(0o600);
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

  it('passes streams, exit codes and signals both ways', async () => {
    const client = await connect(fleet);
    try {
      const reading = await exec(client, 'cat; echo wrong >&2; exit 7');
      reading.end('to stdin\n');
      const read = await outcomeOf(reading);
      expect(read).toMatchObject({ stdout: 'to stdin\n', stderr: 'wrong\n', code: 7 });
      const sleeping = await exec(client, 'echo started; exec sleep 60');
      await once(sleeping, 'data');
      sleeping.signal('TERM');
      expect(await outcomeOf(sleeping)).toMatchObject({ code: null, signal: 'SIGTERM' });
      const big = await outcomeOf(await exec(client, 'head -c 3000000 /dev/zero | tr "\\0" x'));
      expect(big.stdout.length).toBe(3_000_000);
    } finally {
      client.end();
    }
  });

  it('hands nothing of its own environment to a command', async () => {
    const client = await connect(fleet);
    const { stdout } = await outcomeOf(await exec(client, 'env')).finally(() => client.end());
    const names = stdout
      .trim()
      .split('\n')
      .map((line) => line.split('=')[0]);
    expect(names.toSorted()).toEqual(['GIT_CEILING_DIRECTORIES', 'HOME', 'LANG', 'PATH', 'PWD']);
  });

  it('refuses forwarding, terminals and subsystems', async () => {
    const client = await connect(fleet);
    try {
      const forwarded = new Promise((resolve, reject) =>
        client.forwardOut('127.0.0.1', 0, '127.0.0.1', 1, (error) => (error ? reject(error) : resolve(0))),
      );
      await expect(forwarded).rejects.toThrow();
      const shell = new Promise((resolve, reject) =>
        client.shell((error) => (error ? reject(error) : resolve(0))),
      );
      await expect(shell).rejects.toThrow();
      const sftp = new Promise((resolve, reject) =>
        client.sftp((error) => (error ? reject(error) : resolve(0))),
      );
      await expect(sftp).rejects.toThrow();
    } finally {
      client.end();
    }
  });

  it('opens ten sessions on a connection and no eleventh, and frees them again', async () => {
    const client = await connect(fleet);
    try {
      const ten = await Promise.all(Array.from({ length: 10 }, () => exec(client, 'cat')));
      await expect(exec(client, 'true')).rejects.toThrow();
      const ends = ten.map(outcomeOf);
      for (const channel of ten) channel.end();
      await Promise.all(ends);
      for (let round = 0; round < 20; round += 1)
        expect((await outcomeOf(await exec(client, 'true'))).code).toBe(0);
    } finally {
      client.end();
    }
  });

  it('refuses a second demo in the same folder', async () => {
    await expect(startDemo({ dataFolder, log: silent })).rejects.toThrow(/runs in .* already/);
    expect((await fleet.status(APP)).state).toBe('running');
  });
});

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
    const pids = await Promise.all(BOTS.map((key) => pidOf(fleet, key)));
    expect(pids.every(isAlive)).toBe(true);
    await fleet.executor.close();
    await demo.stop();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(await readdir(join(dataFolder, 'demo'))).not.toContain('running');
  });

  it('finds its bots again after kill -9, as they were, and work that went on', async () => {
    const child = await startElsewhere();
    const before = await look(join(dataFolder, 'demo/config'));
    const kept = BOTS.filter((key) => key !== APP && !key.endsWith('worker@production'));
    const pids = await Promise.all(kept.map((key) => pidOf(before, key)));
    const old = await pidOf(before, APP);
    await before.act('chatai-backend/worker@production', 'stop');
    // The restart is under way when everything is killed: its connection dies, its receipt remains.
    const receipt = randomUUID();
    const begun = { receipt, startedAt: Date.now(), evidence: {} };
    const ended = new AbortController();
    const broken = before.act(APP, 'restart', { receipt, signal: ended.signal });
    await vi.waitFor(() => expect(isAlive(old)).toBe(false), { interval: 5 });
    child.kill('SIGKILL');
    await once(child, 'exit');
    ended.abort();
    expect(await broken).toMatchObject({ kind: 'unknown', code: 'TARGET_INTERRUPTED' });
    await before.executor.close();

    const { fleet: after } = await start();
    expect(readSettings(after.target(APP))).toEqual(readSettings(before.target(APP)));
    expect(await Promise.all(kept.map((key) => pidOf(after, key)))).toEqual(pids);
    expect((await after.status('chatai-backend/worker@production')).state).toBe('stopped');
    const [step] = after.component(APP).steps('restart');
    if (step === undefined) throw new Error('a restart has a step');
    const ask = () => after.executor.reconcile({ target: after.target(APP), call: step.call, begun });
    await expect.poll(ask, { timeout: 5_000 }).toMatchObject({ kind: 'happened', result: { code: 0 } });
    expect((await after.status(APP)).state).toBe('running');
    expect(await pidOf(after, APP)).not.toBe(old);
  });

  it('starts a bot again that died while nobody looked', async () => {
    const child = await startElsewhere();
    const before = await look(join(dataFolder, 'demo/config'));
    const old = await pidOf(before, APP);
    await before.executor.close();
    child.kill('SIGKILL');
    await once(child, 'exit');
    process.kill(old, 'SIGKILL');
    await vi.waitFor(() => expect(isAlive(old)).toBe(false));
    const { fleet: after } = await start();
    await expect.poll(async () => after.looks(APP)).toEqual({ web: 'pass' });
    expect(await pidOf(after, APP)).not.toBe(old);
  });
});
