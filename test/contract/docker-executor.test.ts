import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { docker } from '../rig/docker-cli.ts';
import { describeWith } from '../rig/rig.ts';
import type { TinyContainer } from '../rig/tiny-container.ts';
import { bounds, dockerCall, dockerExecutor, dockerTarget } from './docker-target.ts';
import { patiently } from './executor-words.ts';

describeWith(['engine'], 'the docker executor on a real engine', (rig) => {
  const executor = dockerExecutor();
  const target = dockerTarget({ socket: rig.engineSocketPath });
  let container: TinyContainer;
  beforeAll(async () => {
    container = await rig.startTinyContainer({ flags: ['-e', 'TOKEN=geheim-4711'] });
  });

  it('restarts a container: new StartedAt and PID, the engine as witness', async () => {
    const before = await container.start();
    const answer = await executor.run({
      target,
      call: dockerCall('restart', container.name, { stopSeconds: 5 }),
      receipt: crypto.randomUUID(),
      ...bounds,
    });
    expect(answer).toMatchObject({
      kind: 'succeeded',
      value: { code: 0, stdout: `${container.name} restarted` },
    });
    const after = await container.start();
    expect(after.startedAt).not.toBe(before.startedAt);
    expect(after.pid).not.toBe(before.pid);
  });

  it('reads a container without its environment variables', async () => {
    const answer = await executor.run({ target, call: dockerCall('inspect', container.name), ...bounds });
    if (answer.kind !== 'succeeded') throw new Error(answer.message);
    expect(JSON.parse(answer.value.stdout)).toMatchObject({ Id: container.id, State: { Running: true } });
    expect(answer.value.stdout).not.toContain('geheim');
  });

  it('says what is already so instead of failing', async () => {
    const run = (operation: 'start' | 'stop') =>
      executor.run({ target, call: dockerCall(operation, container.name), ...bounds });
    expect(await run('start')).toMatchObject({ value: { stdout: `${container.name} was already running` } });
    expect(await run('stop')).toMatchObject({ value: { stdout: `${container.name} stopped` } });
    expect(await run('stop')).toMatchObject({ value: { stdout: `${container.name} was already stopped` } });
    expect(await run('start')).toMatchObject({ value: { stdout: `${container.name} started` } });
    expect((await container.start()).pid).toBeGreaterThan(0);
  });

  it('reads the log in order, both streams, with the last lines only', async () => {
    const both = await rig.startTinyContainer({
      command: [
        '/bin/sh',
        '-c',
        'for n in 1 2 3; do echo out$n; sleep 0.05; echo err$n >&2; sleep 0.05; done; sleep 1000',
      ],
    });
    await expect.poll(() => docker('logs', both.name), patiently).toContain('out3');
    await expect
      .poll(async () => {
        const answer = await executor.run({
          target,
          call: dockerCall('logs', both.name, { tail: 4 }),
          ...bounds,
        });
        return answer.kind === 'succeeded' ? answer.value.stdout.replace(/^\S+ /gm, '') : answer.message;
      }, patiently)
      .toBe('out2\nerr2\nout3\nerr3\n');
  });

  it('keeps head and tail of a log longer than the cap', async () => {
    const long = await rig.startTinyContainer({
      command: [
        '/bin/sh',
        '-c',
        'n=0; while [ $n -lt 3000 ]; do n=$((n+1)); echo "line $n"; done; echo end; sleep 1000',
      ],
    });
    await expect.poll(() => docker('logs', '--tail', '1', long.name), patiently).toBe('end');
    const answer = await executor.run({
      target,
      call: dockerCall('logs', long.name, { tail: 3_000 }),
      deadlineMs: 20_000,
      outputCapBytes: 2_000,
    });
    if (answer.kind !== 'succeeded') throw new Error(answer.message);
    expect(answer.value.truncated).toBe(true);
    expect(answer.value.stdout.length).toBeLessThan(2_100);
    expect(answer.value.stdout).toMatch(/ line 2\n[\s\S]* bytes left out [\s\S]* end\n$/);
  });

  it('reads a log without frames from a container with a terminal', async () => {
    const terminal = await rig.startTinyContainer({
      flags: ['-t'],
      command: ['/bin/sh', '-c', 'echo "{}"; sleep 1000'],
    });
    await expect
      .poll(async () => {
        const answer = await executor.run({ target, call: dockerCall('logs', terminal.name), ...bounds });
        return answer.kind === 'succeeded' ? answer.value.stdout : answer.message;
      }, patiently)
      .toMatch(/Z \{\}\r\n$/);
  });

  it('names the nearest container for one that is not there', async () => {
    const answer = await executor.run({
      target,
      call: dockerCall('restart', `${container.name}x`),
      ...bounds,
    });
    expect(answer).toMatchObject({ kind: 'failed', code: 'TARGET_NOT_FOUND' });
    expect(answer).toHaveProperty('remedy', expect.stringContaining(`Did you mean ${container.name}?`));
  });

  it('calls a restart that missed its deadline unknown, and lets the engine say that it happened', async () => {
    const stubborn = await rig.startTinyContainer({
      command: ['/bin/sh', '-c', 'trap "" TERM; while :; do sleep 1; done'],
    });
    const call = dockerCall('restart', stubborn.name, { stopSeconds: 4 });
    const observed = await executor.observe(target, call);
    if (observed.kind !== 'succeeded') throw new Error(observed.message);
    const begun = { receipt: crypto.randomUUID(), startedAt: Date.now(), evidence: observed.value };
    const before = await stubborn.start();
    // Long enough for a busy engine to have taken it, and shorter than the stop.
    const answer = await executor.run({ target, call, deadlineMs: 2_000, outputCapBytes: 1_000 });
    expect(answer).toMatchObject({ kind: 'unknown', code: 'TARGET_TIMEOUT' });
    expect(await executor.reconcile({ target, call, begun })).toEqual({ kind: 'still running' });
    await expect
      .poll(async () => (await executor.reconcile({ target, call, begun })).kind, patiently)
      .toBe('happened');
    expect((await stubborn.start()).startedAt).not.toBe(before.startedAt);
  });

  it('knows that a restart that was never sent did not happen, and does not claim one by somebody else', async () => {
    const call = dockerCall('restart', container.name, { stopSeconds: 1 });
    const observed = await executor.observe(target, call);
    if (observed.kind !== 'succeeded') throw new Error(observed.message);
    const begun = { receipt: crypto.randomUUID(), startedAt: Date.now(), evidence: observed.value };
    expect(await executor.reconcile({ target, call, begun })).toEqual({ kind: 'did not happen' });
    await docker('restart', '-t', '1', container.name);
    await docker('restart', '-t', '1', container.name);
    expect(await executor.reconcile({ target, call, begun })).toMatchObject({ kind: 'cannot tell' });
  });

  it('judges stop and start by what runs, and who started it', async () => {
    const remember = async (operation: 'start' | 'stop') => {
      const call = dockerCall(operation, container.name, { stopSeconds: 1 });
      const observed = await executor.observe(target, call);
      if (observed.kind !== 'succeeded') throw new Error(observed.message);
      return { target, call, begun: { receipt: 'r', startedAt: Date.now(), evidence: observed.value } };
    };
    const stop = await remember('stop');
    expect(await executor.reconcile(stop)).toEqual({ kind: 'did not happen' });
    await executor.run({ ...bounds, target, call: stop.call });
    expect(await executor.reconcile(stop)).toMatchObject({ kind: 'happened', result: { code: 0 } });
    const start = await remember('start');
    expect(await executor.reconcile(start)).toEqual({ kind: 'did not happen' });
    await executor.run({ ...bounds, target, call: start.call });
    expect(await executor.reconcile(start)).toMatchObject({ kind: 'happened' });
    await docker('rm', '-f', container.name);
    expect(await executor.reconcile(start)).toMatchObject({ kind: 'cannot tell' });
  });
});

