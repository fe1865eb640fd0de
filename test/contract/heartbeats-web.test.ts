import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { failed, succeeded } from '../../src/domain/outcome.ts';
import { type HeartbeatPorts, mountHeartbeats } from '../../src/web/heartbeats.ts';
import { createPublicServer } from '../../src/web/servers.ts';

const TOKEN = 'a-long-token-of-its-own';

describe('/heartbeats', () => {
  const taken: Parameters<HeartbeatPorts['take']>[0][] = [];
  const refused: string[] = [];
  let full = false;
  let root = '';
  const server = createPublicServer({
    host: '127.0.0.1',
    port: 0,
    alive: () => true,
    ready: async () => ({ ready: true }),
    log: () => {},
    mounts: [
      mountHeartbeats({
        doors: [
          { name: 'open' },
          { name: 'closed', token: () => succeeded(TOKEN) },
          { name: 'broken', token: () => failed('CONFIG_SECRET_MISSING', 'none') },
        ],
        take: async (beat) => {
          if (full) throw new Error('no space');
          taken.push(beat);
        },
        onRefused: ({ path, status }) => refused.push(`${status} ${path}`),
      }),
    ],
  });
  beforeAll(async () => {
    const started = await server.start();
    if (started.kind !== 'succeeded') throw new Error('it listens');
    root = `${started.value.url}/heartbeats`;
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    taken.length = 0;
    full = false;
  });
  const status = async (path: string, init?: RequestInit): Promise<number> =>
    (await fetch(`${root}/${path}`, init)).status;

  it('takes GET, HEAD and POST, with start and fail', async () => {
    for (const method of ['GET', 'HEAD', 'POST']) expect(await status('open', { method })).toBe(200);
    expect(await status('open/start')).toBe(200);
    expect(
      await status('open/fail', {
        method: 'POST',
        body: '\n exit code 3\u0007 \nTraceback …',
        headers: { 'content-type': 'x/y' },
      }),
    ).toBe(200);
    expect(taken.map(({ kind }) => kind)).toEqual(['beat', 'beat', 'beat', 'start', 'fail']);
    expect(taken.at(-1)?.note).toBe('exit code 3');
  });

  it('lets nobody in without the token, wherever it stands', async () => {
    const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
    expect(await status('closed')).toBe(401);
    expect(await status('closed', bearer('wrong'))).toBe(401);
    expect(await status(`closed?token=${TOKEN}x`)).toBe(401);
    expect(await status('broken', bearer(''))).toBe(401);
    expect(refused).toEqual([...Array(3).fill('401 /heartbeats/closed'), '401 /heartbeats/broken']);
    expect(taken).toEqual([]);
    expect(await status('closed/start', bearer(TOKEN))).toBe(200);
    expect(await status(`closed?token=${TOKEN}`)).toBe(200);
    expect(taken.map(({ kind }) => kind)).toEqual(['start', 'beat']);
  });

  it('knows no other name, word or way, and takes no long bodies', async () => {
    for (const path of ['other', 'open/stop', 'open/start/x', 'toString'])
      expect(await status(path)).toBe(404);
    expect(await status('open', { method: 'DELETE' })).toBe(404);
    expect(await status('open', { method: 'POST', body: 'x'.repeat(200_000) })).toBe(413);
    expect(taken).toEqual([]);
  });

  it('says when it could not be written down, so that whoever calls tries again', async () => {
    full = true;
    expect(await status('open')).toBe(503);
  });
});
