import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ssh2, { type Client, type ClientChannel } from 'ssh2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Demo, startDemo } from '../../src/demo/demo.ts';
import { newPrivateKey } from '../../src/demo/keys.ts';
import { portOf, readSettings } from '../../src/executors/ssh/settings.ts';
import { DemoFleet } from './demo-fleet.ts';

const APP = 'karmabot/app@production';

const silent = (): void => undefined;

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

describe('the SSH server of the demo', () => {
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

  it('lets in nobody but the holder of the demo key', async () => {
    const other = newPrivateKey('somebody else');
    await expect(connect(fleet, other)).rejects.toThrow('authentication methods failed');
    const settings = readSettings(fleet.target(APP));
    const client = new ssh2.Client();
    client.connect({ host: settings.host, port: portOf(settings), username: 'demo', password: 'demo' });
    await expect(once(client, 'ready')).rejects.toThrow('authentication methods failed');
    const { mode } = statSync(join(dataFolder, 'demo/keys/login_ed25519'));
    expect(mode & 0o777).toBe(0o600);
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
});
