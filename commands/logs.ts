import { stripVTControlCharacters } from 'node:util';
import { RE2JS } from 're2js';
import { z } from 'zod';
import type { LogQuery } from '../src/components/component.ts';
import { toggle, value } from '../src/dispatch/argument.ts';
import { type Context, defineRead } from '../src/dispatch/command.ts';
import type { PlacedComponent } from '../src/domain/configuration.ts';
import { durationMs } from '../src/domain/duration.ts';
import { componentKey } from '../src/domain/fleet.ts';
import type { Message } from '../src/domain/message.ts';
import { showMoment } from '../src/domain/moment.ts';
import { didYouMean } from '../src/domain/nearest.ts';
import { failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import type { Subject } from '../src/domain/subject.ts';
import { drawLogs, type Found, SEARCHED_LINES } from './logs/draw-logs.ts';

/** Keeps the lines that match; RE2 syntax, linear time, so that no pattern can hang the bot (github.com/google/re2/wiki/Syntax). */
const pattern = z
  .string()
  .min(1)
  .max(200)
  .transform((text, context): RE2JS => {
    try {
      return RE2JS.compile(text);
    } catch (error) {
      const said = error instanceof Error ? error.message : 'it cannot be read';
      context.addIssue({ code: 'custom', message: `is not a regular expression: ${said}` });
      return z.NEVER;
    }
  });

const lineCount = z
  .string()
  .regex(/^\d{1,4}$/, 'is not a number of lines')
  .transform(Number)
  .refine((lines) => lines >= 1 && lines <= SEARCHED_LINES, `must be from 1 to ${SEARCHED_LINES}`);

/** Milliseconds between two looks while following; edits share the platform's budget. */
const FOLLOW_EVERY_MS = 5000;

const followTime = durationMs.refine((ms) => ms <= 10 * 60_000, 'must be at most 10m');

interface Wanted {
  readonly tail: number;
  readonly grep: RE2JS | undefined;
  readonly query: LogQuery;
}

const unread = (placed: PlacedComponent, why: string): Found => ({
  name: placed.ref.component,
  lines: [],
  cut: false,
  unread: why,
});

/** A file that was asked for and is none of its own. */
function refuseFile(context: Context, placed: PlacedComponent, { query }: Wanted): Outcome<void> {
  const { logFiles = [] } = context.fleet.component(placed);
  if (query.file === undefined || logFiles.includes(query.file.name)) return succeeded(undefined);
  const name = componentKey(placed.ref);
  return failed(
    'INPUT_NOT_SUPPORTED',
    `${name} has no log file ${query.file.name}.${didYouMean(query.file.name, logFiles)}`,
    logFiles.length === 0
      ? 'Leave --file away, or name another component.'
      : `It has ${logFiles.join(', ')}.`,
  );
}

async function linesOf(context: Context, placed: PlacedComponent, wanted: Wanted): Promise<Outcome<Found>> {
  const file = refuseFile(context, placed, wanted);
  if (file.kind !== 'succeeded') return file;
  const read = await context.fleet.logs(placed, wanted.query);
  if (read.kind !== 'succeeded') return read;
  const { code, stdout, stderr, truncated } = read.value;
  if (code !== 0)
    return failed(
      'TARGET_COMMAND_FAILED',
      `${componentKey(placed.ref)}: its log could not be read (code ${code}): ${stderr.trim().slice(0, 300)}`,
    );
  // Colours first: they can stand in the middle of a secret.
  const all = context
    .redact(stripVTControlCharacters(stdout))
    .split('\n')
    .filter((line) => line.trim() !== '');
  const { grep } = wanted;
  const matching = grep === undefined ? all : all.filter((line) => grep.matcher(line).find());
  const partly = grep !== undefined && stdout.trimEnd().split('\n').length >= SEARCHED_LINES;
  return succeeded({
    name: placed.ref.component,
    lines: matching.slice(-wanted.tail),
    cut: truncated,
    partly,
  });
}

/** Reads and draws the logs of what was named, each component by itself. */
async function readLogs(context: Context, subject: Subject, wanted: Wanted): Promise<Outcome<Message>> {
  const able = subject.components.filter((placed) => context.fleet.component(placed).actions.length > 0);
  const read = await Promise.all(
    (able.length === 0 ? subject.components : able).map(async (placed) => ({
      placed,
      outcome: await linesOf(context, placed, wanted),
    })),
  );
  const found = read.map(({ placed, outcome }) =>
    outcome.kind === 'succeeded' ? outcome.value : unread(placed, outcome.message),
  );
  const [first] = read.flatMap(({ outcome }) => (outcome.kind === 'succeeded' ? [] : [outcome]));
  if (first !== undefined && found.every((one) => one.unread !== undefined)) return first;
  const title = `${subject.service.name}${subject.whole ? '' : `/${subject.components[0]?.ref.component}`}@${subject.service.environment}`;
  return succeeded(drawLogs(title, found));
}

/** While it is followed the file would be old at once; it comes with the last look. */
function withoutFile({ file: _file, ...message }: Message): Message {
  return message;
}

function fileOf({
  file: name,
  day,
}: {
  readonly file?: string | undefined;
  readonly day?: string | undefined;
}): Outcome<Pick<LogQuery, 'file'>> {
  if (name !== undefined) return succeeded({ file: { name, ...(day === undefined ? {} : { day }) } });
  if (day === undefined) return succeeded({});
  return failed('INPUT_INVALID_VALUE', '--day says which file, and no --file is named', 'Add --file NAME.');
}

/** Log lines: bounded, head and tail inline, the whole as a file; the pattern never leaves this process. */
export const logs = defineRead({
  name: 'logs',
  summary: 'the last log lines of a component',
  examples: [
    'logs karmabot/app',
    'logs karmabot/app --since 1h --grep "ERROR|timeout"',
    'logs karmabot/nginx --tail 50 --follow 2m',
    'logs chatai-backend/api --file audit --day 2026-11-19',
  ],
  subjects: 'one',
  arguments: {
    since: value('1h', 'only lines of the last 10m, 1h, 2d …', durationMs),
    grep: value('RE', 'only lines that match this regular expression', pattern),
    tail: value(
      'N',
      `at most this many lines (200 unless said otherwise, up to ${SEARCHED_LINES})`,
      lineCount,
    ),
    previous: toggle('lines of the run before the present one'),
    file: value('NAME', 'one of its log files instead of what is read usually: audit', z.string().max(40)),
    day: value(
      '2026-11-19',
      'with --file: the file that was rotated under that day',
      z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'must be a day such as 2026-11-19'),
    ),
    follow: value('2m', 'keep the answer up to date for so long, 10m at most', followTime),
  },
  answer: async (context, args, subjects) => {
    const [subject, other] = subjects;
    if (subject === undefined || other !== undefined)
      return failed('INPUT_AMBIGUOUS_SUBJECT', 'it stands in several environments', 'Add @environment.');
    const tail = args.tail ?? 200;
    const since = args.since === undefined ? {} : { since: context.now() - args.since };
    const file = fileOf(args);
    if (file.kind !== 'succeeded') return file;
    const query = {
      ...file.value,
      tail: args.grep === undefined ? tail : SEARCHED_LINES,
      previous: args.previous,
      ...since,
    };
    const wanted = { tail, grep: args.grep, query };
    const read = await readLogs(context, subject, wanted);
    if (read.kind !== 'succeeded') return read;
    if (args.follow === undefined) return succeeded({ audience: 'conversation', message: read.value });
    const until = showMoment(context.now() + args.follow, context.configuration.timezone, context.now());
    const following = { state: `following until ${until}`, tone: 'running' } as const;
    const look = async (isLast: boolean): Promise<Message> => {
      const again = await readLogs(context, subject, wanted);
      const message =
        again.kind === 'succeeded'
          ? again.value
          : { ...read.value, parts: [{ kind: 'text', text: again.message } as const] };
      return isLast ? { ...message, state: 'followed' } : { ...withoutFile(message), ...following };
    };
    const follow = {
      everyMs: FOLLOW_EVERY_MS,
      times: Math.max(1, Math.ceil(args.follow / FOLLOW_EVERY_MS)),
      look,
    };
    return succeeded({
      audience: 'conversation',
      message: { ...withoutFile(read.value), ...following },
      follow,
    });
  },
});
