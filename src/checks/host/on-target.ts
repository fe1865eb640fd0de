import { z } from 'zod';
import type { ArgvCall, CallResult } from '../../domain/call.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { CheckPorts, Look } from '../check.ts';
import { oneLine } from '../status/one-line.ts';

/** Name of a container, as it stands before `docker exec`. */
export const containerName = z
  .string()
  .regex(
    /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/,
    'not a name of a container\nuse letters, digits, dots, dashes and underscores',
  );

/** Name of an account of the target. */
export const accountName = z
  .string()
  .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'not a name of an account\nwrite it like postgres');

/** How a program is run on a target. */
export interface Way {
  readonly sudo?: boolean;
  readonly user?: string | undefined;
  /** Inside of this container, by `docker exec`. */
  readonly container?: string | undefined;
}

/** A program with its words as a call that goes this way. */
export const callBy = (way: Way, argv: readonly string[]): ArgvCall => ({
  kind: 'argv',
  argv: way.container === undefined ? argv : ['docker', 'exec', way.container, ...argv],
  ...(way.sudo === true ? { sudo: true } : {}),
  ...(way.user === undefined ? {} : { user: way.user }),
});

/** The look of a check that has no target. */
export const noTarget = (what: string): Look => ({
  verdict: 'unknown',
  summary: oneLine(`${what}: the check names no target to look on`),
});

const ABSENT = /not found|No such file or directory|command not found/i;

/** Whether the program itself is not there: on the target, or in its container. */
export const isMissing = ({ code, stdout, stderr }: CallResult): boolean =>
  (code === 126 || code === 127) && (stderr === '' || ABSENT.test(`${stderr}${stdout}`));

/** The words of a program that did not do what was asked: its first complaint, without its own name. */
export function complaintOf({ code, stdout, stderr }: CallResult): string {
  // What sudo says of a home that another account may not enter is no complaint of the program.
  const lines = `${stderr}\n${stdout}`.split('\n').map((line) => line.trim());
  const said = lines.find((line) => line !== '' && !/^could not change directory/.test(line));
  return said ?? `exit code ${code}`;
}

const SUDO = /^sudo: |is not allowed to execute|may not run sudo|not in the sudoers file/m;

/** Whether we were kept from asking, so that nothing is known of what was asked about. */
export const isKeptOut = ({ stderr }: CallResult): boolean =>
  SUDO.test(stderr) || /permission denied.*docker/i.test(stderr);

/** A container that is not there or does not run, in words; undefined where it is no container's fault. */
export function containerTrouble({ stderr }: CallResult): string | undefined {
  const [, gone] = /No such container: (\S+)/i.exec(stderr) ?? [];
  if (gone !== undefined) return `there is no container ${gone}`;
  return /is not running|is paused|is restarting/i.test(stderr)
    ? // An engine names it by 64 digits.
      stderr
        .trim()
        .replace(/^.*?: /, '')
        .replace(/\b[0-9a-f]{64} /, '')
    : undefined;
}

type Reader = NonNullable<CheckPorts['read']>;

/** Runs a program on the check's target. */
export const ask = (read: Reader, way: Way, argv: readonly string[]): Promise<Outcome<CallResult>> =>
  read(callBy(way, argv));
