import { z } from 'zod';
import type { ComponentStatus } from './fleet.ts';

const inspected = z.object({
  Id: z.string(),
  Image: z.string(),
  RestartCount: z.number().default(0),
  State: z.object({
    Status: z.string(),
    Running: z.boolean(),
    Pid: z.number().default(0),
    ExitCode: z.number().default(0),
    OOMKilled: z.boolean().default(false),
    Error: z.string().default(''),
    StartedAt: z.string(),
    FinishedAt: z.string().default(''),
    Health: z.object({ Status: z.string() }).nullish(),
  }),
  Config: z.object({
    Image: z.string().default(''),
    Labels: z.record(z.string(), z.string()).nullish(),
  }),
});

/** What `docker inspect` is asked to print: the part of its JSON that is read, without the environment variables. */
export const INSPECT_FORMAT =
  '{"Id":{{json .Id}},"Image":{{json .Image}},"RestartCount":{{json .RestartCount}},"State":{{json .State}},' +
  '"Config":{"Image":{{json .Config.Image}},"Labels":{{json .Config.Labels}}}}';

/** What Docker says of one container, without its environment: that may hold secrets. */
export interface ContainerReading {
  readonly id: string;
  /** The image's id, `sha256:…`. */
  readonly image: string;
  /** As it was asked for: `karmabot:1.4.0`. */
  readonly imageName: string;
  readonly labels: Readonly<Record<string, string>>;
  /** How often the engine itself started it again since a person last did. */
  readonly restartCount: number;
  /** Docker's word: created, running, paused, restarting, removing, exited, dead. */
  readonly status: string;
  readonly running: boolean;
  readonly pid: number;
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** Why it did not start, in Docker's words; empty mostly. */
  readonly trouble: string;
  /** RFC 3339 with nanoseconds; `0001-01-01T00:00:00Z` for never. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** starting, healthy or unhealthy; absent where the image has no health check. */
  readonly health?: string;
}

/** Reads the JSON of `docker inspect` (an array of one) or of the Engine API (the object); undefined where it is something else. */
export function readContainer(json: unknown): ContainerReading | undefined {
  const read = inspected.safeParse(Array.isArray(json) ? json[0] : json);
  if (!read.success) return undefined;
  const { State: state, Config: config, ...rest } = read.data;
  const health = state.Health?.Status;
  return {
    id: rest.Id,
    image: rest.Image,
    imageName: config.Image,
    labels: config.Labels ?? {},
    restartCount: rest.RestartCount,
    status: state.Status,
    running: state.Running,
    pid: state.Pid,
    exitCode: state.ExitCode,
    outOfMemory: state.OOMKilled,
    trouble: state.Error,
    startedAt: state.StartedAt,
    finishedAt: state.FinishedAt,
    ...(health === undefined || health === 'none' ? {} : { health }),
  };
}

/** Epoch milliseconds of one of Docker's times; undefined for its year 1, which means never. */
export function dockerMoment(time: string): number | undefined {
  const at = Date.parse(time);
  return Number.isNaN(at) || at <= 0 ? undefined : at;
}

/** `2026-11-20 09:46:13 UTC` of one of Docker's times, or `never`. */
export function showDockerTime(time: string): string {
  const at = dockerMoment(time);
  return at === undefined ? 'never' : `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

function stateOf(reading: ContainerReading): ComponentStatus['state'] {
  if (reading.status === 'restarting') return 'restarting';
  if (reading.status === 'paused' || reading.status === 'dead') return 'failing';
  if (!reading.running) return 'stopped';
  // Not yet proven well is not yet up: a restart is verified only when its health check passed.
  if (reading.health === 'starting') return 'restarting';
  return reading.health === 'unhealthy' ? 'failing' : 'running';
}

function summaryOf(reading: ContainerReading): string {
  if (reading.running) {
    const health = reading.health === undefined ? '' : ` (health check: ${reading.health})`;
    return `${reading.status}${health} since ${showDockerTime(reading.startedAt)}, PID ${reading.pid}`;
  }
  if (reading.status === 'created')
    return reading.trouble ? `created, not started: ${reading.trouble}` : 'created, never started';
  const why = reading.outOfMemory ? ', out of memory' : '';
  const trouble = reading.trouble ? `: ${reading.trouble}` : '';
  return `${reading.status} with code ${reading.exitCode}${why} since ${showDockerTime(reading.finishedAt)}${trouble}`;
}

function versionOf(imageName: string): string | undefined {
  const [name = '', digest] = imageName.split('@');
  const tag = /:([^:/]+)$/.exec(name)?.[1];
  return tag ?? digest?.replace('sha256:', '').slice(0, 12);
}

/** What a container's reading means for a component. */
export function containerStatus(reading: ContainerReading): ComponentStatus {
  const startedAt = reading.running ? dockerMoment(reading.startedAt) : undefined;
  const version = versionOf(reading.imageName);
  return {
    state: stateOf(reading),
    summary: summaryOf(reading),
    ...(startedAt === undefined ? {} : { startedAt, run: `${reading.id.slice(0, 12)} ${reading.startedAt}` }),
    ...(version === undefined ? {} : { version }),
    facts: {
      container: reading.id.slice(0, 12),
      image: reading.imageName,
      'image id': reading.image.replace('sha256:', '').slice(0, 12),
      restarts: String(reading.restartCount),
    },
  };
}

/** What must still be true of a container when an approved plan runs: its image and, with compose, its configuration. */
export function containerIdentity(reading: ContainerReading): Readonly<Record<string, string>> {
  const configuration = reading.labels['com.docker.compose.config-hash'];
  return {
    image: reading.image,
    image_name: reading.imageName,
    ...(configuration === undefined ? {} : { compose_configuration: configuration }),
  };
}

/**
 * When the run before the present one was over, RFC 3339. A quick program writes its first lines before Docker notes
 * StartedAt, so the end of the last run is the border; where there was none, the start is.
 */
export const previousRunEnd = ({ startedAt, finishedAt }: ContainerReading): string =>
  dockerMoment(finishedAt) === undefined || finishedAt > startedAt ? startedAt : finishedAt;
