import { z } from 'zod';
import type { DockerCall } from '../../domain/call.ts';
import { type ContainerReading, dockerMoment, showDockerTime } from '../../domain/container-reading.ts';
import type { JsonObject } from '../../domain/json.ts';
import type { Reconciliation } from '../executor.ts';
import type { ContainerEvent } from './engine-api.ts';

const evidence = z.object({
  id: z.string(),
  running: z.boolean(),
  started_at: z.string(),
  finished_at: z.string(),
  restart_count: z.number(),
  /** Epoch milliseconds by the engine's clock: all comparisons stay on that one clock. */
  engine_time: z.number(),
});

/** What was remembered of a container just before a write. */
export type Evidence = z.infer<typeof evidence>;

/** What is remembered of a container just before a write, to compare with later. */
export const rememberContainer = (reading: ContainerReading, engineTime: number): JsonObject => ({
  id: reading.id,
  running: reading.running,
  started_at: reading.startedAt,
  finished_at: reading.finishedAt,
  restart_count: reading.restartCount,
  engine_time: engineTime,
});

/** Reads what {@link rememberContainer} wrote; undefined where nothing was remembered. */
export const readEvidence = (remembered: JsonObject): Evidence | undefined =>
  evidence.safeParse(remembered).data;

/** Everything a verdict about a begun write rests on. */
export interface Case {
  readonly call: DockerCall;
  readonly before: Evidence;
  readonly now: ContainerReading;
  /** Of this container since it was remembered. */
  readonly events: readonly ContainerEvent[];
  /** Epoch milliseconds by the engine's clock. */
  readonly engineNow: number;
}

/** Docker's own patience with a container that does not stop by itself. */
const STOP_SECONDS = 10;
/** What the engine may need beside the stopping: networks, volumes, a slow disk. */
const MARGIN_MS = 20_000;

/** By when the engine has surely ended what it was asked, by its own clock. */
const endsBy = ({ call, before }: Case): number =>
  before.engine_time + (call.stopSeconds ?? STOP_SECONDS) * 1_000 + MARGIN_MS;

const count = (found: Case, action: string): number =>
  found.events.filter((event) => event.action === action).length;

const cannotTell = (why: string): Reconciliation => ({ kind: 'cannot tell', why });

function happened(found: Case, words: string, at: number | undefined): Reconciliation {
  const durationMs = Math.max(0, Math.round((at ?? found.engineNow) - found.before.engine_time));
  const stdout = `${found.call.container} ${words}`;
  return { kind: 'happened', result: { code: 0, stdout, stderr: '', truncated: false, durationMs } };
}

/** The engine forgets events (it keeps 256); then only a time close to the step speaks for it. */
const withinStep = (found: Case, at: number | undefined): boolean =>
  at !== undefined && at >= found.before.engine_time && at <= endsBy(found);

const isNewStart = ({ before, now }: Case): boolean => now.startedAt !== before.started_at;

/** Whether the engine is, or may be, still at it. */
const underWay = (found: Case): boolean => count(found, 'kill') > 0 && found.engineNow < endsBy(found);

function judgeNewRun(found: Case): Reconciliation {
  const restarts = count(found, 'restart');
  const at = dockerMoment(found.now.startedAt);
  const started = showDockerTime(found.now.startedAt);
  if (restarts > 1) return cannotTell(`it was restarted ${restarts} times since: not by this step alone`);
  const remembered = restarts === 1 && count(found, 'start') === 1;
  const forgotten = found.events.length === 0 && withinStep(found, at);
  if (remembered || forgotten) return happened(found, `restarted at ${started}`, at);
  return cannotTell(
    `it was started again at ${started}, but the engine knows of no restart command that did it`,
  );
}

function judgeRestart(found: Case): Reconciliation {
  const { before, now } = found;
  if (isNewStart(found)) return judgeNewRun(found);
  const untouched = now.running ? count(found, 'kill') === 0 : !before.running;
  if (untouched) return { kind: 'did not happen' };
  if (underWay(found)) return { kind: 'still running' };
  return now.running
    ? cannotTell('it was told to stop and is still the same run')
    : cannotTell(`it stopped at ${showDockerTime(now.finishedAt)} and was not started again`);
}

function judgeStart(found: Case): Reconciliation {
  const { before, now } = found;
  if (before.running) return happened(found, 'was already running', undefined);
  if (!isNewStart(found)) return { kind: 'did not happen' };
  const started = dockerMoment(now.startedAt);
  const forgotten = found.events.length === 0 && withinStep(found, started);
  if (count(found, 'start') === 1 || forgotten)
    return happened(found, `started at ${showDockerTime(now.startedAt)}`, started);
  return cannotTell(`it was started ${count(found, 'start')} times since: not by this step alone`);
}

function judgeEnded(found: Case): Reconciliation {
  const at = dockerMoment(found.now.finishedAt);
  const ended = showDockerTime(found.now.finishedAt);
  const forgotten = found.events.length === 0 && withinStep(found, at);
  if (count(found, 'stop') === 1 || forgotten) return happened(found, `stopped at ${ended}`, at);
  return underWay(found) ? { kind: 'still running' } : cannotTell(`it ended by itself at ${ended}`);
}

function judgeStop(found: Case): Reconciliation {
  const { before, now } = found;
  if (!before.running) return happened(found, 'was already stopped', undefined);
  if (isNewStart(found)) return cannotTell(`somebody started it again at ${showDockerTime(now.startedAt)}`);
  if (!now.running) return judgeEnded(found);
  if (count(found, 'kill') === 0) return { kind: 'did not happen' };
  return underWay(found) ? { kind: 'still running' } : cannotTell('it was told to stop and still runs');
}

/** What became of a begun write, judged by what the engine says now and remembers; pure. */
export function judge(found: Case): Reconciliation {
  if (found.now.id !== found.before.id)
    return cannotTell(`container ${found.call.container} was removed and made anew since`);
  if (found.call.operation === 'restart') return judgeRestart(found);
  if (found.call.operation === 'start') return judgeStart(found);
  if (found.call.operation === 'stop') return judgeStop(found);
  return { kind: 'did not happen' };
}
