import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { ArgvCall, CallResult } from '../domain/call.ts';
import { durationText, parseDuration } from '../domain/duration.ts';
import type { JsonObject } from '../domain/json.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import {
  readUnit,
  type UnitReading,
  unitExists,
  unitIdentity,
  unitReadArgv,
  unitStartedAt,
  unitStatus,
} from '../domain/unit-reading.ts';
import type { Component, ComponentAction, ComponentKind, LogQuery, Read, StepDraft } from './component.ts';
import { fileLogs } from './text/file-logs.ts';
import { withoutColours } from './text/log-lines.ts';
import { refusal } from './text/refusal.ts';

const settings = z.strictObject({
  unit: z
    .string()
    .regex(
      /^[a-zA-Z0-9:_\\@][a-zA-Z0-9:_.\\@-]{0,254}$/,
      'not a name of a unit\nwrite it like nginx, katana_bot.service or worker@2',
    )
    .describe(
      'Name of the unit, with or without .service; written to systemctl as it stands here, so that sudoers can name it',
    ),
  program: z
    .string()
    .exactOptional()
    .describe(
      `Name of the program on targets where supervisor keeps it, for services with a kind of \${server.manager}; not looked at here`,
    ),
  sudo: z
    .boolean()
    .default(false)
    .describe('Call systemctl and journalctl through `sudo -n` (a status read never needs it)'),
  user: z
    .boolean()
    .default(false)
    .describe("The unit belongs to the login user's own systemd (systemctl --user)"),
  logs: z
    .string()
    .startsWith('/')
    .exactOptional()
    .describe('A log file to read instead of the journal: /var/log/nginx/access.log'),
  files: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]{0,40}$/, 'not a name\nuse a-z, 0-9 and "-", starting with a letter'),
      z.string().startsWith('/', 'not an absolute path\nstart it with /'),
    )
    .exactOptional()
    .describe(
      'Log files that it keeps besides, by name, for `logs --file NAME`: { audit: /opt/app/logs/audit.log }',
    ),
  timeout: durationText
    .default('90s')
    .describe(
      "How long the unit may take to stop, and again to start; its TimeoutStopSec or TimeoutStartSec if they are longer than systemd's 90s",
    ),
});

type Settings = z.infer<typeof settings>;

/** What systemctl itself needs beside the unit, milliseconds. */
const MARGIN_MS = 15_000;

const systemctl = (given: Settings, ...args: readonly string[]): ArgvCall => ({
  kind: 'argv',
  argv: ['systemctl', ...(given.user ? ['--user'] : []), ...args],
  sudo: given.sudo && !given.user,
});

function step(given: Settings, verb: 'restart' | 'start' | 'stop'): StepDraft {
  const rounds = verb === 'restart' ? 2 : 1;
  return {
    title: `${verb} unit ${given.unit}`,
    effect: 'change',
    call: systemctl(given, verb, given.unit),
    deadlineMs: rounds * (parseDuration(given.timeout) ?? 0) + MARGIN_MS,
    acceptedCodes: [0],
  };
}

const reload = (given: Settings): StepDraft => ({
  title: 'let systemd read its unit files again',
  effect: 'change',
  call: systemctl(given, 'daemon-reload'),
  deadlineMs: 60_000,
  acceptedCodes: [0],
});

const steps = (given: Settings, action: ComponentAction): readonly StepDraft[] =>
  action === 'recreate' ? [reload(given), step(given, 'restart')] : [step(given, action)];

async function look(given: Settings, read: Read): Promise<Outcome<UnitReading>> {
  const answer = await read({ kind: 'argv', argv: unitReadArgv(given.unit, given.user) });
  if (answer.kind !== 'succeeded') return answer;
  const reading = answer.value.code === 0 ? readUnit(answer.value.stdout) : undefined;
  if (reading === undefined) return refusal(answer.value, `reading unit ${given.unit}`);
  return unitExists(reading)
    ? succeeded(reading)
    : failed(
        'TARGET_NOT_FOUND',
        `there is no unit ${given.unit}`,
        'Correct `unit`, or install the unit on the target.',
      );
}

