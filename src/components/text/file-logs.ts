import type { ArgvCall, CallResult } from '../../domain/call.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { LogQuery, Read } from '../component.ts';
import { withoutColours } from './log-lines.ts';
import { refusal } from './refusal.ts';

/** A log file of a component. */
export interface LogFile {
  /** Absolute path on the target. */
  readonly file: string;
  readonly sudo: boolean;
  /** Whose lines these are, for people. */
  readonly of: string;
}

/** Says that lines without times cannot be asked for by time; undefined where nobody does. */
export const untimed = (query: LogQuery, what: string): Outcome<CallResult> | undefined =>
  query.since === undefined && !query.previous
    ? undefined
    : failed(
        'INPUT_NOT_SUPPORTED',
        `the lines of ${what} have no times known to Botswain, so neither --since nor --previous works`,
        'Use --tail or --grep.',
      );

/** Reads a file: as the login user, and where that is denied through sudo. */
export async function readGently(read: Read, call: ArgvCall, sudo: boolean): Promise<Outcome<CallResult>> {
  const plain = await read(call);
  // Without sudo first: a sudoers file that names the programs mostly leaves `tail` and `cat` out.
  const denied = plain.kind === 'succeeded' && plain.value.code !== 0 && sudo;
  return denied ? read({ ...call, sudo: true }) : plain;
}

/** Reads the last lines of a log file. */
export async function fileLogs(log: LogFile, read: Read, query: LogQuery): Promise<Outcome<CallResult>> {
  const not = untimed(query, log.file);
  if (not !== undefined) return not;
  const argv = ['tail', '-n', String(query.tail), '--', log.file];
  const answer = await readGently(read, { kind: 'argv', argv }, log.sudo);
  if (answer.kind !== 'succeeded') return answer;
  if (answer.value.code !== 0) return refusal(answer.value, `logs of ${log.of}`);
  return succeeded({ ...answer.value, stdout: withoutColours(answer.value.stdout) });
}
