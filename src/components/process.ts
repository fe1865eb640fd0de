import { z } from 'zod';
import type { ArgvCall, CallResult } from '../domain/call.ts';
import type { ComponentStatus } from '../domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Component, ComponentAction, ComponentKind, LogQuery, Read, StepDraft } from './component.ts';
import { PROCESS_SCRIPT } from './process/script.ts';
import { withoutColours } from './text/log-lines.ts';
import { refusal } from './text/refusal.ts';

const absolute = z.string().startsWith('/', 'not an absolute path\nstart it with /');

const settings = z.strictObject({
  start: z
    .array(z.string().min(1))
    .min(1)
    .describe('The program and its arguments, no shell: [node, bot.js]'),
  cwd: absolute.describe('Folder it runs in'),
  pidfile: absolute.describe('File in which its PID is kept; Botswain writes it'),
  log: absolute.describe('File to which what it prints is appended'),
  stop_seconds: z
    .int()
    .min(0)
    .max(3_600)
    .default(10)
    .describe('Seconds it gets after SIGTERM before SIGKILL'),
});

type Settings = z.infer<typeof settings>;
type Action = Exclude<ComponentAction, 'recreate'>;

const ACTIONS: readonly Action[] = ['restart', 'start', 'stop'];

/** Starting, and waiting for what was killed, milliseconds. */
const MARGIN_MS = 30_000;

const call = (given: Settings, action: Action | 'status'): ArgvCall => ({
  kind: 'argv',
  argv: [
    ...['sh', '-c', PROCESS_SCRIPT, 'botswain-process'],
    ...[action, given.pidfile, given.log, String(given.stop_seconds), ...given.start],
  ],
  cwd: given.cwd,
});

function step(given: Settings, action: ComponentAction): StepDraft {
  const known = ACTIONS.find((one) => one === action);
  if (known === undefined) throw new Error(`a process has no action ${action}`);
  return {
    title: `${action} ${given.start.join(' ')} in ${given.cwd}`,
    effect: 'change',
    call: call(given, known),
    deadlineMs: given.stop_seconds * 1_000 + MARGIN_MS,
    acceptedCodes: [0],
  };
}

async function look(given: Settings, read: Read): Promise<Outcome<ReadonlyMap<string, string>>> {
  const answer = await read(call(given, 'status'));
  if (answer.kind !== 'succeeded') return answer;
  if (answer.value.code !== 0) return refusal(answer.value, `reading the process in ${given.cwd}`);
  const lines = answer.value.stdout.split('\n').map((line) => line.split('='));
  return succeeded(new Map(lines.map(([name = '', ...rest]) => [name, rest.join('=')])));
}

function statusOf(found: ReadonlyMap<string, string>): ComponentStatus {
  const pid = found.get('pid') ?? '';
  const revision = found.get('revision');
  const version = revision === undefined ? {} : { version: revision.slice(0, 12) };
  if (found.get('state') === 'gone')
    return {
      state: 'failing',
      summary: `its process ${pid} is gone without having been stopped`,
      ...version,
      facts: {},
    };
  if (found.get('state') !== 'running')
    return { state: 'stopped', summary: 'stopped', ...version, facts: {} };
  const startedAt = Number(found.get('since'));
  const rss = found.get('rss');
  const since = new Date(startedAt).toISOString().slice(0, 19).replace('T', ' ');
  return {
    state: 'running',
    summary: `running since ${since} UTC, PID ${pid}`,
    startedAt,
    run: `${pid} ${found.get('start') ?? ''}`,
    ...version,
    facts: { pid, ...(rss === undefined ? {} : { memory: `${(Number(rss) / 1_024).toFixed(1)} MiB` }) },
  };
}

async function logs(given: Settings, read: Read, query: LogQuery): Promise<Outcome<CallResult>> {
  if (query.since !== undefined || query.previous)
    return failed(
      'INPUT_NOT_SUPPORTED',
      `the lines of ${given.log} have no times known to Botswain, so neither --since nor --previous works`,
      'Use --tail or --grep.',
    );
  const answer = await read({ kind: 'argv', argv: ['tail', '-n', String(query.tail), '--', given.log] });
  if (answer.kind !== 'succeeded') return answer;
  if (answer.value.code !== 0) return refusal(answer.value, `logs of the process in ${given.cwd}`);
  return succeeded({ ...answer.value, stdout: withoutColours(answer.value.stdout) });
}

/** A plain process on a host that has no init for it. */
export const processKind: ComponentKind = {
  kind: 'process',
  summary: 'A plain process on a host, kept by a PID file',
  calls: ['argv'],
  settings,
  bind(given): Component {
    const bound = settings.parse(given);
    return {
      actions: ACTIONS,
      steps: (action) => [step(bound, action)],
      async status(read) {
        const found = await look(bound, read);
        return found.kind === 'succeeded' ? succeeded(statusOf(found.value)) : found;
      },
      async identity(read) {
        const found = await look(bound, read);
        return found.kind === 'succeeded'
          ? succeeded({ revision: found.value.get('revision') ?? null })
          : found;
      },
      logs: (read, query) => logs(bound, read, query),
    };
  },
};