/** The unit's files are part of what is approved: a changed one voids it. Their text stays on the target, it may hold secrets. */
async function identity(given: Settings, read: Read): Promise<Outcome<JsonObject>> {
  const reading = await look(given, read);
  if (reading.kind !== 'succeeded') return reading;
  const files = await read({
    kind: 'argv',
    argv: ['systemctl', ...(given.user ? ['--user'] : []), '--no-pager', 'cat', given.unit],
  });
  if (files.kind !== 'succeeded') return files;
  const text = files.value.code === 0 ? createHash('sha256').update(files.value.stdout).digest('hex') : null;
  return succeeded({ ...unitIdentity(reading.value), unit_files_sha256: text });
}

async function journalBounds(
  given: Settings,
  read: Read,
  query: LogQuery,
): Promise<Outcome<readonly string[]>> {
  const since = query.since === undefined ? [] : ['--since', `@${Math.floor(query.since / 1_000)}`];
  if (!query.previous) return succeeded(since);
  const reading = await look(given, read);
  if (reading.kind !== 'succeeded') return reading;
  const started = unitStartedAt(reading.value);
  return succeeded(started === undefined ? since : [...since, '--until', `@${started / 1_000}`]);
}

async function journal(given: Settings, read: Read, query: LogQuery): Promise<Outcome<CallResult>> {
  const bounds = await journalBounds(given, read, query);
  if (bounds.kind !== 'succeeded') return bounds;
  const unit = given.user ? ['--user', '-u', given.unit] : ['-u', given.unit];
  const argv = [
    'journalctl',
    ...unit,
    '-n',
    String(query.tail),
    ...bounds.value,
    '--no-pager',
    '-o',
    'short-iso',
  ];
  const answer = await read({ kind: 'argv', argv, sudo: given.sudo && !given.user });
  if (answer.kind !== 'succeeded') return answer;
  const { code, stdout, stderr } = answer.value;
  // journalctl mostly ends with 0 and shows nothing to somebody who may not see the unit's lines; only this hint tells.
  if (/not seeing messages from other users|No journal files were opened/i.test(stderr))
    return failed(
      'TARGET_LOGIN_FAILED',
      `logs of ${given.unit}: the login user may not read the system's journal`,
      'Put the user into the group systemd-journal, or set `sudo: true`.',
    );
  if (code !== 0) return refusal(answer.value, `logs of ${given.unit}`);
  return succeeded({ ...answer.value, stdout: withoutColours(stdout) });
}

/** Where the lines that are asked for stand; undefined = in the journal. */
function fileOf({ logs, files = {} }: Settings, { file }: LogQuery): string | undefined {
  if (file === undefined) return logs;
  const path = files[file.name];
  if (path === undefined) throw new Error(`lines of ${file.name} were asked for, which is no file of it`);
  return file.day === undefined ? path : `${path}.${file.day}`;
}

/** A systemd unit of a host. */
export const systemdKind: ComponentKind = {
  kind: 'systemd',
  summary: 'A systemd unit of a host',
  calls: ['argv'],
  settings,
  bind(given): Component {
    const bound = settings.parse(given);
    return {
      actions: ['restart', 'recreate', 'start', 'stop'],
      steps: (action) => steps(bound, action),
      async status(read) {
        const reading = await look(bound, read);
        return reading.kind === 'succeeded' ? succeeded(unitStatus(reading.value)) : reading;
      },
      identity: (read) => identity(bound, read),
      logFiles: Object.keys(bound.files ?? {}),
      logs(read, query) {
        const file = fileOf(bound, query);
        return file === undefined
          ? journal(bound, read, query)
          : fileLogs({ file, sudo: bound.sudo, of: bound.unit }, read, query);
      },
    };
  },
};
