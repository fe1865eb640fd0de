import { rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../rig/rig.ts';
import type { TinyContainer } from '../rig/tiny-container.ts';
import { FREELY, Scene, serviceOf } from './stage/scene.ts';

/** A socket before the real engine's, which goes away in the moment the engine has been told to restart something. */
class Door {
  readonly path: string;
  readonly #engine: string;
  readonly #open = new Set<Socket>();
  #server: Server | undefined;
  #shutsAtRestart = false;

  constructor(path: string, engine: string) {
    this.path = path;
    this.#engine = engine;
  }

  async unlock(): Promise<void> {
    await rm(this.path, { force: true });
    const server = createServer((client) => this.#lead(client));
    await new Promise<void>((resolve) => server.listen(this.path, resolve));
    this.#server = server;
  }

  shutAtRestart(): void {
    this.#shutsAtRestart = true;
  }

  /** Closed, and its socket gone from the file system. */
  get isShut(): boolean {
    return this.#server?.listening !== true;
  }

  async shut(): Promise<void> {
    const closed = new Promise((resolve) => this.#server?.close(resolve));
    for (const socket of this.#open) socket.destroy();
    await closed;
  }

  #lead(client: Socket): void {
    const engine = connect(this.#engine);
    for (const socket of [client, engine]) {
      this.#open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => this.#open.delete(socket));
    }
    engine.pipe(client);
    client.on('close', () => engine.end());
    client.on('data', (chunk: Buffer) => {
      const isRestart = this.#shutsAtRestart && /^POST \S*\/restart/.test(chunk.toString('latin1'));
      engine.write(chunk, () => {
        if (!isRestart) return;
        this.#shutsAtRestart = false;
        // The engine keeps its side, so that it carries out what it was told.
        this.#open.delete(engine);
        engine.unpipe(client);
        client.removeAllListeners('close');
        void this.shut();
      });
    });
  }
}

describeWith(['engine'], 'the Docker engine goes away after it was told to restart something', (rig) => {
  let scene: Scene;
  let door: Door;
  let box: TinyContainer;

  beforeAll(async () => {
    box = await rig.startTinyContainer();
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app') }),
      targets: (yard) => {
        door = new Door(join(yard.folder, 'docker.sock'), rig.engineSocketPath);
        return { production: { engine: { kind: 'docker', socket: door.path } } };
      },
      services: async () => ({
        boat: serviceOf(
          'boat',
          { box: { kind: 'container', container: box.name, stop_seconds: 1 } },
          { target: 'engine', verify: { hold: '200ms', within: '10s' } },
        ),
      }),
      botswain: { policy: FREELY },
    });
    await door.unlock();
  });
  afterAll(async () => {
    if (door?.isShut === false) await door.shut();
    await scene?.close();
  });

  it('says that nobody knows, asks again when it is back, and finds by its start that it happened once', async () => {
    const before = await box.start();
    door.shutAtRestart();
    const card = await scene.requests('restart boat/box');
    const text = await scene.shows(card, /\*unknown\*/, 20_000);
    expect(text).toMatch(/Step 1 of 1 .* may or may not have happened/);
    await expect
      .poll(async () => (await box.start()).startedAt, { timeout: 15_000 })
      .not.toBe(before.startedAt);
    const after = await box.start();
    await door.unlock();
    expect(await scene.shows(card, /\*succeeded\*/, 25_000)).toMatch(
      /Verified\. boat\/box@production: running/,
    );
    expect(await box.start()).toEqual(after);
    const steps = (await scene.audit()).filter(({ event }) => event.startsWith('step '));
    expect(steps.map(({ event }) => event)).toEqual([
      'step started',
      'step became unknown',
      'step reconciled',
    ]);
  }, 90_000);
});
