import { randomUUID } from 'node:crypto';
import type { ArgvCall } from '../domain/call.ts';
import type { Target } from '../domain/fleet.ts';
import type { Failed } from '../domain/outcome.ts';
import { MarkedOutput } from './receipt-output.ts';
import type { Script } from './receipt-script.ts';

/**
 * One run of a constant script on a target. When nobody waits for it any more, a read is killed with all it started, and
 * of a change only the shell that waits: what it waits for is in a session of its own.
 */
export interface Errand {
  readonly script: Script;
  /** The lines the script reads; see receipt-script.ts. */
  readonly input: string;
  readonly stdout: MarkedOutput;
  readonly stderr: MarkedOutput;
  /** By `performance.now()`: when to stop waiting. */
  readonly until: number;
  readonly signal?: AbortSignal;
}

/** How an errand ended. `sent` tells whether the script may have got its input. */
export type Carried =
  /** The shell ended: with a code, or null and the name of a signal. */
  | { readonly kind: 'ended'; readonly code: number | null; readonly signal: string | null }
  /** The target could not be reached, or refused us: nothing was sent. */
  | { readonly kind: 'refused'; readonly failure: Failed }
  /** The connection went away before the end was seen. */
  | { readonly kind: 'lost'; readonly sent: boolean }
  | { readonly kind: 'deadline'; readonly sent: boolean }
  | { readonly kind: 'interrupted'; readonly sent: boolean };

/** What ssh and local differ in: how `/bin/sh` on the target gets a script, and how the place is called. */
export interface Carrier {
  carry(target: Target, errand: Errand): Promise<Carried>;
  /** For messages: `production/karmabot-server (52.203.27.35:22)`. */
  place(target: Target): string;
  /** The account programs run under, for a sudoers line. */
  account(target: Target): string;
  /** Absolute folder for receipts on the target; empty for `$HOME/.botswain/receipts`. */
  receipts(target: Target): string;
}

/** The word after the mark by which a gate on the target says that an order is not in its list; see ssh/gate.ts. */
export const GATE_REFUSES = 'gate';

/** Writes one value as one line of a script's input; a value cannot hold NUL. */
export const inputLine = (value: string): string =>
  /^[\x20-\x7e]*$/.test(value) ? `=${value}` : `+${Buffer.from(value).toString('base64')}`;

// `cd -` and CDPATH must find nothing in a folder's name.
const folder = (cwd: string | undefined): string =>
  cwd === undefined || cwd.startsWith('/') ? (cwd ?? '') : `./${cwd}`;

function withSudo({ argv, sudo, user }: ArgvCall): readonly string[] {
  if (user !== undefined) return ['sudo', '-n', '-u', user, '--', ...argv];
  return sudo === true ? ['sudo', '-n', '--', ...argv] : argv;
}

/** A call's folder and arguments as a script reads them, to the closing dot. */
export function callLines(call: ArgvCall): readonly string[] {
  return [inputLine(folder(call.cwd)), ...withSudo(call).map(inputLine), '.'];
}

/** An errand's outputs under a new mark, and its input headed by that mark. */
export function markedErrand(
  lines: readonly string[],
  capBytes: number,
): Pick<Errand, 'input' | 'stdout' | 'stderr'> {
  const mark = `botswain-${randomUUID()}`;
  return {
    input: `${[mark, ...lines].join('\n')}\n`,
    stdout: new MarkedOutput(mark, capBytes),
    stderr: new MarkedOutput(mark, capBytes),
  };
}
