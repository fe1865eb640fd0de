import type { Call, CallResult } from '../../domain/call.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { CheckPorts } from '../check.ts';

/** What is asked of a target about a file. */
export interface FileQuestion {
  readonly path: string;
  readonly sudo: boolean;
  /** Last lines wanted; 0 = only what stands beside the content. */
  readonly lines: number;
}

/** What a target says of a file. */
export type FileReading =
  | {
      readonly kind: 'there';
      readonly isRegular: boolean;
      readonly bytes: number;
      /** Epoch milliseconds by the target's clock, whole seconds. */
      readonly modifiedAt: number;
      /** Epoch milliseconds by the target's clock. */
      readonly now: number;
      /** The target's offset from UTC, `+0100`. */
      readonly zone: string;
      /** Its last lines where they were asked for and could be read. */
      readonly tail?: string;
      /** Why its content could not be read. */
      readonly unreadable?: string;
    }
  | { readonly kind: 'absent' }
  /** It may be there; we are not let to it. */
  | { readonly kind: 'unreadable'; readonly why: string }
  /** The target could not be asked. */
  | { readonly kind: 'silent'; readonly why: string };

/** Bytes of a file's end that are looked at, whatever its lines are like. */
const TAIL_CAP_BYTES = 64 * 1_024;

type Answers = readonly [stat: CallResult, date: CallResult, tail: CallResult | undefined];

const callsOf = ({ path, sudo, lines }: FileQuestion): readonly [Call, Call, Call] => [
  // The raw mode, because the kind of a file in words differs by locale: https://www.gnu.org/software/coreutils/stat
  { kind: 'argv', argv: ['stat', '-L', '-c', '%s %Y %f', path], sudo },
  { kind: 'argv', argv: ['date', '+%s %z'] },
  { kind: 'argv', argv: ['tail', '-n', String(lines), path], sudo },
];

const messageOf = (outcome: Exclude<Outcome<CallResult>, { kind: 'succeeded' }>): FileReading => ({
  kind: 'silent',
  why: outcome.message,
});

/** What a program complained of, without its own name and the path: `Permission denied`. */
const complaint = ({ stderr, code }: CallResult): string =>
  stderr.trim().split('\n')[0]?.split(': ').at(-1) || `exit code ${code}`;

const ABSENT = /No such file|Not a directory/i;
const REFUSED = /Permission denied|Operation not permitted/i;

function without(stat: CallResult): FileReading {
  if (ABSENT.test(stat.stderr)) return { kind: 'absent' };
  if (REFUSED.test(stat.stderr)) return { kind: 'unreadable', why: complaint(stat) };
  return { kind: 'silent', why: `stat: ${stat.stderr.trim() || `exit code ${stat.code}`}` };
}

/** The bits of a mode that say what kind of file it is, and their value for a regular one: inode(7). */
const KIND_BITS = 0xf000;
const REGULAR = 0x8000;

const STAT = /^(\d+) (-?\d+) ([0-9a-f]+)$/;
const DATE = /^(\d+) ([+-]\d{4})$/;

function contentOf(tail: CallResult | undefined): { readonly tail?: string; readonly unreadable?: string } {
  if (tail === undefined) return {};
  return tail.code === 0 ? { tail: tail.stdout } : { unreadable: complaint(tail) };
}

function readingOf([stat, date, tail]: Answers): FileReading {
  const [, bytes, modified, mode = ''] = STAT.exec(stat.stdout.trim()) ?? [];
  if (stat.code !== 0 || bytes === undefined) return without(stat);
  const [, now, zone = '+0000'] = DATE.exec(date.stdout.trim()) ?? [];
  if (now === undefined) return { kind: 'silent', why: `date: ${complaint(date)}` };
  return {
    kind: 'there',
    isRegular: (Number.parseInt(mode, 16) & KIND_BITS) === REGULAR,
    bytes: Number(bytes),
    modifiedAt: Number(modified) * 1_000,
    now: Number(now) * 1_000,
    zone,
    ...contentOf(tail),
  };
}

const isRegularFile = (stat: CallResult): boolean =>
  (Number.parseInt(STAT.exec(stat.stdout.trim())?.[3] ?? '0', 16) & KIND_BITS) === REGULAR;

/** Asks a target about a file, by plain programs: no shell reads the path, and a sudoers file can name each call. */
export async function readFileOn(
  read: NonNullable<CheckPorts['read']>,
  question: FileQuestion,
): Promise<FileReading> {
  const [statCall, dateCall, tailCall] = callsOf(question);
  const stat = await read(statCall);
  if (stat.kind !== 'succeeded') return messageOf(stat);
  // Reading a pipe or a device might never end.
  const wanted = question.lines > 0 && isRegularFile(stat.value);
  const [tail, date] = await Promise.all([
    wanted ? read(tailCall, { outputCapBytes: TAIL_CAP_BYTES }) : undefined,
    read(dateCall),
  ]);
  if (date.kind !== 'succeeded') return messageOf(date);
  if (tail !== undefined && tail.kind !== 'succeeded') return messageOf(tail);
  return readingOf([stat.value, date.value, tail?.value]);
}
