import { createServer, type IncomingMessage, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { FREELY, Scene, serviceOf } from './stage/scene.ts';

const ANA = 'U0ANA';

/** A manager of bots that remembers what it was asked. */
class Manager {
  readonly asked: string[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request).then(([status, body]) => {
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      });
    });
  }

  static async open(): Promise<Manager> {
    const manager = new Manager();
    await new Promise<void>((resolve) => manager.#server.listen(0, '127.0.0.1', resolve));
    return manager;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('it does not listen');
    return `http://127.0.0.1:${address.port}/v1`;
  }

  async #answer(request: IncomingMessage): Promise<readonly [number, string]> {
    const body = await text(request);
    this.asked.push([request.method, request.url, body].join(' ').trim());
    return request.url === '/v1/bots/9/start' ? [409, '{"error":"it runs"}'] : [200, '{"bots":["one"]}'];
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

const bots = {
  list: {
    title: 'the bots there are',
    risk: 'read',
    component: 'app',
    steps: [{ title: 'bots', http: { url: '/bots' }, target: 'manager' }],
  },
  start: {
    title: 'start one bot',
    risk: 'change',
    component: 'app',
    verify: false,
    parameters: { id: { type: 'integer', min: 1, max: 99, summary: 'which' } },
    steps: [
      {
        title: 'start bot {id}',
        effect: 'change',
        http: { method: 'POST', url: '/bots/{id}/start', json: { bot: '{id}' } },
        target: 'manager',
        undo: { method: 'POST', url: '/bots/{id}/stop' },
      },
    ],
  },
};

describe('procedures that ask an HTTP API', () => {
  let scene: Scene;
  let manager: Manager;
  beforeAll(async () => {
    manager = await Manager.open();
    scene = await Scene.open({
      components: async (yard) => ({ spare: await yard.program('spare') }),
      botswain: { policy: FREELY },
      targets: () => ({ production: { manager: { kind: 'http', url: manager.url } } }),
      services: async (yard) => ({
        kiosk: serviceOf('kiosk', { app: await yard.program('app') }, { procedures: bots }),
      }),
    });
  });
  afterAll(async () => {
    await scene?.close();
    await manager?.close();
  });

  it('reads, and shows what came', async () => {
    await scene.types(ANA, 'run kiosk list');
    const answer = await scene.slack.expectMessage({ channel: 'C0OPS', match: /list of kiosk@production/ });
    expect(readable(answer.look)).toContain('{"bots":["one"]}');
    expect(manager.asked).toEqual(['GET /v1/bots']);
  });

  it('changes by a plan, once, with its way back', async () => {
    const card = await scene.requests('run kiosk start id=4');
    await scene.shows(card, /\*succeeded\*/);
    const back = await scene.requests('run kiosk start id=4 --undo');
    await scene.shows(back, /\*succeeded\*/);
    expect(manager.asked.slice(1)).toEqual(['POST /v1/bots/4/start {"bot":4}', 'POST /v1/bots/4/stop']);
  });

  it('a status that is not among those that count is a failure, and offers the way back', async () => {
    const card = await scene.requests('run kiosk start id=9');
    expect(await scene.shows(card, /\*failed\*/)).toMatch(/ended with code 409/);
    expect(scene.buttons(card)).toContain('Take it back');
  });
});
