import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { HttpCall } from '../../src/domain/call.ts';
import type { Target } from '../../src/domain/fleet.ts';
import type { Executor, RunRequest } from '../../src/executors/executor.ts';
import { httpKind } from '../../src/executors/http.ts';
import { createSsh } from '../../src/executors/ssh/ssh.ts';
import { describeWith } from '../rig/rig.ts';
import type { Sshd } from '../rig/sshd.ts';
import { portsFor } from './executor-ports.ts';
import { bareHome, quickTimes, sshTarget } from './executor-ssh-target.ts';
import { patiently } from './executor-words.ts';

const SECRET = 'sk-planted-5Gh2KqLmZ0';

describeWith(['sshd'], 'an HTTP API that listens on a host only', (rig) => {
  let sshd: Sshd;
  let base: string;
  const opened: Executor[] = [];
  const seen: { readonly path: string; readonly headers: http.IncomingHttpHeaders; readonly body: string }[] =
    [];
  const server = http.createServer(async (request, response) => {
    seen.push({ path: request.url ?? '', headers: request.headers, body: await text(request) });
    if (request.url === '/slow') return;
    if (request.url === '/long') return void response.end(`begin${'x'.repeat(3_000_000)}end`);
    response.writeHead(201).end(`${request.method} ${request.url}`);
  });
  beforeAll(async () => {
    sshd = await rig.startSshd({ config: bareHome });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    base = `http://localhost:${typeof address === 'object' ? address?.port : 0}`;
  });
  afterEach(() => void seen.splice(0));
  afterAll(async () => {
    await Promise.all(opened.map((executor) => executor.close()));
    server.closeAllConnections();
    server.close();
  });

  const api = (settings: object = {}): Target => ({
    name: 'api',
    environment: 'test',
    kind: 'http',
    settings: { url: base, via: 'host', bearer: { env: 'ADMIN_TOKEN' }, ...settings },
  });

  function open(way: Target, settings: object = {}) {
    const ports = portsFor([way], { ADMIN_TOKEN: SECRET });
    const ssh = createSsh(ports, quickTimes);
    const executor = httpKind.create({
      ...ports,
      forward: (target, host, port) => ssh.forward?.(target, host, port) ?? Promise.reject(),
      describe: (target) => ssh.describe(target),
    });
    opened.push(ssh);
    const run = (call: Omit<HttpCall, 'kind'>, rest: Partial<RunRequest> = {}) =>
      executor.run({
        target: api(settings),
        call: { kind: 'http', ...call },
        deadlineMs: 10_000,
        outputCapBytes: 1_000,
        ...rest,
      });
    return { executor, run };
  }

  it('is asked from there, with its token and its receipt, each request over a stream of its own', async () => {
    const { run } = open(sshTarget(sshd));
    const said = await run({ method: 'POST', url: `${base}/start/7`, body: '{}' }, { receipt: 'f00d' });
    expect(said).toMatchObject({ kind: 'succeeded', value: { code: 201, stdout: 'POST /start/7' } });
    expect(seen).toMatchObject([
      {
        path: '/start/7',
        body: '{}',
        headers: { authorization: `Bearer ${SECRET}`, 'idempotency-key': 'f00d' },
      },
    ]);
    const paths = ['/a', '/b', '/c', '/d'];
    const all = await Promise.all(paths.map((path) => run({ method: 'GET', url: path })));
    for (const each of all) expect(each).toMatchObject({ value: { code: 201 } });
    expect(seen.map(({ path }) => path).toSorted()).toEqual([...paths, '/start/7']);
    expect((await sshd.log()).match(/Accepted publickey/g)).toHaveLength(1);
    await expect.poll(() => connections(), patiently).toBe(0);
  });

  const connections = (): Promise<number> =>
    new Promise((resolve, reject) =>
      server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
    );

  it('a long answer is bounded, and its stream let go', async () => {
    const { run } = open(sshTarget(sshd));
    expect(await run({ method: 'GET', url: `${base}/long` })).toMatchObject({
      value: { truncated: true, stdout: expect.stringMatching(/^begin[\s\S]*end$/) },
    });
    await expect.poll(() => connections(), patiently).toBe(0);
  });

  it('says that nothing was sent where nobody listens, and where sshd does not let through', async () => {
    const gone = net.createServer();
    await once(gone.listen(0, '127.0.0.1'), 'listening');
    const address = gone.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    gone.close();
    await once(gone, 'close');
    const refused = await open(sshTarget(sshd), { url }).run({ method: 'POST', url });
    expect(refused).toMatchObject({
      kind: 'failed',
      code: 'TARGET_UNREACHABLE',
      message: expect.stringContaining('test/host'),
    });
    const shut = await rig.startSshd({ config: [...bareHome, 'AllowTcpForwarding no'] });
    const kept = await open(sshTarget(shut)).run({ method: 'POST', url: base });
    expect(kept).toMatchObject({ kind: 'failed', remedy: expect.stringContaining('AllowTcpForwarding') });
    expect(seen).toEqual([]);
  });

  it('a write whose connection was cut, or that took too long, is unknown; a host that hangs did nothing', async () => {
    const { run } = open(sshTarget(sshd));
    const cut = run({ method: 'POST', url: `${base}/slow` });
    await expect.poll(() => seen.length, patiently).toBe(1);
    sshd.cutConnections();
    expect(await cut).toMatchObject({ kind: 'unknown', code: 'TARGET_CONNECTION_LOST' });
    await expect
      .poll(() => run({ method: 'POST', url: `${base}/slow` }, { deadlineMs: 400 }), patiently)
      .toMatchObject({ kind: 'unknown', code: 'TARGET_TIMEOUT' });
    sshd.freeze();
    const { run: later } = open(sshTarget(sshd));
    expect(await later({ method: 'POST', url: base }, { deadlineMs: 400 })).toMatchObject({
      kind: 'failed',
      code: 'TARGET_TIMEOUT',
    });
    sshd.thaw();
  });

  it('goes to the one address only, and never without its token or its way', async () => {
    const { run } = open(sshTarget(sshd));
    expect(await run({ method: 'GET', url: 'http://localhost:1/' })).toMatchObject({
      code: 'CONFIG_INVALID',
    });
    const bare = open(sshTarget(sshd), { bearer: { env: 'NO_TOKEN' } });
    expect(await bare.run({ method: 'GET', url: base })).toMatchObject({ code: 'CONFIG_SECRET_MISSING' });
    const lost = open(sshTarget(sshd), { via: 'nobody' });
    expect(await lost.run({ method: 'GET', url: base })).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('test/nobody'),
    });
    expect(seen).toEqual([]);
  });

  it('is described with the way to it, and without its token', () => {
    const way = sshTarget(sshd);
    const { executor } = open(way);
    const said = executor.describe(api());
    expect(said).toMatchObject({ url: base, via: 'host', through: { host: sshd.host, port: sshd.port } });
    expect(JSON.stringify(said)).not.toContain('ADMIN_TOKEN');
  });

  it('says so where TLS is wanted and the other end speaks none', async () => {
    const plain = open(sshTarget(sshd), { url: base.replace('http:', 'https:') });
    const said = await plain.run({ method: 'POST', url: '/start/7' });
    expect(said.kind).not.toBe('succeeded');
    expect(seen).toEqual([]);
  });
});
