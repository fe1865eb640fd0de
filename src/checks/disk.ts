import { z } from 'zod';
import type { CallResult } from '../domain/call.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { CheckKind, CheckPorts, Look } from './check.ts';
import { above, formatBytes, percent, targetPath } from './host/bounds.ts';
import { oneLine } from './status/one-line.ts';
import { untilSignal } from './status/status-look.ts';
import { type Remark, worstLook } from './status/worst.ts';

const settings = z
  .strictObject({
    path: targetPath.default('/').describe('A path on the file system that is looked at'),
    warn: percent.default(80).describe('Warn when so many percent of its space or of its inodes are used'),
    fail: percent.default(90).describe('Fail when so many percent are used'),
  })
  .refine(
    ({ warn, fail }) => warn <= fail,
    '"warn" is more than "fail"\nmake "fail" the bigger one: both are percent used',
  );

type Settings = z.infer<typeof settings>;

/** A line of `df -P`, whose names may hold spaces: device, all, used, available, percent, mount point. */
const LINE = /^\S.*?\s+(\d+|-)\s+(\d+|-)\s+(-?\d+|-)\s+(\d+%|-)\s+(\/.*)$/;

interface Usage {
  readonly percent: number;
  readonly available: number;
  readonly mount: string;
}

/** Undefined where nothing is counted: a file system without a fixed number of inodes. */
function usageIn(stdout: string): Usage | 'not counted' | undefined {
  const [, all, used, available, share = '', mount = ''] =
    LINE.exec(stdout.trim().split('\n').slice(1).at(-1) ?? '') ?? [];
  if (all === undefined) return undefined;
  if (share === '-' || Number(all) === 0 || used === '-') return 'not counted';
  return { percent: Number.parseInt(share, 10), available: Math.max(0, Number(available)), mount };
}

const ABSENT = /No such file|Not a directory/i;

interface Measured {
  readonly given: Settings;
  readonly what: string;
  readonly left: (usage: Usage) => string;
}

function remark(answer: Outcome<CallResult>, { given, what, left }: Measured): readonly Remark[] {
  if (answer.kind !== 'succeeded') return [{ verdict: 'unknown', words: answer.message }];
  const { code, stdout, stderr } = answer.value;
  const usage = usageIn(stdout);
  if (usage === 'not counted') return [];
  if (usage !== undefined) {
    const words = `${usage.percent}% of the ${what} used, ${left(usage)} left`;
    return [{ verdict: above(usage.percent, given), words }];
  }
  if (ABSENT.test(stderr)) return [{ verdict: 'fail', words: 'there is no such path' }];
  return [{ verdict: 'unknown', words: `df: ${stderr.trim() || `exit code ${code}`}` }];
}

const sameOnce = (remarks: readonly Remark[]): readonly Remark[] =>
  remarks.filter(({ words }, index) => remarks.findIndex((other) => other.words === words) === index);

async function look(given: Settings, { read }: CheckPorts): Promise<Look> {
  const { path } = given;
  if (read === undefined)
    return { verdict: 'unknown', summary: oneLine(`${path}: the check names no target to look on`) };
  const [space, inodes] = await Promise.all([
    read({ kind: 'argv', argv: ['df', '-P', '-k', path] }),
    read({ kind: 'argv', argv: ['df', '-P', '-i', path] }),
  ]);
  const remarks = sameOnce([
    ...remark(space, { given, what: 'space', left: ({ available }) => formatBytes(available * 1_024) }),
    ...remark(inodes, { given, what: 'inodes', left: ({ available }) => String(available) }),
  ]);
  if (remarks.length > 0) return worstLook(path, remarks);
  return { verdict: 'unknown', summary: oneLine(`${path}: its file system counts neither space nor inodes`) };
}

/** Looks how full a file system is: its space and its inodes. */
export const diskCheckKind: CheckKind = {
  kind: 'disk',
  summary: 'Looks how full a file system of the target is: its space and its inodes',
  // A disk is as full after a restart as before it.
  verifiesChanges: false,
  settings,
  bind(given, ports) {
    const bound = settings.parse(given);
    return { look: (signal) => untilSignal(look(bound, ports), signal) };
  },
};
