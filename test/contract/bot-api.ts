import { once } from 'node:events';
import http from 'node:http';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import type { CheckKind, Look } from '../../src/checks/check.ts';
import { failed } from '../../src/domain/outcome.ts';
import { portsFor } from './executor-ports.ts';

/** Tokens of the right form that are nobody's. */
export const TELEGRAM_TOKEN = `123456789:${'AAbbCC0_-'.repeat(4)}`.slice(0, 45);
export const SLACK_TOKEN = ['xoxb', '1234567890', 'abcdefGHIJKL'].join('-');

/** What the clock of the checks shows. */
export const NOW = Date.UTC(2026, 10, 20, 12);

/** An API on loopback of which each test says what it answers to the last word of a path, and checks that ask it. */
export class BotApi {
  routes: Record<string, http.RequestListener> = {};
  env: Record<string, string> = {};
  readonly requests: http.IncomingMessage[] = [];
  /** Every look there was: none may show a token, or a part of one. */
  readonly said: Look[] = [];
  readonly #server = http.createServer((request, response) => {
    this.requests.push(request);
    const route = this.routes[request.url?.split('/').at(-1) ?? ''];
    if (route === undefined) response.writeHead(404).end('<html>nothing here</html>');
    else route(request, response);
  });

  async open(): Promise<void> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening');
  }

  get root(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    return `http://127.0.0.1:${address.port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  async look(kind: CheckKind, settings: object, timeoutMs = 5_000): Promise<Look> {
    const { secret } = portsFor([], this.env);
    const componentStatus = async () => failed('TARGET_NOT_FOUND', 'none');
    const check = kind.bind(settings, { componentStatus, secret, now: () => NOW });
    const seen = await check.look(AbortSignal.timeout(timeoutMs));
    this.said.push(seen);
    return seen;
  }
}

/** Answers with JSON. */
export const json =
  (body: object, status = 200, headers: Readonly<Record<string, string>> = {}): http.RequestListener =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));

/** Answers without an end, until the other side has enough. */
const endless: http.RequestListener = (_request, response) => {
  const chunk = Buffer.alloc(64 * 1_024, 'x');
  const more = (): void => {
    while (!response.destroyed && response.write(chunk));
  };
  response.on('drain', more);
  response.on('error', () => {});
  more();
};

/** Ways in which an API may be ill, and what a check says of each. */
export const ILL: readonly (readonly [what: string, route: http.RequestListener, words: RegExp])[] = [
  ['an endless answer', endless, /: 127\.0\.0\.1:\d+: the answer is far too long$/],
  ['no answer', () => {}, /: 127\.0\.0\.1:\d+: no answer in time$/],
  [
    'a broken connection',
    (_request, response) => response.socket?.destroy(),
    /: 127\.0\.0\.1:\d+: the connection was closed by the other side$/,
  ],
  [
    'a page',
    (_request, response) => response.writeHead(502).end('<html>bad gateway</html>'),
    /answers 502, and not as/,
  ],
  ['JSON of another kind', json([1, 2, 3]), /answers 200, and not as/],
  [
    'a redirect',
    (request, response) => response.writeHead(302, { location: `http://example.org${request.url}` }).end(),
    /answers 302, and not as/,
  ],
];

/** Opens the API for a file of tests, fresh for each of them; at the end no look may have shown a token or a part of one. */
export function apiForTests(): BotApi {
  const api = new BotApi();
  beforeAll(() => api.open());
  beforeEach(() => {
    api.requests.length = 0;
    api.env = { BOT_TOKEN: `${TELEGRAM_TOKEN}\n`, SLACK_TOKEN };
  });
  afterAll(() => {
    api.close();
    const shown = JSON.stringify(api.said);
    for (const part of [TELEGRAM_TOKEN, TELEGRAM_TOKEN.slice(-20), SLACK_TOKEN, 'abcdefGHIJKL'])
      expect(shown).not.toContain(part);
    expect(api.said.length).toBeGreaterThan(10);
    expect(api.said.every(({ summary }) => summary.length <= 200 && !summary.includes('\n'))).toBe(true);
  });
  return api;
}
