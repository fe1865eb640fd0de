import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DockerCall } from '../../src/domain/call.ts';
import { dockerKind } from '../../src/executors/docker/docker.ts';
import { portsFor } from '../contract/executor-ports.ts';
import { sources, textOf } from '../house/tree.ts';

/** What an engine says that knows one container. */
const CONTAINER = {
  Id: 'a'.repeat(64),
  Image: 'sha256:1',
  RestartCount: 0,
  State: {
    Status: 'running',
    Running: true,
    StartedAt: '2026-01-01T00:00:00Z',
    FinishedAt: '0001-01-01T00:00:00Z',
  },
  Config: { Image: 'app', Tty: true },
};

const ALLOWED: readonly RegExp[] = [
  /^GET \/_ping$/,
  /^GET \/version$/,
  /^GET \/info$/,
  /^GET \/events\?/,
  /^GET \/containers\/json\?/,
  /^GET \/containers\/app\/(json|logs)(\?|$)/,
  /^POST \/containers\/app\/(restart|start|stop)(\?|$)/,
];

describe('the calls that an engine gets', () => {
  let folder: string;
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url?.replace(/^\/v[\d.]+/, '')}`);
    response.setHeader('content-type', 'application/json');
    const body = request.url?.includes('/json?')
      ? []
      : { ...CONTAINER, SystemTime: '2026-01-01T00:00:00Z', ApiVersion: '1.41' };
    response.end(request.method === 'POST' ? '' : JSON.stringify(body));
  });
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'botswain-engine-'));
    await new Promise<void>((resolve) => server.listen(join(folder, 's'), resolve));
  });
  afterAll(async () => {
    server.closeAllConnections();
    server.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('are five on one container, and what tells about the engine', async () => {
    const target = {
      name: 'engine',
      environment: 'test',
      kind: 'docker',
      settings: { socket: join(folder, 's') },
    };
    const executor = dockerKind.create(portsFor([target]));
    const operations: readonly DockerCall['operation'][] = ['inspect', 'restart', 'start', 'stop', 'logs'];
    for (const operation of operations) {
      const call = { kind: 'docker', operation, container: 'app' } as const;
      const evidence = await executor.observe(target, call);
      await executor.run({ target, call, deadlineMs: 3_000, outputCapBytes: 1_000, receipt: 'r' });
      if (evidence.kind === 'succeeded')
        await executor.reconcile({
          target,
          call,
          begun: { receipt: 'r', startedAt: 0, evidence: evidence.value },
        });
    }
    await executor.close();
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.filter((one) => !ALLOWED.some((allowed) => allowed.test(one)))).toEqual([]);
  });

  it('name nowhere in the program what would give the host away', () => {
    const marks =
      /\.(exec|createContainer|buildImage|createExec|putArchive|getArchive|pull|commit|createVolume)\(|\/(exec|build|commit)['"`/]/;
    const docker = sources('src').filter((path) => path.startsWith('src/executors/docker/'));
    expect(docker.length).toBeGreaterThan(3);
    expect(docker.filter((path) => marks.test(textOf(path)))).toEqual([]);
  });
});
