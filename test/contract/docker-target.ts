import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Duplex } from 'node:stream';
import type { DockerCall } from '../../src/domain/call.ts';
import type { Target } from '../../src/domain/fleet.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { failed, type Outcome, succeeded } from '../../src/domain/outcome.ts';
import { dockerKind } from '../../src/executors/docker/docker.ts';
import type { Executor, ExecutorPorts } from '../../src/executors/executor.ts';
import { dockerCommand } from '../rig/docker-cli.ts';

/** A Docker target named `engine` in production. */
export const dockerTarget = (settings: JsonObject): Target => ({
  name: 'engine',
  environment: 'production',
  kind: 'docker',
  settings,
});

/** The ssh target that `via` names in these tests. */
export const hostTarget: Target = {
  name: 'host',
  environment: 'production',
  kind: 'ssh',
  settings: { host: '192.0.2.7', user: 'ops', key: { file: '/run/secrets/key' }, host_key: 'SHA256:abc' },
};

/** Opens a stream to a program in a container of the outer engine, as the ssh executor does on a host. */
export function execStream(container: string, user: string) {
  return async (_target: Target, argv: readonly string[]): Promise<Outcome<Duplex>> => {
    const child = spawn(dockerCommand, ['exec', '-i', '-u', user, container, ...argv], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
    stream.on('error', () => {});
    stream.on('close', () => child.kill());
    return succeeded(stream);
  };
}

/** An executor with real secrets from files. */
export function dockerExecutor(ports: Partial<ExecutorPorts> = {}): Executor {
  return dockerKind.create({
    secret: (reference) =>
      'file' in reference
        ? succeeded(readFileSync(reference.file, 'utf8'))
        : failed('CONFIG_SECRET_MISSING', `no variable ${reference.env}`),
    target: (_environment, name) => (name === hostTarget.name ? hostTarget : undefined),
    openStream: async () => failed('TARGET_UNREACHABLE', 'no stream in this test'),
    log: () => {},
    ...ports,
  });
}

/** A call of the Engine API. */
export const dockerCall = (
  operation: DockerCall['operation'],
  container: string,
  rest: Partial<DockerCall> = {},
): DockerCall => ({ kind: 'docker', operation, container, ...rest });

/** Bounds that no test of a healthy engine meets. */
export const bounds = { deadlineMs: 20_000, outputCapBytes: 64_000 };
