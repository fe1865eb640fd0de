import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ArgvCall, CallResult } from '../domain/call.ts';
import { durationText, parseDuration } from '../domain/duration.ts';
import type { ComponentStatus } from '../domain/fleet.ts';
import type { JsonObject } from '../domain/json.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import {
  PROGRAM_NAME,
  readSupervisor,
  type Supervised,
  supervisedStatus,
  supervisorSection,
} from '../domain/supervisor-reading.ts';
import type { Component, ComponentAction, ComponentKind, LogQuery, Read, StepDraft } from './component.ts';
import { fileLogs, readGently, untimed } from './text/file-logs.ts';
import { withoutColours } from './text/log-lines.ts';
import { refusal } from './text/refusal.ts';

const settings = z.strictObject({
  program: z
    .string()
    .regex(PROGRAM_NAME, 'not a name of a program\nwrite it like katana_bot, bots:katana_bot or bots:*')
    .describe('Name of the program as `supervisorctl status` shows it; GROUP:* for all of a group'),
  unit: z
    .string()
    .exactOptional()
    .describe(
      `Name of the unit on targets where systemd keeps it, for services with a kind of \${server.manager}; not looked at here`,
    ),
  sudo: z
    .boolean()
    .default(false)
    .describe('Call supervisorctl through `sudo -n`; its socket is mostly open to root only'),
  config: z
    .string()
    .startsWith('/')
    .exactOptional()
    .describe(
      'File with the section [program:…]; a plan then holds for that section only: /etc/supervisor/conf.d/katana_bot.conf',
    ),
  logs: z
    .string()
    .startsWith('/')
    .exactOptional()
    .describe('A log file to read instead of what `supervisorctl tail` shows: /var/log/katana_bot/error.log'),
  timeout: durationText
    .default('90s')
    .describe('How long the program may take to stop, and again to start (stopwaitsecs, startsecs)'),
});

type Settings = z.infer<typeof settings>;

/** What supervisorctl itself needs beside the program, milliseconds. */
const MARGIN_MS = 15_000;

/** Bytes of each stream that are asked for when lines are wanted. */
const TAIL_BYTES = 200_000;

const supervisorctl = (given: Settings, ...args: readonly string[]): ArgvCall => ({
  kind: 'argv',
  argv: ['supervisorctl', ...args],
  sudo: given.sudo,
});

function step(given: Settings, verb: 'restart' | 'start' | 'stop'): StepDraft {
  const rounds = verb === 'restart' ? 2 : 1;
  return {
    title: `${verb} program ${given.program}`,
    effect: 'change',
    call: supervisorctl(given, verb, given.program),
    deadlineMs: rounds * (parseDuration(given.timeout) ?? 0) + MARGIN_MS,
    acceptedCodes: [0],
  };
}

const groupOf = ({ program }: Settings): string => program.split(':')[0] ?? program;

const takeUp = (given: Settings): readonly StepDraft[] => [
  {
    title: 'let supervisor read its configuration again',
    effect: 'change',
    call: supervisorctl(given, 'reread'),
    deadlineMs: 60_000,
    acceptedCodes: [0],
  },
  {
    title: `take up what changed for ${groupOf(given)}`,
    effect: 'change',
    call: supervisorctl(given, 'update', groupOf(given)),
    deadlineMs: 2 * (parseDuration(given.timeout) ?? 0) + MARGIN_MS,
    acceptedCodes: [0],
  },
];

const steps = (given: Settings, action: ComponentAction): readonly StepDraft[] =>
  action === 'recreate' ? [...takeUp(given), step(given, 'restart')] : [step(given, action)];

const SOCKET_REMEDY = 'Set `sudo: true`, or open the socket of supervisord to the login user (chmod, chown).';

/** When each process began, by PID, as `ps` says it in UTC; where it says nothing, the PID alone tells runs apart. */
async function startsOf(programs: readonly Supervised[], read: Read): Promise<ReadonlyMap<string, string>> {
  const starts = new Map<string, string>();
  for (const { pid } of programs) {
    if (pid === undefined) continue;
    const argv = ['env', 'LC_ALL=C', 'TZ=UTC', 'ps', '-o', 'lstart=', '-p', pid];
    const answer = await read({ kind: 'argv', argv });
    if (answer.kind === 'succeeded' && answer.value.code === 0) starts.set(pid, answer.value.stdout.trim());
  }
  return starts;
}

