import type { Call, CallResult, DockerCall } from '../../domain/call.ts';
import { type Target, targetKey } from '../../domain/fleet.ts';
import type { JsonObject } from '../../domain/json.ts';
import { nearest } from '../../domain/nearest.ts';
import { type Failed, failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { Executor, ExecutorKind, ExecutorPorts, RunRequest } from '../executor.ts';
import { type Connection, connect } from './connection.ts';
import { doubted } from './doubt.ts';
import { CONTAINER_NAME, containerNames, engineTime, inspectContainer } from './engine-api.ts';
import { rememberContainer } from './judge.ts';
import { carryOut } from './operations.ts';
import { reconcileWrite } from './reconcile.ts';
import { describeSettings, dockerSettings, readSettings } from './settings.ts';
import { type Attempt, explain, isWrite, waitEnded } from './trouble.ts';

/** How long a look at the engine may take when nobody gave a deadline, milliseconds. */
const LOOK_MS = 15_000;

/** Runs something over a connection that is closed afterwards, whatever happens. */
async function withConnection<T>(
  ports: ExecutorPorts,
  target: Target,
  use: { readonly attempt: Attempt; readonly run: (connection: Connection) => Promise<T> },
): Promise<Outcome<T>> {
  const { attempt, run } = use;
  const opened = await orAborted(connect(ports, target), attempt.signal);
  if (opened === 'aborted') return waitEnded(attempt, false);
  if (opened.kind !== 'succeeded') return opened;
  try {
    return succeeded(await run(opened.value));
  } catch (error) {
    const told = explain(error, attempt);
    return told.kind === 'failed' && told.code === 'TARGET_NOT_FOUND'
      ? withNearestNames(opened.value, attempt)
      : told;
  } finally {
    opened.value.close();
  }
}

/** Waits for a connection no longer than the signal says; one that comes too late is closed. */
async function orAborted(
  connecting: Promise<Outcome<Connection>>,
  signal: AbortSignal,
): Promise<Outcome<Connection> | 'aborted'> {
  const { promise: ended, resolve } = Promise.withResolvers<'aborted'>();
  const end = () => resolve('aborted');
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  const first = await Promise.race([connecting, ended]);
  signal.removeEventListener('abort', end);
  if (first === 'aborted') void connecting.then((late) => late.kind === 'succeeded' && late.value.close());
  return first;
}

async function withNearestNames(connection: Connection, attempt: Attempt): Promise<Failed> {
  const names = await containerNames(connection.docker, AbortSignal.timeout(LOOK_MS)).catch(() => []);
  const best = nearest(attempt.container, names);
  const there =
    names.length === 0
      ? 'There are no containers at all.'
      : `There are: ${names.toSorted().slice(0, 10).join(', ')}.`;
  const hint = best === undefined ? there : `Did you mean ${best}? ${there}`;
  return failed('TARGET_NOT_FOUND', `there is no container ${attempt.container} on ${attempt.where}`, hint);
}

function attemptAt(request: Pick<RunRequest, 'target' | 'deadlineMs' | 'signal'>, call: DockerCall): Attempt {
  const deadline = AbortSignal.timeout(request.deadlineMs);
  const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
  const { operation, container } = call;
  return { operation, container, where: targetKey(request.target), deadlineMs: request.deadlineMs, signal };
}

/** Only calls for a container reach the engine: a strange name would be another path of its API. */
function dockerCall(call: Call): Outcome<DockerCall> {
  if (call.kind !== 'docker')
    return failed(
      'TARGET_NO_EXECUTOR',
      `a Docker engine carries out no ${call.kind} call`,
      'Give the component a target of another kind.',
    );
  if (!CONTAINER_NAME.test(call.container))
    return failed(
      'INPUT_INVALID_VALUE',
      `"${call.container}" is no name of a container`,
      'Use letters, digits, dots, dashes and underscores.',
    );
  return succeeded(call);
}

async function run(ports: ExecutorPorts, request: RunRequest): Promise<Outcome<CallResult>> {
  const call = dockerCall(request.call);
  if (call.kind !== 'succeeded') return call;
  const attempt = attemptAt(request, call.value);
  const begun = performance.now();
  const bounds = { signal: attempt.signal, capBytes: request.outputCapBytes };
  return withConnection(ports, request.target, {
    attempt,
    run: async ({ docker }) => {
      const done = carryOut(docker, call.value, bounds).catch(async (error: unknown) => {
        const sinceMs = performance.now() - begun;
        throw await doubted(docker, error, { call: call.value, sinceMs });
      });
      return { ...(await done), durationMs: Math.round(performance.now() - begun) };
    },
  });
}

async function observe(ports: ExecutorPorts, target: Target, call: Call): Promise<Outcome<JsonObject>> {
  const asked = dockerCall(call);
  if (asked.kind !== 'succeeded') return asked;
  if (!isWrite(asked.value.operation)) return succeeded({});
  const looking: DockerCall = { kind: 'docker', operation: 'inspect', container: asked.value.container };
  const attempt = attemptAt({ target, deadlineMs: LOOK_MS }, looking);
  return withConnection(ports, target, {
    attempt,
    // The clock first: what happens between the two is then seen as somebody else's, never as ours.
    run: async ({ docker }) => {
      const now = await engineTime(docker, attempt.signal);
      return rememberContainer(await inspectContainer(docker, looking.container, attempt.signal), now);
    },
  });
}

function createExecutor(ports: ExecutorPorts): Executor {
  return {
    run: (request) => run(ports, request),
    observe: (target, call) => observe(ports, target, call),
    async reconcile({ target, call, begun }) {
      const asked = dockerCall(call);
      if (asked.kind !== 'succeeded') return { kind: 'cannot tell', why: asked.message };
      const looking: DockerCall = { kind: 'docker', operation: 'inspect', container: asked.value.container };
      const attempt = attemptAt({ target, deadlineMs: LOOK_MS }, looking);
      const answer = await withConnection(ports, target, {
        attempt,
        run: ({ docker }) => reconcileWrite(docker, { call: asked.value, begun, signal: attempt.signal }),
      });
      if (answer.kind === 'succeeded') return answer.value;
      return answer.code === 'TARGET_NOT_FOUND'
        ? { kind: 'cannot tell', why: answer.message }
        : { kind: 'unreachable', why: answer.message };
    },
    describe(target) {
      const settings = readSettings(target);
      const through = settings.via === undefined ? undefined : ports.target(target.environment, settings.via);
      return describeSettings(settings, through === undefined ? null : ports.describe(through));
    },
    close: async () => {},
  };
}

/** Docker engines: over their socket, over TCP with TLS, or through an ssh target. */
export const dockerKind: ExecutorKind = {
  kind: 'docker',
  summary: 'A Docker engine: its socket, TCP with TLS, or through an ssh target',
  calls: ['docker'],
  settings: dockerSettings,
  references: ['via'],
  create: createExecutor,
};
