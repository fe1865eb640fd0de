import type Docker from 'dockerode';
import type { DockerCall } from '../../domain/call.ts';
import { dockerMoment } from '../../domain/container-reading.ts';
import { containerEvents, engineTime, inspectContainer } from './engine-api.ts';
import { answeredStatus, DoubtfulAnswer, isWrite } from './trouble.ts';

/** How long the look after an answer of 5xx may take, milliseconds. */
const LOOK_MS = 5_000;
/** Two readings of a clock may differ by so much, milliseconds. */
const MARGIN_MS = 1_000;

/** What was asked when the engine answered with an error of its own, and how long ago. */
interface Asked {
  readonly call: DockerCall;
  readonly sinceMs: number;
}

/**
 * Judges an error of a write: the engine says 500 where a start fails, and so it may, with the container restarted all the
 * same, when it is being stopped itself. So the container is looked at; where that shows anything new, or nothing can be
 * seen, nobody knows what happened, and the error becomes a {@link DoubtfulAnswer}.
 */
export async function doubted(docker: Docker, error: unknown, asked: Asked): Promise<unknown> {
  const status = answeredStatus(error);
  const isOurs = status === undefined || status < 500 || status === 502 || status === 504;
  if (isOurs || !isWrite(asked.call.operation)) return error;
  const mayHave = await mayHaveHappened(docker, asked).catch(() => true);
  return mayHave ? new DoubtfulAnswer(error) : error;
}

async function mayHaveHappened(docker: Docker, { call, sinceMs }: Asked): Promise<boolean> {
  const signal = AbortSignal.timeout(LOOK_MS);
  const now = await engineTime(docker, signal);
  const since = now - sinceMs - MARGIN_MS;
  const container = await inspectContainer(docker, call.container, signal);
  if (call.operation === 'stop') return !container.running;
  // Stopped and not started again: that is what the error speaks of.
  if (!container.running) return false;
  const startedAt = dockerMoment(container.startedAt);
  if (startedAt !== undefined && startedAt >= since) return true;
  const events = await containerEvents(docker, { id: container.id, since, until: now }, signal);
  return events.some(({ action }) => action === 'kill');
}
