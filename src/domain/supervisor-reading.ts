import type { ComponentStatus } from './fleet.ts';

/** A program as `supervisorctl status` shows it. */
export interface Supervised {
  /** `katana_bot`, in a group `bots:katana_bot`. */
  readonly name: string;
  /** http://supervisord.org/subprocess.html#process-states */
  readonly state: string;
  /** What stands behind the state: `pid 410, uptime 0:00:04`, or why not. */
  readonly words: string;
  /** Of one that runs. */
  readonly pid?: string;
}

/** What a supervisor said about its programs. */
export type SupervisorReading =
  | { readonly kind: 'programs'; readonly programs: readonly Supervised[] }
  | { readonly kind: 'no such program'; readonly words: string }
  /** supervisord itself does not run. */
  | { readonly kind: 'not running'; readonly words: string }
  /** The login user may not use its socket. */
  | { readonly kind: 'denied'; readonly words: string }
  | { readonly kind: 'not understood'; readonly words: string };

const STATES: Readonly<Record<string, ComponentStatus['state']>> = {
  RUNNING: 'running',
  STARTING: 'restarting',
  STOPPING: 'restarting',
  STOPPED: 'stopped',
  BACKOFF: 'failing',
  FATAL: 'failing',
  EXITED: 'failing',
  UNKNOWN: 'unknown',
};

const LINE = /^(\S+)\s+([A-Z]+)(?:\s+(.*?))?\s*$/;

/** The name of a program or of all programs of a group, as supervisorctl takes it; `all` would be everybody's. */
export const PROGRAM_NAME =
  /^(?!all$)[A-Za-z0-9_.][A-Za-z0-9_.-]{0,127}(:([A-Za-z0-9_.][A-Za-z0-9_.-]{0,127}|\*))?$/;

function programIn(line: string): readonly Supervised[] {
  const [, name = '', state = '', words = ''] = LINE.exec(line) ?? [];
  if (STATES[state] === undefined) return [];
  const [, pid] = /^pid (\d+)/.exec(words) ?? [];
  return [{ name, state, words, ...(pid === undefined ? {} : { pid }) }];
}

const RULES: readonly (readonly [
  RegExp,
  Exclude<SupervisorReading['kind'], 'programs' | 'not understood'>,
])[] = [
  // Said with exit code 1 and on stdout to everybody whom the socket does not let in.
  [/PermissionError|Permission denied|EACCES/, 'denied'],
  [/no such (process|group)/i, 'no such program'],
  [/refused connection|no such file|Connection refused/i, 'not running'],
];

/**
 * Reads what `supervisorctl status NAME` printed; its exit code says little: 3 for a program that does not run, 4 for one
 * that is not there, 1 for a socket that may not be used.
 */
export function readSupervisor(printed: {
  readonly stdout: string;
  readonly stderr: string;
}): SupervisorReading {
  const programs = printed.stdout.split('\n').flatMap(programIn);
  if (programs.length > 0) return { kind: 'programs', programs };
  const words = [printed.stdout, printed.stderr].join('\n').trim().split('\n')[0]?.trim().slice(0, 200) ?? '';
  const [, kind] = RULES.find(([pattern]) => pattern.test(words)) ?? [];
  return { kind: kind ?? 'not understood', words };
}

const GRAVITY: readonly ComponentStatus['state'][] = [
  'running',
  'restarting',
  'unknown',
  'stopped',
  'failing',
];

const stateOf = ({ state }: Supervised): ComponentStatus['state'] => STATES[state] ?? 'unknown';

const described = ({ state, words }: Supervised): string => `${state}${words === '' ? '' : ` (${words})`}`;

function summaryOf(programs: readonly Supervised[]): string {
  const [only, ...others] = programs;
  if (only !== undefined && others.length === 0) return described(only);
  const bad = programs.filter((program) => stateOf(program) !== 'running');
  return [
    `${programs.length - bad.length} of ${programs.length} programs run`,
    ...bad.map((program) => `${program.name} ${described(program)}`),
  ].join('; ');
}

/** What programs come to as one component: as ill as the illest. `starts` says by PID when each process began. */
export function supervisedStatus(
  programs: readonly Supervised[],
  starts: ReadonlyMap<string, string>,
): ComponentStatus {
  const state =
    programs.map(stateOf).toSorted((a, b) => GRAVITY.indexOf(b) - GRAVITY.indexOf(a))[0] ?? 'unknown';
  const pids = programs.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  const moments = pids
    .map((pid) => Date.parse(`${starts.get(pid) ?? ''} UTC`))
    .filter((at) => !Number.isNaN(at));
  return {
    state,
    summary: summaryOf(programs).slice(0, 200),
    ...(moments.length === pids.length && pids.length > 0 ? { startedAt: Math.max(...moments) } : {}),
    ...(pids.length > 0
      ? { run: pids.map((pid) => `${pid} ${starts.get(pid) ?? ''}`.trim()).join(', ') }
      : {}),
    facts: {
      program: programs.map(({ name }) => name).join(', '),
      ...(pids.length === 0 ? {} : { pid: pids.join(', ') }),
    },
  };
}

/** The parts of a configuration that speak of a program or its group; undefined where there are none. */
export function supervisorSection(text: string, program: string): string | undefined {
  const names = program.split(':').filter((name) => name !== '*');
  const sections = text.split(/^(?=\[)/m).filter((section) => {
    const [, name = ''] = /^\[[a-z-]+:([^\]]+)\]/.exec(section) ?? [];
    return names.includes(name.trim());
  });
  return sections.length === 0 ? undefined : sections.map((section) => section.trimEnd()).join('\n');
}
