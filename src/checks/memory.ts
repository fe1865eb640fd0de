import { z } from 'zod';
import type { CheckKind, CheckPorts, Look } from './check.ts';
import { above, formatBytes, percent } from './host/bounds.ts';
import { oneLine } from './status/one-line.ts';
import { untilSignal } from './status/status-look.ts';
import { type Remark, worstLook } from './status/worst.ts';

const settings = z
  .strictObject({
    warn: percent.default(10).describe('Warn when so many percent of the memory or less are available'),
    fail: percent.default(5).describe('Fail when so many percent or less are available'),
    swap_warn: percent
      .default(80)
      .describe('Warn when so many percent of the swap are used, where there is one'),
    swap_fail: percent
      .exactOptional()
      .describe('Fail when so many percent of the swap are used; absent = never'),
  })
  .refine(
    ({ warn, fail }) => fail <= warn,
    '"fail" is more than "warn"\nmake "warn" the bigger one: both are percent available',
  )
  .refine(
    ({ swap_warn, swap_fail = 100 }) => swap_warn <= swap_fail,
    '"swap_warn" is more than "swap_fail"\nmake "swap_fail" the bigger one: both are percent used',
  );

type Settings = z.infer<typeof settings>;

/** https://docs.kernel.org/filesystems/proc.html#meminfo; its kB are 1024 bytes. */
const LINE = /^([A-Za-z]+):\s+(\d{1,15}) kB$/gm;

type Meminfo = ReadonlyMap<string, number>;

const meminfo = (stdout: string): Meminfo =>
  new Map([...stdout.matchAll(LINE)].map(([, name = '', kib]) => [name, Number(kib) * 1_024]));

/** What programs can still get; kernels before 3.14 do not say, and are guessed at as `free` did then. */
const availableIn = (seen: Meminfo): number | undefined => {
  const [free, buffers, cached] = ['MemFree', 'Buffers', 'Cached'].map((name) => seen.get(name));
  const guess = free === undefined ? undefined : free + (buffers ?? 0) + (cached ?? 0);
  return seen.get('MemAvailable') ?? guess;
};

function memoryRemark(given: Settings, available: number, total: number): Remark {
  // A share just above a bound is not rounded down onto it.
  const share = (available / total) * 100;
  const words = `${Math.floor(share)}% of ${formatBytes(total)} available`;
  return { verdict: above(100 - share, { warn: 100 - given.warn, fail: 100 - given.fail }), words };
}

function swapRemarks({ swap_warn, swap_fail }: Settings, seen: Meminfo): readonly Remark[] {
  const [total = 0, free = 0] = [seen.get('SwapTotal'), seen.get('SwapFree')];
  if (total === 0) return [];
  const share = (1 - free / total) * 100;
  const verdict = above(share, { warn: swap_warn, fail: swap_fail ?? Number.POSITIVE_INFINITY });
  return [{ verdict, words: `${Math.round(share)}% of ${formatBytes(total)} swap used` }];
}

async function look(given: Settings, { read }: CheckPorts): Promise<Look> {
  if (read === undefined)
    return { verdict: 'unknown', summary: 'memory: the check names no target to look on' };
  const answer = await read({ kind: 'argv', argv: ['cat', '/proc/meminfo'] });
  if (answer.kind !== 'succeeded') return { verdict: 'unknown', summary: oneLine(answer.message) };
  const { stdout, stderr, code } = answer.value;
  const seen = meminfo(stdout);
  const [total, available] = [seen.get('MemTotal') ?? 0, availableIn(seen)];
  if (total === 0 || available === undefined)
    return {
      verdict: 'unknown',
      summary: oneLine(`/proc/meminfo: ${stderr.trim() || `no figures in it, exit code ${code}`}`),
    };
  return worstLook('memory', [memoryRemark(given, available, total), ...swapRemarks(given, seen)]);
}

/** Looks how much memory the target's machine has left, and how much of its swap is used. */
export const memoryCheckKind: CheckKind = {
  kind: 'memory',
  summary: "Looks how much memory the target's machine has left, and how much of its swap is used",
  // It speaks of everything that runs there, not of what was changed.
  verifiesChanges: false,
  settings,
  bind(given, ports) {
    const bound = settings.parse(given);
    return { look: (signal) => untilSignal(look(bound, ports), signal) };
  },
};
