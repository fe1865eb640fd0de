import { z } from 'zod';
import type { CallResult, DockerCall } from '../domain/call.ts';
import {
  type ContainerReading,
  containerIdentity,
  containerStatus,
  dockerMoment,
  previousRunEnd,
  readContainer,
} from '../domain/container-reading.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Component, ComponentAction, ComponentKind, LogQuery, Read, StepDraft } from './component.ts';
import { containerName, parseJson, stopSeconds } from './container/inspect.ts';
import { mergeStamped } from './text/log-lines.ts';

const settings = z.strictObject({
  container: containerName.describe('Name of the container'),
  stop_seconds: stopSeconds,
});

type Settings = z.infer<typeof settings>;
type Action = Exclude<ComponentAction, 'recreate'>;

const ACTIONS: readonly Action[] = ['restart', 'start', 'stop'];

/** Stopping and starting beside the container's own patience, milliseconds. */
const MARGIN_MS = 60_000;
/** What Docker grants a container that does not stop by itself, seconds. */
const STOP_SECONDS = 10;

const call = (given: Settings, operation: DockerCall['operation']): DockerCall => ({
  kind: 'docker',
  operation,
  container: given.container,
});

function step(given: Settings, action: ComponentAction): StepDraft {
  const operation = ACTIONS.find((known) => known === action);
  if (operation === undefined) throw new Error(`a container has no action ${action}`);
  const patience =
    given.stop_seconds === undefined || operation === 'start' ? {} : { stopSeconds: given.stop_seconds };
  return {
    title: `${action} container ${given.container}`,
    effect: 'change',
    call: { ...call(given, operation), ...patience },
    deadlineMs: (given.stop_seconds ?? STOP_SECONDS) * 1_000 + MARGIN_MS,
    acceptedCodes: [0],
  };
}

async function inspect(given: Settings, read: Read): Promise<Outcome<ContainerReading>> {
  const answer = await read(call(given, 'inspect'));
  if (answer.kind !== 'succeeded') return answer;
  const reading = readContainer(parseJson(answer.value.stdout));
  return reading === undefined
    ? failed(
        'TARGET_UNEXPECTED_ANSWER',
        `reading ${given.container}: the engine did not answer with a container`,
      )
    : succeeded(reading);
}

/** The Engine API wants seconds; the present run's first lines must not slip in, so it ends a microsecond before. */
async function until(given: Settings, read: Read, query: LogQuery): Promise<Outcome<Partial<DockerCall>>> {
  if (!query.previous) return succeeded({});
  const reading = await inspect(given, read);
  if (reading.kind !== 'succeeded') return reading;
  const started = dockerMoment(previousRunEnd(reading.value));
  return succeeded(started === undefined ? {} : { untilSeconds: started / 1_000 - 1e-6 });
}

async function logs(given: Settings, read: Read, query: LogQuery): Promise<Outcome<CallResult>> {
  const previous = await until(given, read, query);
  if (previous.kind !== 'succeeded') return previous;
  const since = query.since === undefined ? {} : { sinceSeconds: query.since / 1_000 };
  const answer = await read({ ...call(given, 'logs'), tail: query.tail, ...since, ...previous.value });
  if (answer.kind !== 'succeeded') return answer;
  const stdout = mergeStamped(answer.value.stdout, answer.value.stderr);
  return succeeded({ ...answer.value, stdout, stderr: '' });
}

/** One container, through the Engine API of a Docker target. */
export const containerKind: ComponentKind = {
  kind: 'container',
  summary: 'A container, through the API of its Docker engine',
  calls: ['docker'],
  settings,
  bind(given): Component {
    const bound = settings.parse(given);
    return {
      actions: ACTIONS,
      steps: (action) => [step(bound, action)],
      async status(read) {
        const reading = await inspect(bound, read);
        return reading.kind === 'succeeded' ? succeeded(containerStatus(reading.value)) : reading;
      },
      async identity(read) {
        const reading = await inspect(bound, read);
        return reading.kind === 'succeeded' ? succeeded(containerIdentity(reading.value)) : reading;
      },
      logs: (read, query) => logs(bound, read, query),
    };
  },
};
