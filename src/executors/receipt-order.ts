import type { ArgvCall, CallResult } from '../domain/call.ts';
import { formatDuration } from '../domain/duration.ts';
import { failed, type Outcome, succeeded, unknown } from '../domain/outcome.ts';
import type { RunRequest } from './executor.ts';
import { type Carried, type Carrier, callLines, type Errand, markedErrand } from './receipt-carry.ts';
import { sudoDenied, sudoRefused } from './receipt-sudo.ts';

/** Bytes the script itself adds to an output it passes on. */
export const SCRIPT_BYTES = 1_024;
/** Looks where sudo does; `command -v` would find a shell's own `echo` or `kill`. */
const FIND_PROGRAM = `
  case $1 in */*) echo "$1"; exit ;; esac
  IFS=:
  for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin $PATH; do
    [ -x "$folder/$1" ] && echo "$folder/$1" && exit
  done`;

/** Tells the full path of a program, where sudo would find it. */
export const findProgram = (name: string): ArgvCall => ({
  kind: 'argv',
  argv: ['/bin/sh', '-c', FIND_PROGRAM, 'sh', name],
});

/** How long one look at a target may take. */
export const LOOK_MS = 15_000;

/** A request for a program, its call checked. */
export interface Order {
  readonly request: RunRequest;
  readonly call: ArgvCall;
  /** By `performance.now()`. */
  readonly startedAt: number;
  readonly until: number;
}

/** The errand of an order: its outputs bounded, its end the order's deadline. */
export function errandOf(order: Order, script: Errand['script'], lines: readonly string[]): Errand {
  const { request } = order;
  const cap = request.outputCapBytes + (script === 'receipt' ? SCRIPT_BYTES : 0);
  return {
    script,
    ...markedErrand(lines, cap),
    until: order.until,
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  };
}

/** A result, unless it is sudo's refusal: then the line that would let it pass, for which the target is asked once more. */
export async function judged(
  carrier: Carrier,
  order: Order,
  result: CallResult,
): Promise<Outcome<CallResult>> {
  const { call, request } = order;
  if (!sudoRefused(call, result.code, result.stderr)) return succeeded(result);
  const [name = ''] = call.argv;
  const errand = errandOf(order, 'read', callLines(findProgram(name)));
  await carrier.carry(request.target, { ...errand, until: performance.now() + LOOK_MS });
  const found = errand.stdout.read().text.trim();
  return sudoDenied(call, {
    place: carrier.place(request.target),
    account: carrier.account(request.target),
    program: found.startsWith('/') ? found : name,
  });
}

/** What it means that waiting was given up, or never began. */
export function stopped(
  carried: Exclude<Carried, { kind: 'ended' | 'lost' }>,
  order: Order,
  place: string,
): Outcome<CallResult> {
  if (carried.kind === 'refused') return carried.failure;
  const isChange = order.request.receipt !== undefined;
  const may = isChange && carried.sent;
  const after = formatDuration(performance.now() - order.startedAt);
  if (carried.kind === 'interrupted') {
    const words = `Waiting for ${place} was broken off after ${after}`;
    return may
      ? unknown('TARGET_INTERRUPTED', `${words}; it may go on there.`)
      : failed('TARGET_INTERRUPTED', `${words}.`);
  }
  if (may) return unknown('TARGET_TIMEOUT', `${place} did not finish within ${after}; it may go on there.`);
  return failed(
    'TARGET_TIMEOUT',
    `${place} did not ${carried.sent ? 'finish' : 'take it up'} within ${after}${isChange ? '; it was not started' : ''}.`,
    'See whether the host is overloaded or the program hangs.',
  );
}
