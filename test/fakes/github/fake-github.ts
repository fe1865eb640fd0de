import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { FakeRepository, type Reply } from './repository.ts';

/** What goes wrong at the next request that fits. */
export interface GithubFault {
  /** `POST` …; absent = any. */
  readonly method?: string;
  /** `cut after`: it is carried out, and the answer is lost. */
  readonly how:
    | 'cut before'
    | 'cut after'
    | 'garbage after'
    | 'hangs'
    | { readonly status: number; readonly headers?: Readonly<Record<string, string>> };
}

const read = (request: IncomingMessage): Promise<string> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.on('error', reject);
  });

/** GitHub's REST API at the level of the wire: one repository, `acme/ops`, one token, and so many requests an hour. */
export class FakeGithub {
  readonly token = 'ghp_a-token-for-the-test-of-forty-characters';
  readonly repository: FakeRepository;
  /** Every request, `METHOD path status`. */
  readonly seen: string[] = [];
  readonly faults: GithubFault[] = [];
  /** Requests that are still allowed. */
  remaining = 5_000;
  #server: Server | undefined;

  constructor(now: () => number) {
    this.repository = new FakeRepository('https://github.example/acme/ops', now);
  }

  async start(): Promise<string> {
    const server = createServer((request, response) => void this.#serve(request, response));
    this.#server = server;
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('it listens');
    return `http://127.0.0.1:${address.port}`;
  }

  async stop(): Promise<void> {
    this.#server?.closeAllConnections();
    this.#server?.close();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await read(request);
    const { method = '' } = request;
    const place = this.faults.findIndex((each) => each.method === undefined || each.method === method);
    const [fault] = place === -1 ? [] : this.faults.splice(place, 1);
    if (fault?.how === 'hangs') return;
    if (fault?.how === 'cut before') return void request.socket.destroy();
    const answer =
      typeof fault?.how === 'object'
        ? { ...fault.how, json: { message: 'Something went wrong' } }
        : this.#answer(request, body);
    this.seen.push(`${method} ${request.url?.split('?')[0]} ${answer.status}`);
    if (fault?.how === 'cut after') return void request.socket.destroy();
    response.writeHead(answer.status, {
      'content-type': 'application/json; charset=utf-8',
      'x-ratelimit-remaining': String(this.remaining),
      ...answer.headers,
    });
    response.end(fault?.how === 'garbage after' ? '{"html_u' : JSON.stringify(answer.json));
  }

  #answer(request: IncomingMessage, body: string): Reply {
    const { method = '', url = '', headers } = request;
    if (headers.authorization !== `token ${this.token}`)
      return { status: 401, json: { message: 'Bad credentials' } };
    if (this.remaining === 0) {
      const reset = { 'x-ratelimit-reset': String(Date.UTC(2026, 10, 20, 5) / 1_000) };
      return { status: 403, json: { message: 'API rate limit exceeded' }, headers: reset };
    }
    this.remaining -= 1;
    const at = new URL(url, 'http://github.example');
    const [, repos, owner, name, ...path] = at.pathname
      .split('/')
      .flatMap((part) => decodeURIComponent(part).split('/'));
    if (repos !== 'repos' || owner !== 'acme' || name !== 'ops')
      return { status: 404, json: { message: 'Not Found' } };
    const json = body === '' ? undefined : JSON.parse(body);
    return this.repository.answer({ method, path, query: at.searchParams, json });
  }
}
