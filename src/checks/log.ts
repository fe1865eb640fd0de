import { z } from 'zod';
import type { CallResult } from '../domain/call.ts';
import { durationText, formatDuration, parseDuration } from '../domain/duration.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { CheckKind, CheckPorts, Look } from './check.ts';
import { lastTimeIn } from './file/timestamp.ts';
import { matcherOf, patternText } from './host/pattern.ts';
import { oneLine } from './status/one-line.ts';
import { untilSignal } from './status/status-look.ts';
import { type Remark, worstLook } from './status/worst.ts';

const count = z.coerce.number().int().min(1).max(1_000_000);

const settings = z
  .strictObject({
    matches: patternText.describe('Regular expression (RE2) of the lines that are counted: ERROR|CRITICAL'),
    ignore: patternText.exactOptional().describe('Regular expression of lines among them that do not count'),
    within: durationText.default('1h').describe('How old the lines may be'),
    warn: count.exactOptional().describe('Warn when so many lines match'),
    fail: count.exactOptional().describe('Fail when so many lines match'),
    min: count
      .exactOptional()
      .describe('Fail when fewer lines match: what should be heard of has fallen silent'),
    offset: z
      .string()
      .regex(/^[+-]\d{4}$/, 'not an offset from UTC\nwrite it like +0100')
      .default('+0000')
      .describe("The offset of times that name none, in a log file's lines"),
  })
  .refine(
    ({ warn, fail, min }) => warn !== undefined || fail !== undefined || min !== undefined,
    'no number is given, so nothing is judged\nadd warn, fail or min',
  )
  .refine(
    ({ warn, fail }) => warn === undefined || fail === undefined || warn <= fail,
    '"warn" is more than "fail"\nmake "fail" the bigger one',
  );

type Settings = z.infer<typeof settings>;

/** Lines that are looked at in one look. */
const LINES = 5_000;

type Logs = NonNullable<CheckPorts['logs']>;

interface Lines {
  readonly lines: readonly string[];
  /** There were more than were looked at. */
  readonly areMore: boolean;
}

const linesOf = ({ stdout }: CallResult): readonly string[] =>
  stdout.split('\n').filter((line) => line !== '');

/** Lines that are young enough by the times in them; one without belongs to the line above. Undefined where none has a time. */
function youngOf(
  lines: readonly string[],
  { since, offset }: { readonly since: number; readonly offset: string },
): readonly string[] | undefined {
  let at: number | undefined;
  let timed = false;
  const young = lines.filter((line) => {
    at = lastTimeIn(line, offset) ?? at;
    timed ||= at !== undefined;
    return at !== undefined && at >= since;
  });
  return timed || lines.length === 0 ? young : undefined;
}

const without = (message: string): Outcome<Lines> => ({
  kind: 'failed',
  code: 'INPUT_NOT_SUPPORTED',
  message,
});

/** Asked by time where the source knows times; else its last lines, by the times that stand in them. */
async function linesWithin(given: Settings, logs: Logs, since: number): Promise<Outcome<Lines>> {
  const timed = await logs({ tail: LINES, since, previous: false });
  if (timed.kind === 'succeeded') {
    const lines = linesOf(timed.value);
    return { kind: 'succeeded', value: { lines, areMore: timed.value.truncated || lines.length >= LINES } };
  }
  if (timed.code !== 'INPUT_NOT_SUPPORTED') return timed;
  const last = await logs({ tail: LINES, previous: false });
  if (last.kind !== 'succeeded') return last;
  const all = linesOf(last.value);
  const lines = youngOf(all, { since, offset: given.offset });
  if (lines === undefined) return without('no times stand in its lines, so nobody can tell how old they are');
  const areMore = last.value.truncated || (all.length >= LINES && lines.length === all.length);
  return { kind: 'succeeded', value: { lines, areMore } };
}

function judge({ warn, fail, min, within }: Settings, found: readonly string[], areMore: boolean): Remark {
  const last = found.at(-1);
  const words = `${areMore ? 'at least ' : ''}${found.length} lines match within ${formatDuration(parseDuration(within) ?? 0)}`;
  const said = last === undefined ? words : `${words}, the last: ${last.trim().slice(0, 100)}`;
  if (fail !== undefined && found.length >= fail) return { verdict: 'fail', words: said };
  if (min !== undefined && found.length < min && !areMore)
    return { verdict: 'fail', words: `${words}, and at least ${min} should` };
  if (warn !== undefined && found.length >= warn) return { verdict: 'warn', words: said };
  return { verdict: 'pass', words };
}

async function look(given: Settings, { logs, now }: CheckPorts): Promise<Look> {
  const subject = `lines like ${given.matches}`.slice(0, 60);
  if (logs === undefined)
    return {
      verdict: 'unknown',
      summary: oneLine(`${subject}: the check names no component whose lines to read`),
    };
  const since = now() - (parseDuration(given.within) ?? 0);
  const had = await linesWithin(given, logs, since);
  if (had.kind !== 'succeeded') return { verdict: 'unknown', summary: oneLine(`${subject}: ${had.message}`) };
  const matches = matcherOf(given.matches);
  const ignored = given.ignore === undefined ? () => false : matcherOf(given.ignore);
  const found = had.value.lines.filter((line) => matches(line) && !ignored(line));
  return worstLook(subject, [judge(given, found, had.value.areMore)]);
}

/** Counts lines of a component's logs that match, as far back as is wanted. */
export const logCheckKind: CheckKind = {
  kind: 'log',
  summary: "Counts lines in its component's logs that match: errors of the last hour, or silence",
  // What was written before a restart still counts after it.
  verifiesChanges: false,
  settings,
  bind(given, ports) {
    const bound = settings.parse(given);
    return { look: (signal) => untilSignal(look(bound, ports), signal) };
  },
};
