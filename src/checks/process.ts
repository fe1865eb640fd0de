import { z } from 'zod';
import type { CallResult } from '../domain/call.ts';
import type { CheckKind, CheckPorts, Look } from './check.ts';
import { formatBytes, parseSize, sizeText } from './host/bounds.ts';
import { complaintOf, noTarget } from './host/on-target.ts';
import { matcherOf, patternText } from './host/pattern.ts';
import { oneLine } from './status/one-line.ts';
import { untilSignal } from './status/status-look.ts';
import { type Remark, worstLook } from './status/worst.ts';

const count = z.coerce.number().int().min(0).max(100_000);

const settings = z
  .strictObject({
    matches: patternText.describe(
      'Regular expression (RE2) that their command lines match; it never counts itself, for it is not sent there',
    ),
    min: count.default(1).describe('Fail when fewer run'),
    max: count.exactOptional().describe('Fail when more run'),
    warn_memory: sizeText.exactOptional().describe('Warn when they have more memory together: 500 MiB, 2 GB'),
    max_memory: sizeText.exactOptional().describe('Fail when they have more memory together'),
    zombies: count
      .default(0)
      .describe('Warn when more of them or of their children have ended and are not taken away (defunct)'),
  })
  .refine(
    ({ min, max }) => max === undefined || min <= max,
    '"min" is more than "max"\nmake "max" the bigger one',
  );

type Settings = z.infer<typeof settings>;

interface Running {
  readonly pid: string;
  readonly parent: string;
  readonly isZombie: boolean;
  readonly bytes: number;
  readonly command: string;
}

/** All processes: what is looked for is not among the words, so neither `ps` nor its shell is ever found. */
const PS = ['ps', '-ww', '-eo', 'pid=,ppid=,stat=,rss=,args='] as const;

/** Bytes of the list that are taken; a host with thousands of processes has so many. */
const LIST_CAP_BYTES = 2 * 1_024 * 1_024;

const LINE = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(\d+)\s(.*)$/;

function runningIn(stdout: string): readonly Running[] {
  return stdout.split('\n').flatMap((line) => {
    const [, pid = '', parent = '', stat = '', rss = '0', command = ''] = LINE.exec(line) ?? [];
    return pid === ''
      ? []
      : [{ pid, parent, isZombie: stat.startsWith('Z'), bytes: Number(rss) * 1_024, command }];
  });
}

function memoryRemark({ warn_memory, max_memory }: Settings, bytes: number): Remark {
  const words = `${formatBytes(bytes)} of memory`;
  const most = max_memory === undefined ? Number.POSITIVE_INFINITY : (parseSize(max_memory) ?? 0);
  const warn = warn_memory === undefined ? Number.POSITIVE_INFINITY : (parseSize(warn_memory) ?? 0);
  if (bytes > most)
    return { verdict: 'fail', words: `${words}, and at most ${formatBytes(most)} is allowed` };
  if (bytes > warn) return { verdict: 'warn', words: `${words}, more than ${formatBytes(warn)}` };
  return { verdict: 'pass', words };
}

function countRemark({ min, max }: Settings, alive: readonly Running[]): Remark {
  const pids =
    alive.length > 0 && alive.length <= 5 ? ` (PID ${alive.map(({ pid }) => pid).join(', ')})` : '';
  const words = `${alive.length} running${pids}`;
  if (alive.length < min) return { verdict: 'fail', words: `${words}, and at least ${min} should` };
  if (max !== undefined && alive.length > max)
    return { verdict: 'fail', words: `${words}, and at most ${max} should` };
  return { verdict: 'pass', words };
}

function remarksOn(given: Settings, all: readonly Running[]): readonly Remark[] {
  const isOne = matcherOf(given.matches);
  const found = all.filter(({ command }) => isOne(command));
  const alive = found.filter(({ isZombie }) => !isZombie);
  const pids = new Set(alive.map(({ pid }) => pid));
  // A dead process shows its name only, so it is known by its parent, too.
  const zombies = all.filter((one) => one.isZombie && (isOne(one.command) || pids.has(one.parent)));
  return [
    countRemark(given, alive),
    ...(alive.length === 0
      ? []
      : [
          memoryRemark(
            given,
            alive.reduce((sum, { bytes }) => sum + bytes, 0),
          ),
        ]),
    ...(zombies.length <= given.zombies
      ? []
      : [{ verdict: 'warn' as const, words: `${zombies.length} defunct, not taken away by their parent` }]),
  ];
}

function lookAt(given: Settings, result: CallResult): Look {
  const all = runningIn(result.stdout);
  const name = `processes like ${given.matches}`.slice(0, 80);
  if (all.length === 0) return { verdict: 'unknown', summary: oneLine(`ps: ${complaintOf(result)}`) };
  if (result.truncated)
    return { verdict: 'unknown', summary: oneLine(`${name}: the list of processes is too long`) };
  return worstLook(name, remarksOn(given, all));
}

async function look(given: Settings, { read }: CheckPorts): Promise<Look> {
  if (read === undefined) return noTarget('processes');
  const answer = await read({ kind: 'argv', argv: PS }, { outputCapBytes: LIST_CAP_BYTES });
  if (answer.kind !== 'succeeded') return { verdict: 'unknown', summary: oneLine(answer.message) };
  return lookAt(given, answer.value);
}

/** Counts the processes of a target whose command lines match, and what memory they have. */
export const processCheckKind: CheckKind = {
  kind: 'process',
  summary: 'Counts processes of the target by their command lines: how many run, their memory, defunct ones',
  verifiesChanges: true,
  settings,
  bind(given, ports) {
    const bound = settings.parse(given);
    return { look: (signal) => untilSignal(look(bound, ports), signal) };
  },
};
