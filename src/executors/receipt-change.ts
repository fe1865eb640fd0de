import { setTimeout as pause } from 'node:timers/promises';
import type { CallResult } from '../domain/call.ts';
import type { Code } from '../domain/code.ts';
import { type Failed, failed, type Outcome, unknown } from '../domain/outcome.ts';
import { type Carried, type Carrier, callLines, type Errand, inputLine } from './receipt-carry.ts';
import { errandOf, judged, type Order, stopped } from './receipt-order.ts';
import { changeOutcome, noShell, notStarted, parseReceipt } from './receipt-verdict.ts';

/** Between two attempts to reach a target again; the last repeats. */
const BACKOFF_MS = [100, 300, 1_000, 2_000] as const;
/** Failures that time does not mend. */
const LASTING: readonly Code[] = [
  'TARGET_INTERRUPTED',
  'TARGET_HOST_KEY_MISMATCH',
  'TARGET_LOGIN_FAILED',
  'CONFIG_INVALID',
  'CONFIG_SECRET_MISSING',
];

/**
 * Starts it under its receipt, or joins it where it was started already, and waits for its end. The same request is sent
 * again after each cut: the receipt makes it run once, whichever of them arrived.
 */
export async function change(carrier: Carrier, order: Order, receipt: string): Promise<Outcome<CallResult>> {
  const { target } = order.request;
  let sofar: SoFar = { sent: false };
  for (let attempt = 0; ; attempt += 1) {
    const errand = errandOf(order, 'receipt', receiptLines(carrier, order, receipt));
    const carried = await carrier.carry(target, errand);
    const outcome = await answerOf(carrier, order, { errand, carried, sofar });
    if (outcome !== undefined) return outcome;
    sofar = learnt(sofar, carried);
    if (!(await waitBefore(attempt + 1, order))) return unreached(carrier.place(target), sofar);
  }
}

/** What earlier attempts taught. */
interface SoFar {
  /** Whether any of them may have reached the target. */
  readonly sent: boolean;
  /** Why the last one could not. */
  readonly failure?: Failed;
}

function learnt(sofar: SoFar, carried: Carried): SoFar {
  if (carried.kind === 'refused') return { ...sofar, failure: carried.failure };
  return { ...sofar, sent: sofar.sent || carried.kind === 'ended' || carried.sent };
}

/** Waits a little longer before each attempt; false when the deadline comes first. */
async function waitBefore(attempt: number, { until, request }: Order): Promise<boolean> {
  const wait = BACKOFF_MS[Math.min(attempt, BACKOFF_MS.length) - 1] ?? 0;
  if (performance.now() + wait >= until) return false;
  // An abort ends the wait; the next attempt knows what to say of it.
  await pause(wait, undefined, { ...(request.signal ? { signal: request.signal } : {}) }).catch(
    () => undefined,
  );
  return true;
}

/** What one attempt settles; undefined: try again. */
async function answerOf(
  carrier: Carrier,
  order: Order,
  attempt: { readonly errand: Errand; readonly carried: Carried; readonly sofar: SoFar },
): Promise<Outcome<CallResult> | undefined> {
  const { errand, carried, sofar } = attempt;
  const place = carrier.place(order.request.target);
  if (carried.kind === 'ended') return ended(carrier, order, errand);
  if (carried.kind === 'lost') return undefined;
  if (carried.kind !== 'refused')
    return stopped({ ...carried, sent: sofar.sent || carried.sent }, order, place);
  if (!sofar.sent) return carried.failure;
  if (!LASTING.includes(carried.failure.code)) return undefined;
  const code =
    carried.failure.code === 'TARGET_INTERRUPTED' ? 'TARGET_INTERRUPTED' : 'TARGET_CONNECTION_LOST';
  return unknown(code, `It was sent to ${place}, and then: ${carried.failure.message}`);
}

async function ended(
  carrier: Carrier,
  order: Order,
  errand: Errand,
): Promise<Outcome<CallResult> | undefined> {
  const { target } = order.request;
  const place = carrier.place(target);
  const [here, line] = errand.stdout.lines;
  if (here === undefined) return noShell(errand, place);
  const refused = notStarted(line ?? here, place);
  if (refused !== undefined) return refused;
  const receipt = parseReceipt(line);
  // The waiting shell was killed; what it waited for was not.
  if (receipt === undefined) return undefined;
  const at = { call: order.call, place, account: carrier.account(target), errand };
  const outcome = changeOutcome(receipt, at);
  if (outcome.kind !== 'succeeded') return outcome;
  return judged(carrier, order, outcome.value);
}

function unreached(place: string, { sent, failure }: SoFar): Outcome<CallResult> {
  const why = failure === undefined ? '' : ` Last: ${failure.message}`;
  const words = `The connection to ${place} was cut and could not be had again within the deadline.${why}`;
  if (sent) return unknown('TARGET_CONNECTION_LOST', words);
  return failed(
    'TARGET_CONNECTION_LOST',
    `${words} Nothing was started.`,
    'See whether the host is well, then ask again.',
  );
}

function receiptLines(carrier: Carrier, order: Order, receipt: string): readonly string[] {
  const { request, call } = order;
  const seconds = Math.max(1, Math.ceil((order.until - performance.now()) / 1_000));
  return [
    ...['start', receipt, inputLine(carrier.receipts(request.target)), String(request.outputCapBytes)],
    ...[String(seconds), ...callLines(call)],
  ];
}
