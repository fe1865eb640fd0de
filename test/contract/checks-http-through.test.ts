import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckPorts } from '../../src/checks/check.ts';
import { httpCheckKind } from '../../src/checks/http.ts';
import type { Target } from '../../src/domain/fleet.ts';
import { failed } from '../../src/domain/outcome.ts';
import { httpKind } from '../../src/executors/http.ts';
import { portsFor } from './executor-ports.ts';

describe('the http check below the address of an http target', () => {
  const seen: http.IncomingHttpHeaders[] = [];
  const server = http.createServer((request, response) => {
    seen.push(request.headers);
    const isHealth = request.url === '/api/health';
    response.writeHead(isHealth ? 200 : 404).end('{"status":"healthy"}');
  });
  let target: Target;
  beforeAll(async () => {
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const address = server.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/api/`;
    target = { name: 'api', environment: 'test', kind: 'http', settings: { url, bearer: { env: 'TOKEN' } } };
  });
  afterAll(() => void server.close());

  const look = (settings: object, read?: CheckPorts['read']) => {
    const executor = httpKind.create(portsFor([target], { TOKEN: 'geheim' }));
    const through: CheckPorts['read'] = (call, bounds) =>
      executor.run({ target, call, deadlineMs: 5_000, outputCapBytes: bounds?.outputCapBytes ?? 1_000 });
    const ports: CheckPorts = {
      read: read ?? through,
      componentStatus: () => Promise.reject(new Error('nobody looks')),
      secret: () => failed('CONFIG_SECRET_MISSING', 'none'),
      now: () => 0,
    };
    return httpCheckKind.bind(httpCheckKind.settings.parse(settings), ports).look(AbortSignal.timeout(5_000));
  };

  it("is asked there, with the target's token, and judged as any other", async () => {
    const healthy = { json: { status: 'healthy' } };
    expect(await look({ url: '/health', expect: healthy })).toMatchObject({ verdict: 'pass' });
    expect(seen.at(-1)).toMatchObject({ authorization: 'Bearer geheim', 'user-agent': 'botswain' });
    expect(await look({ url: '/health', expect: { json: { status: 'ill' } } })).toMatchObject({
      verdict: 'fail',
      summary: expect.stringMatching(/HTTP 200 in \d+ ms: status is "healthy", not "ill"/),
    });
    expect(await look({ url: '/else' })).toMatchObject({
      verdict: 'fail',
      summary: expect.stringMatching(/404/),
    });
  });

  it('cannot tell anything where the target is none of that kind, and fails where the way is gone', async () => {
    const none = async () => failed('TARGET_NO_EXECUTOR', 'an ssh target carries out no http call');
    expect(await look({ url: '/health' }, none)).toMatchObject({ verdict: 'unknown' });
    const gone = async () => failed('TARGET_UNREACHABLE', 'host cannot reach localhost:8000');
    expect(await look({ url: '/health' }, gone)).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('localhost:8000'),
    });
    expect(httpCheckKind.settings.safeParse({ url: 'health' }).success).toBe(false);
  });
});
