import type Docker from 'dockerode';
import type { CallResult, DockerCall } from '../../domain/call.ts';
import { type Clipped, clipBytes, clipStream } from '../../domain/clip.ts';
import { isStream, logStream } from './engine-api.ts';
import { withoutFrames } from './log-frames.ts';
import { answeredStatus } from './trouble.ts';

/** Bounds of one operation. */
export interface Bounds {
  readonly signal: AbortSignal;
  readonly capBytes: number;
}

/** Lines of a log that are read where nobody said how many. */
const DEFAULT_TAIL = 1_000;

/** The engine's answer 304: the container was already as it was to be. */
const ALREADY = 304;

type Done = Clipped & { readonly code: 0 };

const done = (clipped: Clipped): Done => ({ code: 0, ...clipped });
const said = (text: string): Done => done({ text, truncated: false });

/** Carries one operation out; throws what docker-modem throws. */
export async function carryOut(
  docker: Docker,
  call: DockerCall,
  bounds: Bounds,
): Promise<Omit<CallResult, 'durationMs'>> {
  const { text, ...rest } = await operate(docker, call, bounds);
  return { ...rest, stdout: text, stderr: '' };
}

function operate(docker: Docker, call: DockerCall, bounds: Bounds): Promise<Done> {
  const container = docker.getContainer(call.container);
  const patience = {
    abortSignal: bounds.signal,
    ...(call.stopSeconds === undefined ? {} : { t: call.stopSeconds }),
  };
  switch (call.operation) {
    case 'inspect':
      return inspected(docker, call, bounds);
    case 'logs':
      return logged(docker, call, bounds);
    case 'restart':
      return container.restart(patience).then(() => said(`${call.container} restarted`));
    case 'stop':
      return unless304(container.stop(patience), `${call.container} stopped`, 'was already stopped');
    case 'start':
      return unless304(
        container.start({ abortSignal: bounds.signal }),
        `${call.container} started`,
        'was already running',
      );
  }
}

async function unless304(answer: Promise<unknown>, words: string, already: string): Promise<Done> {
  try {
    await answer;
    return said(words);
  } catch (error) {
    if (answeredStatus(error) === ALREADY) return said(`${words.replace(/ \w+$/, '')} ${already}`);
    throw error;
  }
}

/** The container as the engine sees it, without its environment variables: they may hold secrets. */
async function inspected(docker: Docker, call: DockerCall, bounds: Bounds): Promise<Done> {
  const { Config, ...rest } = await docker
    .getContainer(call.container)
    .inspect({ abortSignal: bounds.signal });
  const { Env: _secret, ...config } = Config;
  return said(JSON.stringify({ ...rest, Config: config }));
}

async function logged(docker: Docker, call: DockerCall, bounds: Bounds): Promise<Done> {
  const options = {
    stdout: true,
    stderr: true,
    timestamps: true,
    tail: call.tail ?? DEFAULT_TAIL,
    ...(call.sinceSeconds === undefined ? {} : { since: call.sinceSeconds }),
    ...(call.untilSeconds === undefined ? {} : { until: call.untilSeconds }),
  };
  const answer = await logStream(docker, { container: call.container, options }, bounds.signal);
  if (!isStream(answer)) return done(clipBytes(Buffer.from(String(answer)), bounds.capBytes));
  return done(await clipStream(withoutFrames(answer), bounds.capBytes));
}
