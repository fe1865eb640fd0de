import { rm } from 'node:fs/promises';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';

/** What the door does with a command to restart: let it through, answer 500 in the engine's place, or let it through and then answer 500. */
export type Manner = 'honest' | 'refuses' | 'lies';

const WORDS = JSON.stringify({ message: 'the daemon is shutting down' });

/** A socket before a real Docker engine's that answers 500 where it is told to. */
export class EngineDoor {
  readonly path: string;
  readonly #engine: string;
  readonly #server: http.Server;
  manner: Manner = 'honest';
  /** Commands to restart that reached the engine. */
  restarts = 0;

  constructor(path: string, engine: string) {
    this.path = path;
    this.#engine = engine;
    this.#server = http.createServer((request, response) => this.#lead(request, response));
  }

  async open(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.path, resolve));
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.path, { force: true });
  }

  #lead(request: IncomingMessage, response: ServerResponse): void {
    const { method, url, headers } = request;
    const isRestart = method === 'POST' && /\/restart\b/.test(url ?? '');
    if (isRestart && this.manner === 'refuses') {
      fail(response);
      return;
    }
    const lies = isRestart && this.manner === 'lies';
    if (isRestart) this.restarts += 1;
    const onward = http.request({ socketPath: this.#engine, method, path: url, headers }, (answer) => {
      if (lies) {
        answer.resume();
        answer.once('end', () => fail(response));
        return;
      }
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  }
}

function fail(response: ServerResponse): void {
  response.writeHead(500, { 'content-type': 'application/json' });
  response.end(WORDS);
}