describe('the docker executor without an engine', () => {
  const executor = dockerExecutor();
  const call = dockerCall('restart', 'karmabot-app');
  const folder = mkdtempSync(join(tmpdir(), 'dk-'));
  const servers: Server[] = [];
  afterAll(() => {
    for (const server of servers) server.close();
    rmSync(folder, { recursive: true });
  });
  /** A socket that breaks each connection off as soon as a request has come in. */
  const dropping = (name: string, answer: string): Promise<string> => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.once('data', () => socket.end(answer));
    });
    servers.push(server);
    const path = join(folder, name);
    return new Promise((resolve) => server.listen(path, () => resolve(path)));
  };

  it('says at once that nothing was sent where there is no socket', async () => {
    const answer = await executor.run({
      target: dockerTarget({ socket: '/nonexistent/docker.sock' }),
      call,
      ...bounds,
    });
    expect(answer).toMatchObject({ kind: 'failed', code: 'TARGET_UNREACHABLE' });
    expect(answer).toHaveProperty('message', expect.stringContaining('there is no such socket'));
  });

  it('calls a write unknown and a read failed when the connection breaks after sending', async () => {
    const target = dockerTarget({ socket: await dropping('drop.sock', '') });
    expect(await executor.run({ target, call, ...bounds })).toMatchObject({
      kind: 'unknown',
      code: 'TARGET_CONNECTION_LOST',
    });
    expect(await executor.run({ target, call: dockerCall('inspect', 'a'), ...bounds })).toMatchObject({
      kind: 'failed',
      code: 'TARGET_CONNECTION_LOST',
    });
    expect(
      (await executor.reconcile({ target, call, begun: { receipt: 'r', startedAt: 0, evidence: {} } })).kind,
    ).toBe('cannot tell');
    const evidence = {
      id: 'a',
      running: true,
      started_at: '',
      finished_at: '',
      restart_count: 0,
      engine_time: 0,
    };
    expect(
      await executor.reconcile({ target, call, begun: { receipt: 'r', startedAt: 0, evidence } }),
    ).toMatchObject({ kind: 'unreachable' });
  });

  it('takes an error of an engine that cannot be looked at afterwards for unknown, in its words', async () => {
    const body = JSON.stringify({
      message: 'Cannot restart container karmabot-app: driver failed: port is already allocated',
    });
    const head = `HTTP/1.1 500 Internal Server Error\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\nConnection: close`;
    const target = dockerTarget({ socket: await dropping('refuse.sock', `${head}\r\n\r\n${body}`) });
    const answer = await executor.run({ target, call, ...bounds });
    expect(answer).toMatchObject({ kind: 'unknown', code: 'TARGET_UNEXPECTED_ANSWER' });
    expect(answer).toHaveProperty(
      'message',
      expect.stringContaining(
        '"Cannot restart container karmabot-app: driver failed: port is already allocated"',
      ),
    );
  });

  it('refuses a name that would be another path of the API', async () => {
    const answer = await executor.run({
      target: dockerTarget({ socket: '/nonexistent' }),
      call: dockerCall('inspect', '../images/json'),
      ...bounds,
    });
    expect(answer).toMatchObject({ kind: 'failed', code: 'INPUT_INVALID_VALUE' });
  });
});
