import { createServer, request, type Server } from 'node:http';

/** A reverse proxy as it stands before a bot: its address is known before the bot's port is. */
export class Forwarder {
  readonly url: string;
  /** The status of every answer so far; 502 where nothing was there, 0 where it broke off. */
  readonly answers: number[] = [];
  private readonly server: Server;
  private target: string | undefined;

  private constructor(server: Server, url: string) {
    this.server = server;
    this.url = url;
    server.on('request', (incoming, outgoing) => {
      const { target, answers } = this;
      if (target === undefined) {
        answers.push(502);
        return void outgoing.writeHead(502).end('<html>502 Bad Gateway</html>');
      }
      const { method, headers } = incoming;
      const onward = request(`${target}${incoming.url}`, { method, headers }, (answer) => {
        answers.push(answer.statusCode ?? 502);
        outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(outgoing);
      });
      onward.on('error', () => {
        answers.push(0);
        outgoing.destroy();
      });
      incoming.pipe(onward);
    });
  }

  /** Listens on loopback, any free port; answers 502 until it knows where to lead. */
  static async open(): Promise<Forwarder> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    if (address === null || typeof address === 'string') throw new Error('The forwarder has no port.');
    return new Forwarder(server, `http://127.0.0.1:${address.port}`);
  }

  leadTo(target: string | undefined): void {
    this.target = target;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
