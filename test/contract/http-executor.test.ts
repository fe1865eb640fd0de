import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { HttpCall } from '../../src/domain/call.ts';
import { failed, succeeded } from '../../src/domain/outcome.ts';
import type { RunRequest } from '../../src/executors/executor.ts';
import { httpKind } from '../../src/executors/http.ts';

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

const executor = httpKind.create({
  secret: (reference) =>
    'env' in reference && reference.env === 'TOKEN'
      ? succeeded('Bearer geheim\n')
      : failed('CONFIG_SECRET_MISSING', 'none'),
  target: () => undefined,
  describe: () => ({}),
  openStream: async () => failed('TARGET_UNREACHABLE', 'none'),
  forward: async () => failed('TARGET_UNREACHABLE', 'no way in this test'),
  log: () => {},
});

describe('the http executor against a real server', () => {
  let seen: Seen[] = [];
  const routes: Readonly<Record<string, (response: http.ServerResponse) => void>> = {
    '/slow': () => {},
    '/broken': (response) => response.socket?.destroy(),
    '/moved': (response) => response.writeHead(307, { location: '/other' }).end(),
    '/long': (response) => response.end(`begin${'x'.repeat(100_000)}end`),
  };
  const accepted = (response: http.ServerResponse) => response.writeHead(202).end('so');
  const server = http.createServer(async (request, response) => {
    const { method, url, headers } = request;
    seen.push({ method, url, headers, body: await text(request) });
    (routes[url ?? ''] ?? accepted)(response);
  });
  let base: string;
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  });
  beforeEach(() => {
    seen = [];
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const target = (settings: object = {}) => ({
    name: 'api',
    environment: 'production',
    kind: 'http',
    settings: { url: base, ...settings },
  });
  const run = (call: Omit<HttpCall, 'kind'>, rest: Partial<RunRequest> = {}) =>
    executor.run({
      target: target(),
      call: { kind: 'http', ...call },
      deadlineMs: 5_000,
      outputCapBytes: 1_000,
      ...rest,
    });

  it('sends the request with its secret and its receipt, and gives the status back as the code', async () => {
    const answer = await run(
      { method: 'POST', url: `${base}/v1/restart`, headers: { 'X-Reason': 'test' }, body: '{"a":1}' },
      { receipt: 'f00d', target: target({ headers: { Authorization: { env: 'TOKEN' } } }) },
    );
    expect(answer).toMatchObject({ kind: 'succeeded', value: { code: 202, stdout: 'so', truncated: false } });
    expect(seen).toMatchObject([
      {
        method: 'POST',
        url: '/v1/restart',
        body: '{"a":1}',
        headers: { authorization: 'Bearer geheim', 'idempotency-key': 'f00d', 'x-reason': 'test' },
      },
    ]);
  });

  it('does not follow redirects and keeps head and tail of a long answer', async () => {
    expect(await run({ method: 'POST', url: `${base}/moved` })).toMatchObject({ value: { code: 307 } });
    expect(seen).toHaveLength(1);
    const answer = await run({ method: 'GET', url: `${base}/long` });
    expect(answer).toMatchObject({
      value: {
        code: 200,
        truncated: true,
        stdout: expect.stringMatching(/^begin.*\n.* bytes left out .*\n.*end$/),
      },
    });
  });

  it('refuses to go anywhere else, and without its secret', async () => {
    expect(await run({ method: 'GET', url: 'http://127.0.0.1:1/' })).toMatchObject({
      kind: 'failed',
      code: 'CONFIG_INVALID',
    });
    expect(
      await run({ method: 'GET', url: base }, { target: target({ headers: { A: { env: 'X' } } }) }),
    ).toMatchObject({ code: 'CONFIG_SECRET_MISSING' });
    expect(seen).toEqual([]);
  });

  it('calls a write whose answer did not come unknown, and a read failed', async () => {
    const short = { deadlineMs: 200 };
    expect(await run({ method: 'POST', url: `${base}/slow` }, short)).toMatchObject({
      kind: 'unknown',
      code: 'TARGET_TIMEOUT',
    });
    expect(await run({ method: 'GET', url: `${base}/slow` }, short)).toMatchObject({
      kind: 'failed',
      code: 'TARGET_TIMEOUT',
    });
    expect(await run({ method: 'POST', url: `${base}/broken` })).toMatchObject({
      kind: 'unknown',
      code: 'TARGET_CONNECTION_LOST',
    });
    expect(await run({ method: 'GET', url: `${base}/broken` })).toMatchObject({
      kind: 'failed',
      code: 'TARGET_CONNECTION_LOST',
    });
  });

  it('says that nothing was sent where nobody listens', async () => {
    const gone = net.createServer();
    await once(gone.listen(0, '127.0.0.1'), 'listening');
    const address = gone.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    gone.close();
    await once(gone, 'close');
    expect(await run({ method: 'POST', url }, { target: target({ url }) })).toMatchObject({
      kind: 'failed',
      code: 'TARGET_UNREACHABLE',
    });
  });

  it('cannot say what became of a write', async () => {
    const begun = { receipt: 'r', startedAt: 0, evidence: {} };
    const call: HttpCall = { kind: 'http', method: 'POST', url: base };
    expect(await executor.reconcile({ target: target(), call, begun })).toMatchObject({
      kind: 'cannot tell',
    });
    expect(await executor.observe(target(), call)).toEqual({ kind: 'succeeded', value: {} });
  });
});
