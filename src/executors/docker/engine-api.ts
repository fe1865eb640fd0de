import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { z } from 'zod';
import { type ContainerReading, readContainer } from '../../domain/container-reading.ts';

/** One thing that happened to a container. */
export interface ContainerEvent {
  /** start, stop, restart, kill, die, oom … */
  readonly action: string;
  /** Epoch milliseconds by the engine's clock. */
  readonly at: number;
}

const event = z.object({ Action: z.string(), timeNano: z.number() });

/** Names a container may have; anything else would be a path of the API. */
export const CONTAINER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/;

/** Looks at one container; throws what docker-modem throws. */
export async function inspectContainer(
  docker: Docker,
  container: string,
  signal: AbortSignal,
): Promise<ContainerReading> {
  const reading = readContainer(await docker.getContainer(container).inspect({ abortSignal: signal }));
  if (reading === undefined) throw new Error('the answer is not that of a Docker engine');
  return reading;
}

/** Names of all containers, running or not. */
export async function containerNames(docker: Docker, signal: AbortSignal): Promise<readonly string[]> {
  const list = await docker.listContainers({ all: true, abortSignal: signal });
  return list.flatMap((one) => one.Names.map((name) => name.replace(/^\//, '')));
}

/** The engine's own clock, epoch milliseconds. */
export async function engineTime(docker: Docker, signal: AbortSignal): Promise<number> {
  const info: unknown = await dial(docker, { path: '/info', signal });
  return Date.parse(z.object({ SystemTime: z.string() }).parse(info).SystemTime);
}

/** Asks the engine for a sign of life. */
export async function ping(docker: Docker, signal: AbortSignal): Promise<void> {
  await dial(docker, { path: '/_ping', signal });
}

/** What the engine remembers of a container from one moment to another; it keeps 256 events of all containers. */
export async function containerEvents(
  docker: Docker,
  wanted: { readonly id: string; readonly since: number; readonly until: number },
  signal: AbortSignal,
): Promise<readonly ContainerEvent[]> {
  const options = {
    since: (wanted.since / 1_000).toFixed(3),
    until: (wanted.until / 1_000).toFixed(3),
    filters: JSON.stringify({ container: [wanted.id], type: ['container'] }),
  };
  const stream = await dial(docker, { path: '/events?', options, isStream: true, signal });
  if (!isStream(stream)) throw new Error('the engine sent no events');
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => event.parse(JSON.parse(line)))
    .map((one) => ({ action: one.Action, at: one.timeNano / 1e6 }));
}

/** The log as the engine sends it: frames, or plain bytes where the container has a terminal. */
export function logStream(
  docker: Docker,
  wanted: {
    readonly container: string;
    readonly options: Readonly<Record<string, string | number | boolean>>;
  },
  signal: AbortSignal,
): Promise<unknown> {
  // Not container.logs(): that parses a log that happens to be JSON, and holds the whole in memory.
  return dial(docker, {
    path: `/containers/${wanted.container}/logs?`,
    options: wanted.options,
    isStream: true,
    signal,
  });
}

/** Whether an answer came as a stream of bytes. */
export const isStream = (answer: unknown): answer is Readable =>
  typeof answer === 'object' && answer !== null && Symbol.asyncIterator in answer;

function dial(
  docker: Docker,
  request: {
    readonly path: string;
    readonly options?: Readonly<Record<string, string | number | boolean>>;
    readonly isStream?: boolean;
    readonly signal: AbortSignal;
  },
): Promise<unknown> {
  const { path, options, isStream: streamed = false, signal } = request;
  const statusCodes = { 200: true, 404: 'no such container', 500: 'server error' };
  const asked = { path, method: 'GET', isStream: streamed, abortSignal: signal, statusCodes };
  return new Promise((resolve, reject) => {
    docker.modem.dial(
      options === undefined ? asked : { ...asked, options: { ...options } },
      (error, answer) => {
        if (error === null || error === undefined) resolve(answer);
        else reject(error);
      },
    );
  });
}
