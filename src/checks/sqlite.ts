import { z } from 'zod';
import type { CallResult } from '../domain/call.ts';
import type { CheckKind, CheckPorts, Look } from './check.ts';
import { formatBytes, parseSize, sizeText, targetPath } from './host/bounds.ts';
import {
  accountName,
  ask,
  complaintOf,
  containerName,
  containerTrouble,
  isKeptOut,
  isMissing,
  noTarget,
} from './host/on-target.ts';
import { oneLine } from './status/one-line.ts';
import { untilSignal } from './status/status-look.ts';
import { type Remark, worstLook } from './status/worst.ts';

const settings = z
  .strictObject({
    path: targetPath.describe("The database's file on the check's target; it is opened for reading only"),
    container: containerName.exactOptional().describe('Ask inside of this container, by `docker exec`'),
    sudo: z.boolean().default(false).describe('Ask through `sudo -n`'),
    user: accountName.exactOptional().describe('Account to ask as, through `sudo -n -u`'),
    integrity: z
      .boolean()
      .default(true)
      .describe(
        'Look whether the file is whole (PRAGMA quick_check); reads all of it, so look rarely at a big one',
      ),
    warn_size: sizeText.exactOptional().describe('Warn when it is bigger: bytes, or 500 MiB, 2 GB'),
    max_size: sizeText.exactOptional().describe('Fail when it is bigger'),
  })
  .refine(
    ({ warn_size, max_size }) =>
      warn_size === undefined ||
      max_size === undefined ||
      (parseSize(warn_size) ?? 0) <= (parseSize(max_size) ?? 0),
    '"warn_size" is more than "max_size"\nmake "max_size" the bigger one',
  )
  .refine(
    ({ user, container }) => user === undefined || container === undefined,
    'a container has no account of the target\ntake out either "user" or "container"',
  );

type Settings = z.infer<typeof settings>;

const FIGURES =
  "SELECT 'pages=' || page_count || ' size=' || page_size || ' free=' || freelist_count" +
  ' FROM pragma_page_count(), pragma_page_size(), pragma_freelist_count();';

/** `-readonly` makes no file where there is none; a writer may hold it for a moment. */
const wordsOf = ({ path, integrity }: Settings): readonly string[] => [
  ...['sqlite3', '-batch', '-bail', '-readonly', '-cmd', '.timeout 2000', path],
  `${integrity ? 'PRAGMA quick_check(3); ' : ''}${FIGURES}`,
];

function sizeRemark(given: Settings, bytes: number, free: number): Remark {
  const words = `${formatBytes(bytes)}, ${formatBytes(free)} of it free inside`;
  const most = given.max_size === undefined ? Number.POSITIVE_INFINITY : (parseSize(given.max_size) ?? 0);
  const warn = given.warn_size === undefined ? Number.POSITIVE_INFINITY : (parseSize(given.warn_size) ?? 0);
  if (bytes > most)
    return { verdict: 'fail', words: `too big: ${words}, and at most ${formatBytes(most)} is allowed` };
  if (bytes > warn)
    return { verdict: 'warn', words: `getting big: ${words}, more than ${formatBytes(warn)}` };
  return { verdict: 'pass', words };
}

function remarksOn(given: Settings, { stdout }: CallResult): readonly Remark[] | undefined {
  const [, pages, size, free] = /^pages=(\d+) size=(\d+) free=(\d+)$/m.exec(stdout) ?? [];
  if (pages === undefined) return undefined;
  const [first = ''] = stdout.split('\n');
  const whole: readonly Remark[] = !given.integrity
    ? []
    : [
        first.trim() === 'ok'
          ? { verdict: 'pass', words: 'whole' }
          : { verdict: 'fail', words: `damaged: ${first.trim().replace(/^\*\*\* /, '')}` },
      ];
  return [...whole, sizeRemark(given, Number(pages) * Number(size), Number(free) * Number(size))];
}

const BROKEN = /malformed|not a database|disk I\/O error|corrupt/i;
const ABSENT = /unable to open database|no such file/i;

function trouble(result: CallResult): Remark {
  const words = complaintOf(result).replace(/^(Error|Parse error|Runtime error)[^:]*: /i, '');
  const container = containerTrouble(result);
  if (container !== undefined) return { verdict: 'fail', words: container };
  if (isKeptOut(result) || isMissing(result)) return { verdict: 'unknown', words };
  if (BROKEN.test(words)) return { verdict: 'fail', words: `damaged: ${words}` };
  if (ABSENT.test(words)) return { verdict: 'fail', words: `${words}: it is not there, or may not be read` };
  return { verdict: 'unknown', words };
}

async function look(given: Settings, { read }: CheckPorts): Promise<Look> {
  const { path, container, sudo, user } = given;
  if (read === undefined) return noTarget(path);
  const answer = await ask(read, { container, sudo, user }, wordsOf(given));
  if (answer.kind !== 'succeeded') return { verdict: 'unknown', summary: oneLine(answer.message) };
  const remarks = remarksOn(given, answer.value) ?? [trouble(answer.value)];
  return worstLook(path, remarks);
}

/** Looks whether an SQLite database on the target is whole, and how big it is. */
export const sqliteCheckKind: CheckKind = {
  kind: 'sqlite',
  summary: 'Looks whether an SQLite database on the target is whole, and how big it is',
  // A file is as whole after a restart as before it.
  verifiesChanges: false,
  settings,
  bind(given, ports) {
    const bound = settings.parse(given);
    return { look: (signal) => untilSignal(look(bound, ports), signal) };
  },
};
