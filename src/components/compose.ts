import type { CallResult } from '../domain/call.ts';
import {
  type ContainerReading,
  containerIdentity,
  containerStatus,
  INSPECT_FORMAT,
  previousRunEnd,
  readContainer,
} from '../domain/container-reading.ts';
import type { ComponentStatus } from '../domain/fleet.ts';
import type { JsonObject } from '../domain/json.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Component, ComponentAction, ComponentKind, LogQuery, Read, StepDraft } from './component.ts';
import { type ComposeSettings, composeCall, composeSettings, dockerCall } from './compose/calls.ts';
import { onDisk } from './compose/on-disk.ts';
import { isAbsent, parseJson } from './container/inspect.ts';
import { mergeStamped } from './text/log-lines.ts';
import { refusal } from './text/refusal.ts';

/** Stopping and starting beside the container's own patience, milliseconds. */
const MARGIN_MS = 60_000;
/** A recreate may have to fetch an image, milliseconds. */
const FETCH_MS = 300_000;
/** What Docker grants a container that does not stop by itself, seconds. */
const STOP_SECONDS = 10;

const patience = (given: ComposeSettings): readonly string[] =>
  given.stop_seconds === undefined ? [] : ['-t', String(given.stop_seconds)];

// `up --no-recreate` also makes a container that `down` removed, and leaves a changed configuration to `recreate`.
const ARGUMENTS: Readonly<Record<ComponentAction, (given: ComposeSettings) => readonly string[]>> = {
  restart: (given) => ['restart', ...patience(given), given.compose_service],
  recreate: (given) => [
    'up',
    '-d',
    '--no-deps',
    '--force-recreate',
    ...patience(given),
    given.compose_service,
  ],
  start: (given) => ['up', '-d', '--no-deps', '--no-recreate', given.compose_service],
  stop: (given) => ['stop', ...patience(given), given.compose_service],
};

function step(given: ComposeSettings, action: ComponentAction): StepDraft {
  const stopMs = (given.stop_seconds ?? STOP_SECONDS) * 1_000;
  const fetchMs = action === 'recreate' || action === 'start' ? FETCH_MS : 0;
  return {
    title: `${action} ${given.container} (compose service ${given.compose_service} in ${given.project})`,
    effect: 'change',
    call: composeCall(given, ...ARGUMENTS[action](given)),
    deadlineMs: stopMs + MARGIN_MS + fetchMs,
    acceptedCodes: [0],
  };
}

/** Looks at the container; succeeded with undefined where there is none. */
async function inspect(given: ComposeSettings, read: Read): Promise<Outcome<ContainerReading | undefined>> {
  const answer = await read(
    dockerCall(given, 'inspect', '--type', 'container', '--format', INSPECT_FORMAT, given.container),
  );
  if (answer.kind !== 'succeeded') return answer;
  if (answer.value.code !== 0)
    return isAbsent(answer.value)
      ? succeeded(undefined)
      : refusal(answer.value, `reading ${given.container}`);
  const reading = readContainer(parseJson(answer.value.stdout));
  return reading === undefined
    ? failed('TARGET_UNEXPECTED_ANSWER', `reading ${given.container}: docker did not answer with a container`)
    : succeeded(reading);
}

const absent = (given: ComposeSettings): ComponentStatus => ({
  state: 'stopped',
  summary: `there is no container ${given.container} (not created yet, or removed by \`down\`)`,
  facts: { container: given.container },
});

async function status(given: ComposeSettings, read: Read): Promise<Outcome<ComponentStatus>> {
  const reading = await inspect(given, read);
  if (reading.kind !== 'succeeded') return reading;
  return succeeded(reading.value === undefined ? absent(given) : containerStatus(reading.value));
}

async function until(
  given: ComposeSettings,
  read: Read,
  query: LogQuery,
): Promise<Outcome<readonly string[]>> {
  if (!query.previous) return succeeded([]);
  const reading = await inspect(given, read);
  if (reading.kind !== 'succeeded') return reading;
  return succeeded(reading.value === undefined ? [] : ['--until', previousRunEnd(reading.value)]);
}

async function logs(given: ComposeSettings, read: Read, query: LogQuery): Promise<Outcome<CallResult>> {
  const previous = await until(given, read, query);
  if (previous.kind !== 'succeeded') return previous;
  const since = query.since === undefined ? [] : ['--since', new Date(query.since).toISOString()];
  const answer = await read(
    dockerCall(
      given,
      'logs',
      '--timestamps',
      '--tail',
      String(query.tail),
      ...since,
      ...previous.value,
      given.container,
    ),
  );
  if (answer.kind !== 'succeeded') return answer;
  if (answer.value.code !== 0) return refusal(answer.value, `logs of ${given.container}`);
  const stdout = mergeStamped(answer.value.stdout, answer.value.stderr);
  return succeeded({ ...answer.value, stdout, stderr: '' });
}

/** A restart and a stop leave the container as it is made; `up` makes one from what is on disk, `start` where there is none. */
const takesUp = (action: ComponentAction | undefined, isThere: boolean): boolean =>
  action === 'recreate' || (action === 'start' && !isThere);

async function identity(
  given: ComposeSettings,
  read: Read,
  action: ComponentAction | undefined,
): Promise<Outcome<JsonObject>> {
  const reading = await inspect(given, read);
  if (reading.kind !== 'succeeded') return reading;
  const container = reading.value;
  const made = container === undefined ? { image: null } : containerIdentity(container);
  if (!takesUp(action, container !== undefined)) return succeeded(made);
  const disk = await onDisk(given, read, container);
  return disk.kind === 'succeeded' ? succeeded({ ...made, ...disk.value }) : disk;
}

/** A service of a docker compose project, by the compose program of its host: the plugin or the old one. */
export const composeKind: ComponentKind = {
  kind: 'compose',
  summary: 'A service of a compose project; both `docker compose` and the old `docker-compose`',
  calls: ['argv'],
  settings: composeSettings,
  bind(given): Component {
    const bound = composeSettings.parse(given);
    return {
      actions: ['restart', 'recreate', 'start', 'stop'],
      steps: (action) => [step(bound, action)],
      status: (read) => status(bound, read),
      identity: (read, action) => identity(bound, read, action),
      logs: (read, query) => logs(bound, read, query),
    };
  },
};
