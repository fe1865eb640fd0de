import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { Patience } from '../../src/paging/webhook.ts';

/** What a call brought. */
export interface Got {
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** A phone service that answers as it is told, 200 when nothing is left to be told. */
export class Phone {
  readonly got: Got[] = [];
  readonly answers: (number | 'hang' | 'cut')[] = [];
  readonly server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      this.got.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
      const answer = this.answers.shift() ?? 200;
      if (answer === 'cut') request.socket.destroy();
      else if (answer !== 'hang')
        response
          .writeHead(answer, { location: 'http://127.0.0.1:1/', 'retry-after': '0' })
          .end('x'.repeat(100_000));
    });
  });

  async start(): Promise<void> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
  }

  get url(): string {
    const address = this.server.address();
    if (address === null || typeof address === 'string') throw new Error('it does not listen');
    return `http://127.0.0.1:${address.port}/page`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((done) => this.server.close(() => done()));
  }
}

/** Waits so short that no test is slow. */
export const QUICK: Patience = { withinMs: 5_000, pausesMs: [1, 1, 1] };
