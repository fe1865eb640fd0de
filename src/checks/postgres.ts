import { z } from 'zod';
import type { CallResult } from '../domain/call.ts';
import { durationText, formatDuration, parseDuration } from '../domain/duration.ts';
import type { CheckKind, CheckPorts, Look } from './check.ts';
import { above, percent } from './host/bounds.ts';
import {
  accountName,
  ask,
  complaintOf,
  containerName,
  isKeptOut,
  isMissing,
  noTarget,
} from './host/on-target.ts';
import { oneLine } from './status/one-line.ts';
import { untilSignal } from './status/status-look.ts';
import { type Remark, worstLook } from './status/worst.ts';

const word = z
  .string()
  .regex(
    /^[A-Za-z0-9_./][A-Za-z0-9_./-]{0,127}$/,
    'not a plain name\nuse letters, digits, dots, dashes, slashes',
  );

const settings = z
  .strictObject({
    user: accountName
      .exactOptional()
      .describe('Account of the target to ask as, through `sudo -n -u`: postgres, which needs no password'),
    database: word.default('postgres').describe('Database to ask'),
    role: word.exactOptional().describe("Role to log in as; absent = the account's own name"),
    host: word.exactOptional().describe('Host or folder of the socket; absent = the local socket'),
    port: z.coerce.number().int().min(1).max(65_535).exactOptional().describe('Port; absent = 5432'),
    container: containerName.exactOptional().describe('Ask inside of this container, by `docker exec`'),
    sudo: z.boolean().default(false).describe('Call docker through `sudo -n`'),
    login: z
      .boolean()
      .default(true)
      .describe(
        'Log in and count the connections; false = ask only whether it takes connections (pg_isready)',
      ),
    warn: percent.default(80).describe('Warn when so many percent of max_connections are used'),
    fail: percent.default(95).describe('Fail when so many percent are used'),
    slow: durationText
      .exactOptional()
      .describe('Warn when the answer takes longer, the way to the target included'),
  })
  .refine(
    ({ warn, fail }) => warn <= fail,
    '"warn" is more than "fail"\nmake "fail" the bigger one: both are percent used',
  );

type Settings = z.infer<typeof settings>;

/** Connections of clients, the most there may be, whether it is a standby, seconds of the oldest open transaction. */
const QUERY =
  "SELECT count(*) FILTER (WHERE backend_type = 'client backend'), current_setting('max_connections'), " +
  "pg_is_in_recovery(), coalesce(floor(extract(epoch FROM now() - min(xact_start) FILTER (WHERE state <> 'idle'" +
  " AND backend_type = 'client backend' AND pid <> pg_backend_pid()))), 0) FROM pg_stat_activity";

const place = ({ host, port, role, database }: Settings): readonly string[] => [
  ...(host === undefined ? [] : ['-h', host]),
  ...(port === undefined ? [] : ['-p', String(port)]),
  ...(role === undefined ? [] : ['-U', role]),
  '-d',
  database,
];

const psql = (given: Settings): readonly string[] => [
  'psql',
  '-X',
  '-w',
  '-At',
  ...place(given),
  '-c',
  QUERY,
];

const ANSWER = /^(\d+)\|(\d+)\|([tf])\|(\d+)$/m;

function remarksOn(given: Settings, { stdout, durationMs }: CallResult): readonly Remark[] | undefined {
  const [, used, most, standby, oldest] = ANSWER.exec(stdout) ?? [];
  if (used === undefined) return undefined;
  const share = (Number(used) / Math.max(1, Number(most))) * 100;
  const slow = given.slow === undefined ? undefined : parseDuration(given.slow);
  const isSlow = slow !== undefined && durationMs > slow;
  const words = `answered in ${Math.round(durationMs)} ms`;
  return [
    isSlow
      ? { verdict: 'warn', words: `${words}, more than ${formatDuration(slow)}` }
      : { verdict: 'pass', words },
    { verdict: above(share, given), words: `${used} of ${most} connections used` },
    ...(standby === 't' ? [{ verdict: 'pass' as const, words: 'a standby, it takes no writes' }] : []),
    ...(Number(oldest) >= 60
      ? [
          {
            verdict: 'pass' as const,
            words: `the oldest transaction is open for ${formatDuration(Number(oldest) * 1_000)}`,
          },
        ]
      : []),
  ];
}

/** What is known without logging in: https://www.postgresql.org/docs/15/app-pg-isready.html#id-1.9.4.17.7 */
const READY: Readonly<Record<number, Remark>> = {
  0: { verdict: 'pass', words: 'takes connections' },
  1: { verdict: 'fail', words: 'refuses connections: it is starting up or shutting down' },
  2: { verdict: 'fail', words: 'does not answer' },
};

type Reader = NonNullable<CheckPorts['read']>;

async function ready(given: Settings, read: Reader): Promise<Remark> {
  const { sudo, user, container } = given;
  const argv = ['pg_isready', '-t', '5', ...place(given)];
  const way = { sudo: sudo && container !== undefined, container };
  const answer = await ask(read, container === undefined ? { user } : way, argv);
  const kept = answer.kind === 'succeeded' && user !== undefined && isKeptOut(answer.value);
  // Whether it takes connections may be asked by everybody.
  const again = kept ? await ask(read, {}, argv) : answer;
  if (again.kind !== 'succeeded') return { verdict: 'unknown', words: again.message };
  return READY[again.value.code] ?? { verdict: 'unknown', words: `pg_isready: ${complaintOf(again.value)}` };
}

/** What can be said where psql did not answer: whether anything takes connections there, and why not us. */
async function refused(given: Settings, result: CallResult, read: Reader): Promise<Look> {
  const said = `psql: ${complaintOf(result).replace(/^psql: (error: )?/, '')}`;
  if (/too many (clients|connections)|remaining connection slots/i.test(said))
    return worstLook('PostgreSQL', [{ verdict: 'fail', words: said }]);
  const known = await ready(given, read);
  if (known.verdict === 'fail') return worstLook('PostgreSQL', [known, { verdict: 'fail', words: said }]);
  const asked = isMissing(result) || isKeptOut(result) ? 'cannot be asked more' : 'cannot be logged in to';
  return {
    verdict: known.verdict === 'pass' ? 'warn' : 'unknown',
    summary: oneLine(`PostgreSQL: ${known.words}, but ${asked}: ${said}`),
  };
}

async function look(given: Settings, { read }: CheckPorts): Promise<Look> {
  if (read === undefined) return noTarget('PostgreSQL');
  if (!given.login) return worstLook('PostgreSQL', [await ready(given, read)]);
  const { sudo, user, container } = given;
  const way = { container, ...(container === undefined ? { user } : { sudo }) };
  const answer = await ask(read, way, psql(given));
  if (answer.kind !== 'succeeded') return { verdict: 'unknown', summary: oneLine(answer.message) };
  const remarks = answer.value.code === 0 ? remarksOn(given, answer.value) : undefined;
  if (remarks !== undefined) return worstLook('PostgreSQL', remarks);
  return refused(given, answer.value, read);
}

/** Asks a PostgreSQL on the target: whether it answers, how fast, how many connections are used. */
export const postgresCheckKind: CheckKind = {
  kind: 'postgres',
  summary: 'Asks a PostgreSQL on the target by psql: how fast it answers, how many connections are used',
  verifiesChanges: true,
  settings,
  bind(given, ports) {
    const bound = settings.parse(given);
    return { look: (signal) => untilSignal(look(bound, ports), signal) };
  },
};
