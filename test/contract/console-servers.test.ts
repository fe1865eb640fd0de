import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createConsoleServer, createPublicServer } from '../../src/web/servers.ts';
import { type Client, createClient, signIn } from '../fakes/console/client.ts';
import { openStage, type Stage } from '../fakes/console/stage.ts';

let stage: Stage;
let ana: Client;

beforeEach(async () => {
  stage = await openStage({ allowedHosts: ['console.example.org'] });
  ana = createClient(stage.url);
  await signIn(ana, await stage.link('ana'));
});
afterEach(() => stage.stop());

describe('the servers', () => {
  const log = () => {};

  it('say that they are alive, and whether they may take work', async () => {
    let why: string | undefined = 'the journal is being opened';
    const ready = async () => ({ ready: why === undefined, ...(why === undefined ? {} : { why }) });
    const server = createPublicServer({ host: '127.0.0.1', port: 0, alive: () => true, ready, log });
    const started = await server.start();
    if (started.kind !== 'succeeded') throw new Error(started.message);
    const client = createClient(started.value.url);
    expect((await client.ask('/healthz')).status).toBe(200);
    const not = await client.ask('/readyz');
    expect([not.status, not.body]).toEqual([503, '{"ready":false,"why":"the journal is being opened"}']);
    why = undefined;
    expect((await client.ask('/readyz')).status).toBe(200);
    expect((await client.ask('/nowhere')).status).toBe(404);
    await server.stop();
  });

  it('name the setting when their port is taken', async () => {
    const { port } = new URL(stage.url);
    const second = createConsoleServer({ port: Number(port), allowedHosts: [], log, mounts: [] });
    expect(await second.start()).toMatchObject({
      kind: 'failed',
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('listens there already'),
      remedy: expect.stringContaining('CONSOLE_PORT'),
    });
  });

  it('keep the query out of the log and the reason out of the answer', async () => {
    const lines: unknown[] = [];
    const server = createConsoleServer({
      port: 0,
      allowedHosts: [],
      log: (...line) => lines.push(line),
      mounts: [
        async (http) => {
          http.get('/boom', async () => {
            throw new Error('inner secret');
          });
        },
      ],
    });
    const started = await server.start();
    if (started.kind !== 'succeeded') throw new Error(started.message);
    const answer = await createClient(started.value.url).ask('/boom?token=abc');
    await server.stop();
    expect(answer.status).toBe(500);
    expect(answer.body).not.toContain('inner secret');
    expect(JSON.stringify(lines)).toContain('inner secret');
    expect(JSON.stringify(lines)).not.toContain('token=abc');
  });
});
