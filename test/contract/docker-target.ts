import type { DockerCall } from '../../src/domain/call.ts';
import type { Target } from '../../src/domain/fleet.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import { dockerKind } from '../../src/executors/docker/docker.ts';
import type { Executor } from '../../src/executors/executor.ts';
import { portsFor } from './executor-ports.ts';

/** A Docker target named `engine` in the environment test. */
export const dockerTarget = (settings: JsonObject): Target => ({
  name: 'engine',
  environment: 'test',
  kind: 'docker',
  settings,
});

/** The ssh target that `via` names in these tests. */
export const hostTarget: Target = {
  name: 'host',
  environment: 'test',
  kind: 'ssh',
  settings: { host: '192.0.2.7', user: 'ops', key: { file: '/run/secrets/key' }, host_key: 'SHA256:abc' },
};

/** An executor with real secrets from files, the targets given, and what `ssh` does of streams and descriptions. */
export function dockerExecutor(
  targets: readonly Target[] = [],
  ssh: Partial<Pick<Executor, 'openStream' | 'describe'>> = {},
): Executor {
  const { openStream, describe = () => ({}) } = ssh;
  const stream = openStream === undefined ? {} : { openStream };
  return dockerKind.create({ ...portsFor(targets), ...stream, describe });
}

/** A call of the Engine API. */
export const dockerCall = (
  operation: DockerCall['operation'],
  container: string,
  rest: Partial<DockerCall> = {},
): DockerCall => ({ kind: 'docker', operation, container, ...rest });

/** Bounds that no test of a healthy engine meets. */
export const bounds = { deadlineMs: 20_000, outputCapBytes: 64_000 };
