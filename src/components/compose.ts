import { z } from 'zod';
import type { ArgvCall, CallResult } from '../domain/call.ts';
import {
  type ContainerReading,
  containerIdentity,
  containerStatus,
  INSPECT_FORMAT,
  previousRunEnd,
  readContainer,
} from '../domain/container-reading.ts';
import type { ComponentStatus } from '../domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Component, ComponentAction, ComponentKind, LogQuery, Read, StepDraft } from './component.ts';
import { containerName, isAbsent, parseJson, stopSeconds } from './container/inspect.ts';
import { mergeStamped } from './text/log-lines.ts';
import { refusal } from './text/refusal.ts';

const settings = z.strictObject({
  project: z.string().startsWith('/').describe('Folder on the target with the compose file: /opt/karmabot'),
  compose_service: z
    .string()
    .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/)
    .describe('Name of the service in the compose file'),
  container: containerName.describe('Name of its container, by which its state and logs are read'),
  sudo: z.boolean().default(false).describe('Call docker and compose through `sudo -n`'),
  command: z
    .enum(['auto', 'docker compose', 'docker-compose'])
    .default('auto')
    .describe(
      'Which compose the target has: the plugin, the old program, or auto (the plugin where it answers, else the old program; the choice is made on the target, by a constant script)',
    ),
  stop_seconds: stopSeconds,
});

type Settings = z.infer<typeof settings>;

/** Stopping and starting beside the container's own patience, milliseconds. */
const MARGIN_MS = 60_000;
/** A recreate may have to fetch an image, milliseconds. */
const FETCH_MS = 300_000;
/** What Docker grants a container that does not stop by itself, seconds. */
const STOP_SECONDS = 10;

/**
 * Picks the compose that is there; parameters reach it only as arguments. With sudo it is sudo that is tried, so that
 * a sudoers file which allows one of the two is enough.
 */
const launcher = (sudo: string): string =>
  `${sudo}docker compose version >/dev/null 2>&1 && exec ${sudo}docker compose "$@"; exec ${sudo}docker-compose "$@"`;

function composeCall(given: Settings, ...args: readonly string[]): ArgvCall {
  const cwd = given.project;
  if (given.command === 'auto') {
    const script = launcher(given.sudo ? 'sudo -n ' : '');
    return { kind: 'argv', argv: ['sh', '-c', script, 'compose', ...args], cwd };
  }
  return { kind: 'argv', argv: [...given.command.split(' '), ...args], cwd, sudo: given.sudo };
}

const dockerCall = (given: Settings, ...args: readonly string[]): ArgvCall => ({
  kind: 'argv',
  argv: ['docker', ...args],
  sudo: given.sudo,
});

const patience = (given: Settings): readonly string[] =>
  given.stop_seconds === undefined ? [] : ['-t', String(given.stop_seconds)];

// `up --no-recreate` also makes a container that `down` removed, and leaves a changed configuration to `recreate`.
const ARGUMENTS: Readonly<Record<ComponentAction, (given: Settings) => readonly string[]>> = {
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

function step(given: Settings, action: ComponentAction): StepDraft {
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
async function inspect(given: Settings, read: Read): Promise<Outcome<ContainerReading | undefined>> {
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

const absent = (given: Settings): ComponentStatus => ({
  state: 'stopped',
  summary: `there is no container ${given.container} (not created yet, or removed by \`down\`)`,
  facts: { container: given.container },
});

async function status(given: Settings, read: Read): Promise<Outcome<ComponentStatus>> {
  const reading = await inspect(given, read);
  if (reading.kind !== 'succeeded') return reading;
  return succeeded(reading.value === undefined ? absent(given) : containerStatus(reading.value));
}

async function until(given: Settings, read: Read, query: LogQuery): Promise<Outcome<readonly string[]>> {
  if (!query.previous) return succeeded([]);
  const reading = await inspect(given, read);
  if (reading.kind !== 'succeeded') return reading;
  return succeeded(reading.value === undefined ? [] : ['--until', previousRunEnd(reading.value)]);
}

async function logs(given: Settings, read: Read, query: LogQuery): Promise<Outcome<CallResult>> {
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

/** A service of a docker compose project, by the compose program of its host: the plugin or the old one. */
export const composeKind: ComponentKind = {
  kind: 'compose',
  summary: 'A service of a compose project; both `docker compose` and the old `docker-compose`',
  calls: ['argv'],
  settings,
  bind(given): Component {
    const bound = settings.parse(given);
    return {
      actions: ['restart', 'recreate', 'start', 'stop'],
      steps: (action) => [step(bound, action)],
      status: (read) => status(bound, read),
      async identity(read) {
        const reading = await inspect(bound, read);
        if (reading.kind !== 'succeeded') return reading;
        return succeeded(reading.value === undefined ? { image: null } : containerIdentity(reading.value));
      },
      logs: (read, query) => logs(bound, read, query),
    };
  },
};
