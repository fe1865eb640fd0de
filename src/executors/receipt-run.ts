import type { ArgvCall, Call, CallResult } from '../domain/call.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Executor, Reconciliation } from './executor.ts';
import {
  type Carried,
  type Carrier,
  callLines,
  type Errand,
  inputLine,
  markedErrand,
} from './receipt-carry.ts';
import { change } from './receipt-change.ts';
import { errandOf, judged, LOOK_MS, type Order, SCRIPT_BYTES, stopped } from './receipt-order.ts';
import {
  callResult,
  exitCode,
  noFolder,
  noShell,
  notStarted,
  parseReceipt,
  reconciliation,
} from './receipt-verdict.ts';

/** Output of a reconciled step that is fetched, of stdout and stderr each. */
const RECONCILED_BYTES = 65_536;

/** What every executor of programs does alike, over its way to carry a script: reads, changes by receipt, reconciliation. */
export function receiptExecutor(carrier: Carrier): Pick<Executor, 'run' | 'observe' | 'reconcile'> {
  return {
    async run(request) {
      const call = programOf(request.call);
      if (call.kind !== 'succeeded') return call;
      const startedAt = performance.now();
      const order = { request, call: call.value, startedAt, until: startedAt + request.deadlineMs };
      if (request.receipt === undefined) return read(carrier, order);
      return change(carrier, order, request.receipt);
    },
    observe: async () => succeeded({}),
    reconcile: (request) => reconcile(carrier, request),
  };
}

function programOf(call: Call): Outcome<ArgvCall> {
  if (call.kind !== 'argv')
    return failed(
      'TARGET_NO_EXECUTOR',
      `This target runs programs; it cannot carry out a call of ${call.kind}.`,
    );
  if (call.argv.length === 0 || [call.cwd ?? '', ...call.argv].some((word) => word.includes('\0')))
    return failed('INPUT_CONTROL_CHARACTER', 'A program needs a name, and no argument may hold a NUL.');
  return succeeded(call);
}

async function read(carrier: Carrier, order: Order): Promise<Outcome<CallResult>> {
  const { request, call } = order;
  const place = carrier.place(request.target);
  // Twice: a pooled connection may have died unnoticed, and a read may be repeated.
  for (let attempt = 0; attempt < 2; attempt += 1) {
    const errand = errandOf(order, 'read', callLines(call));
    const carried = await carrier.carry(request.target, errand);
    if (carried.kind === 'ended') return readOutcome(carrier, order, { errand, ended: carried });
    if (carried.kind !== 'lost') return stopped(carried, order, place);
  }
  return failed('TARGET_CONNECTION_LOST', `The connection to ${place} was cut twice while it was read.`);
}

async function readOutcome(
  carrier: Carrier,
  order: Order,
  { errand, ended }: { readonly errand: Errand; readonly ended: Extract<Carried, { kind: 'ended' }> },
): Promise<Outcome<CallResult>> {
  const { target } = order.request;
  const place = carrier.place(target);
  const line = errand.stdout.lines[0];
  if (line === undefined) return noShell(errand, place);
  if (line === 'folder') return noFolder(order.call, place, carrier.account(target));
  const code = exitCode(ended.code, ended.signal);
  const result = callResult(errand, { code, durationMs: performance.now() - order.startedAt });
  return notStarted(line, place) ?? judged(carrier, order, result);
}

async function reconcile(
  carrier: Carrier,
  { target, begun }: Parameters<Executor['reconcile']>[0],
): Promise<Reconciliation> {
  const base = inputLine(carrier.receipts(target));
  const lines = ['ask', begun.receipt, base, String(RECONCILED_BYTES), '0', '=', '.'];
  const errand: Errand = {
    script: 'receipt',
    ...markedErrand(lines, RECONCILED_BYTES + SCRIPT_BYTES),
    until: performance.now() + LOOK_MS,
  };
  const carried = await carrier.carry(target, errand);
  const place = carrier.place(target);
  if (carried.kind === 'refused') return { kind: 'unreachable', why: carried.failure.message };
  if (carried.kind !== 'ended') return { kind: 'unreachable', why: `${place} did not answer.` };
  const [here, line] = errand.stdout.lines;
  const receipt = parseReceipt(line);
  if (receipt !== undefined) return reconciliation(receipt, { place, errand, startedAt: begun.startedAt });
  const why = here === undefined ? noShell(errand, place) : notStarted(line ?? here, place);
  return { kind: 'unreachable', why: why?.message ?? `${place} broke off its answer.` };
}