async function status(given: Settings, read: Read): Promise<Outcome<ComponentStatus>> {
  const answer = await read(supervisorctl(given, 'status', given.program));
  if (answer.kind !== 'succeeded') return answer;
  const reading = readSupervisor(answer.value);
  const what = `reading program ${given.program}`;
  switch (reading.kind) {
    case 'programs':
      return succeeded(supervisedStatus(reading.programs, await startsOf(reading.programs, read)));
    case 'not running':
      return succeeded({
        state: 'failing',
        summary: `supervisord does not run: ${reading.words}`,
        facts: {},
      });
    case 'no such program':
      return failed(
        'TARGET_NOT_FOUND',
        `there is no program ${given.program}`,
        'Correct `program`, or `supervisorctl reread` and `update` on the target.',
      );
    case 'denied':
      return failed('TARGET_LOGIN_FAILED', `${what}: ${reading.words}`, SOCKET_REMEDY);
    default:
      return refusal(answer.value, what);
  }
}

/** The section is part of what is approved: a changed one voids it. Its text stays on the target, it may hold secrets. */
async function identity(given: Settings, read: Read): Promise<Outcome<JsonObject>> {
  const { program, config } = given;
  if (config === undefined) return succeeded({ program, config_sha256: null });
  const answer = await readGently(read, { kind: 'argv', argv: ['cat', config] }, given.sudo);
  if (answer.kind !== 'succeeded') return answer;
  const section = answer.value.code === 0 ? supervisorSection(answer.value.stdout, program) : undefined;
  const hash = section === undefined ? null : createHash('sha256').update(section).digest('hex');
  return succeeded({ program, config, config_sha256: hash });
}

const lastLines = (text: string, count: number): readonly string[] =>
  withoutColours(text)
    .split('\n')
    .filter((line) => line !== '')
    .slice(-count);

async function streamOf(
  given: Settings,
  read: Read,
  stream: 'stdout' | 'stderr',
): Promise<Outcome<CallResult>> {
  const answer = await read(supervisorctl(given, 'tail', `-${TAIL_BYTES}`, given.program, stream));
  if (answer.kind !== 'succeeded') return answer;
  const { stdout, stderr, code } = answer.value;
  if (/PermissionError/.test(`${stdout}${stderr}`))
    return failed(
      'TARGET_LOGIN_FAILED',
      `logs of ${given.program}: ${stdout.trim().slice(0, 200)}`,
      SOCKET_REMEDY,
    );
  // A program whose streams go into one file has none for the other.
  if (/ERROR \(no log file\)/.test(stdout)) return succeeded({ ...answer.value, code: 0, stdout: '' });
  const wrong = code !== 0 || /^\S+: ERROR \(/.test(stdout);
  return wrong ? refusal({ ...answer.value, stderr: stderr || stdout }, `logs of ${given.program}`) : answer;
}

async function logs(given: Settings, read: Read, query: LogQuery): Promise<Outcome<CallResult>> {
  if (given.logs !== undefined)
    return fileLogs({ file: given.logs, sudo: given.sudo, of: given.program }, read, query);
  const not = untimed(query, `program ${given.program}`);
  if (not !== undefined) return not;
  const out = await streamOf(given, read, 'stdout');
  if (out.kind !== 'succeeded') return out;
  const err = await streamOf(given, read, 'stderr');
  if (err.kind !== 'succeeded') return err;
  const errors = lastLines(err.value.stdout, query.tail);
  const lines = [
    ...lastLines(out.value.stdout, query.tail),
    ...(errors.length === 0 ? [] : ['--- what it wrote to stderr:', ...errors]),
  ];
  return succeeded({ ...out.value, stdout: lines.map((line) => `${line}\n`).join('') });
}

/** A program that supervisord keeps. */
export const supervisorKind: ComponentKind = {
  kind: 'supervisor',
  summary: 'A program that supervisord keeps on a host',
  calls: ['argv'],
  settings,
  bind(given): Component {
    const bound = settings.parse(given);
    return {
      actions: ['restart', 'recreate', 'start', 'stop'],
      steps: (action) => steps(bound, action),
      status: (read) => status(bound, read),
      identity: (read) => identity(bound, read),
      logs: (read, query) => logs(bound, read, query),
    };
  },
};
