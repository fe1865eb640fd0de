import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckKind, Look } from '../../src/checks/check.ts';
import { httpCheckKind } from '../../src/checks/http.ts';
import { tcpCheckKind } from '../../src/checks/tcp.ts';
import { tlsCheckKind } from '../../src/checks/tls.ts';
import { failed } from '../../src/domain/outcome.ts';
import { type Authority, type Issued, makeAuthority } from './certificates.ts';

const look = (kind: CheckKind, settings: object, timeoutMs = 5_000): Promise<Look> =>
  kind
    .bind(settings, {
      componentStatus: async () => failed('TARGET_NOT_FOUND', 'none'),
      secret: () => failed('CONFIG_SECRET_MISSING', 'none'),
      now: Date.now,
    })
    .look(AbortSignal.timeout(timeoutMs));

async function listen(server: net.Server): Promise<number> {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

/** A port on which nothing listens: it was open a moment ago. */
async function closedPort(): Promise<number> {
  const server = net.createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return port;
}

describe('the http check against a real server', () => {
  const routes: Readonly<Record<string, http.RequestListener>> = {
    '/': (_request, response) => response.end('karmabot is well'),
    '/moved': (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
    '/slow': () => {},
    '/broken': (_request, response) => response.socket?.destroy(),
    '/health': (_request, response) => {
      const components = { redis: { status: 'down' }, database: { status: 'up' } };
      response.end(JSON.stringify({ status: 'degraded', components }));
    },
    '/events': async (request, response) => {
      const { challenge } = JSON.parse(await text(request));
      response.end(JSON.stringify({ challenge, type: request.headers['content-type'] }));
    },
  };
  const absent: http.RequestListener = (_request, response) => response.writeHead(503).end();
  const server = http.createServer((request, response) =>
    (routes[request.url ?? ''] ?? absent)(request, response),
  );
  let base: string;
  beforeAll(async () => {
    base = `http://127.0.0.1:${await listen(server)}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('passes with the status and how long it took', async () => {
    expect(await look(httpCheckKind, { url: `${base}/`, expect: { status: 200, text: 'is well' } })).toEqual({
      verdict: 'pass',
      summary: expect.stringMatching(/^HTTP 200 in \d+ ms$/),
    });
    expect((await look(httpCheckKind, { url: `${base}/x`, expect: { status: [503] } })).verdict).toBe('pass');
  });

  it('sends JSON and finds it in the answer: url_verification of Slack', async () => {
    const settings = {
      url: `${base}/events`,
      method: 'POST',
      json: { type: 'url_verification', token: 'test', challenge: 'test123' },
    };
    expect(
      (
        await look(httpCheckKind, {
          ...settings,
          expect: { json: { challenge: 'test123', type: 'application/json' } },
        })
      ).verdict,
    ).toBe('pass');
    expect(await look(httpCheckKind, { ...settings, expect: { json: { challenge: 'other' } } })).toEqual({
      verdict: 'fail',
      summary: expect.stringMatching(/: challenge is "test123", not "other"$/),
    });
  });

  it.each([
    ['/down', {}, /^HTTP 503 in \d+ ms: wanted 200 to 299$/],
    ['/moved', { status: 200 }, /^HTTP 302 to \/elsewhere \(not followed\) in \d+ ms: wanted 200$/],
    ['/', { text: 'is ill' }, /: the text "is ill" is missing$/],
    ['/', { json: { status: 'ok' } }, /: the answer is not JSON$/],
    [
      '/health',
      { json: { components: { redis: { status: 'up' } } } },
      /: components\.redis\.status is "down", not "up"$/,
    ],
    ['/broken', {}, /^127\.0\.0\.1:\d+: the connection was closed by the other side$/],
  ])('fails in words: %s %j', async (path, wanted, summary) => {
    expect(await look(httpCheckKind, { url: base + path, expect: wanted })).toEqual({
      verdict: 'fail',
      summary: expect.stringMatching(summary),
    });
  });

  it('says in words that nobody listens, that no answer came, and that a name does not exist', async () => {
    const closed = await closedPort();
    expect((await look(httpCheckKind, { url: `http://127.0.0.1:${closed}/` })).summary).toBe(
      `127.0.0.1:${closed}: connection refused`,
    );
    expect((await look(httpCheckKind, { url: `${base}/slow` }, 200)).summary).toMatch(
      /^no answer from 127\.0\.0\.1:\d+ in time$/,
    );
    expect((await look(httpCheckKind, { url: 'http://does-not-exist.invalid/' })).summary).toMatch(
      /^does-not-exist\.invalid: the name /,
    );
  });
});

describe('the tcp check', () => {
  it('passes where something listens and says in words where nothing does', async () => {
    const server = net.createServer();
    const port = await listen(server);
    expect(await look(tcpCheckKind, { host: '127.0.0.1', port: String(port) })).toEqual({
      verdict: 'pass',
      summary: expect.stringMatching(/^127\.0\.0\.1:\d+ accepted the connection in \d+ ms$/),
    });
    server.close();
    await once(server, 'close');
    expect(await look(tcpCheckKind, { host: '127.0.0.1', port })).toEqual({
      verdict: 'fail',
      summary: `127.0.0.1:${port}: connection refused`,
    });
  });
});

describe('the tls check against servers with certificates made by openssl', () => {
  const servers: net.Server[] = [];
  let authority: Authority;
  beforeAll(async () => {
    authority = await makeAuthority();
  });
  afterAll(async () => {
    for (const server of servers) server.close();
    await authority.remove();
  });
  const serve = async ({ cert, key }: Issued): Promise<number> => {
    const server = tls.createServer({ cert, key }, (socket) => socket.on('error', () => {}));
    server.on('tlsClientError', () => {});
    servers.push(server);
    return listen(server);
  };
  const issue = (name: string, toDays: number, names = 'DNS:localhost,IP:127.0.0.1') =>
    authority.issue(name, { names, fromDays: -30, toDays });
  const trusted = async (issued: Issued, settings: object = {}) =>
    look(tlsCheckKind, { host: '127.0.0.1', port: await serve(issued), ca: authority.certPath, ...settings });

  it('passes, warns and fails by the days that are left', async () => {
    const half = 0.5;
    expect(await trusted(await issue('long', 59 + half))).toEqual({
      verdict: 'pass',
      summary: expect.stringMatching(
        /^valid until \d{4}-\d\d-\d\d \(59d1[12]h left\), issued by Botswain test Test CA$/,
      ),
    });
    const soon = await issue('soon', 14 + half);
    expect((await trusted(soon)).verdict).toBe('warn');
    expect((await trusted(soon, { warn: '10d' })).verdict).toBe('pass');
    expect((await trusted(soon, { fail: '15d' })).verdict).toBe('fail');
    expect(await trusted(await issue('now', 3 + half))).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('(3d1'),
    });
  });

  it('asks a url for the certificate of its name', async () => {
    const port = await serve(await issue('named', 40, 'DNS:localhost'));
    const url = `https://localhost:${port}/health`;
    expect(await look(tlsCheckKind, { url, ca: authority.certPath })).toMatchObject({ verdict: 'pass' });
    expect(await look(tlsCheckKind, { url: `http://localhost:${port}/` })).toMatchObject({
      verdict: 'unknown',
      summary: expect.stringContaining('is not https'),
    });
  });

  it('says what is wrong with a bad one, and still its dates', async () => {
    expect(await trusted(await issue('old', -2.5))).toEqual({
      verdict: 'fail',
      summary: expect.stringMatching(/^the certificate expired 2d12h ago, on \d{4}-\d\d-\d\d$/),
    });
    expect(
      (await trusted(await authority.issue('early', { names: 'IP:127.0.0.1', fromDays: 5, toDays: 90 })))
        .summary,
    ).toMatch(/^the certificate is valid only from \d{4}/);
    expect((await trusted(await issue('other', 90, 'DNS:example.org'))).summary).toMatch(
      /^the certificate is for another name \(example\.org\), not for 127\.0\.0\.1; valid until .* left\)$/,
    );
    const own = await serve(await authority.selfSigned('own'));
    expect((await look(tlsCheckKind, { host: '127.0.0.1', port: own })).summary).toMatch(
      /^the certificate is self-signed; valid until .* \((29|30)d/,
    );
    const stranger = await serve(await issue('stranger', 90));
    expect((await look(tlsCheckKind, { host: '127.0.0.1', port: stranger })).summary).toMatch(
      /^the certificate cannot be traced to a trusted authority \(issued by Botswain test Test CA/,
    );
  });

  it('says that nobody listens, that it is no TLS, and that no answer came', async () => {
    const closed = await closedPort();
    expect(await look(tlsCheckKind, { host: '127.0.0.1', port: closed })).toEqual({
      verdict: 'fail',
      summary: `127.0.0.1:${closed}: connection refused`,
    });
    const plain = net.createServer((socket) => socket.end('SSH-2.0-OpenSSH\r\n'));
    const mute = net.createServer(() => {});
    servers.push(plain, mute);
    expect((await look(tlsCheckKind, { host: '127.0.0.1', port: await listen(plain) })).summary).toContain(
      'it does not speak TLS',
    );
    expect(
      (await look(tlsCheckKind, { host: '127.0.0.1', port: await listen(mute) }, 300)).summary,
    ).toContain('no TLS answer in time');
  });
});
