import type { Duplex } from 'node:stream';
import type { Target } from '../../domain/fleet.ts';
import type { JsonObject } from '../../domain/json.ts';
import { type Outcome, succeeded } from '../../domain/outcome.ts';
import type { Executor, ExecutorKind, ExecutorPorts, Transfer, TransferRequest } from '../executor.ts';
import { type Carried, type Carrier, callLines, type Errand, markedErrand } from '../receipt-carry.ts';
import { receiptExecutor } from '../receipt-run.ts';
import { scriptLine } from '../receipt-script.ts';
import { transferOver } from '../transfer.ts';
import { type Patience, patienceFor } from './channel.ts';
import type { Connection } from './connection.ts';
import { expectedKeys, readVouchers } from './host-key.ts';
import { Pool, type PoolTimes } from './pool.ts';
import { portOf, readSettings, sshSettings } from './settings.ts';
import { pipesOf } from './transfer.ts';
import { placeOf } from './trouble.ts';

const TIMES: PoolTimes = {
  idleMs: 300_000,
  // A dead peer is noticed after 8 s.
  keepalive: { everyMs: 2_000, count: 3 },
};

/** How long killing what a read left behind may take; nobody waits for it. */
const KILL_MS = 10_000;

/** Words that mean the same to every login shell without quotes. */
const PLAIN_WORD = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;

/** Makes the executor; other times than the built-in ones are for tests. */
export function createSsh(ports: ExecutorPorts, times: PoolTimes = TIMES): Executor {
  const pool = new Pool(ports, times);
  const carrier: Carrier = {
    carry: (target, errand) => carry(pool, target, errand),
    place: placeOf,
    account: (target) => readSettings(target).user,
    receipts: (target) => readSettings(target).receipts ?? '',
  };
  return {
    ...receiptExecutor(carrier),
    openStream: (target, argv) => openStream(pool, target, argv),
    async forward(target, host, port) {
      const connection = await pool.connection(target);
      return connection.kind === 'succeeded' ? connection.value.forward(host, port) : connection;
    },
    transfer: (request) => transfer(pool, request),
    describe: (target) => describe(ports, target),
    close: () => pool.close(),
  };
}

async function carry(pool: Pool, target: Target, errand: Errand): Promise<Carried> {
  const patience = patienceFor(errand);
  try {
    const connection = await within(patience, pool.connection(target));
    if (connection === undefined) return { kind: patience.reason(), sent: false };
    if (connection.kind === 'succeeded') return await carryOn(connection.value, errand, patience);
    if (connection.kind === 'failed') return { kind: 'refused', failure: connection };
    throw new Error(`connecting cannot be unknown: ${connection.message}`);
  } finally {
    patience.end();
  }
}

async function carryOn(connection: Connection, errand: Errand, patience: Patience): Promise<Carried> {
  const carried = await connection.carry(errand, patience);
  const gaveUp = carried.kind === 'deadline' || carried.kind === 'interrupted';
  if (gaveUp) void kill(connection, errand);
  return carried;
}

/** Ends a group, else one process. dash wants the two dashes, and busybox does not take them. */
const toGroup = (signal: string): string =>
  `kill -s ${signal} -- "-$1" || kill -s ${signal} "-$1" || kill -s ${signal} "$1"`;
/** Ends a read with all it started; its argument is a PID. Of 0 and 1 `kill` would take the minus for "all there are". */
export const KILL_READ = `[ "$1" -gt 1 ] || exit 1; ${toGroup('KILL')}`;
/** Ends a transfer with all it started; a program that cleans up after itself gets a moment for it. */
export const KILL_TRANSFER = `[ "$1" -gt 1 ] || exit 1; ${toGroup('TERM')}; n=0; while [ $n -lt 30 ] && { kill -s 0 -- "-$1" || kill -s 0 "-$1"; }; do sleep 0.1; n=$((n + 1)); done; ${toGroup('KILL')}`;
/** Ends the shell that waits for a change, and leaves the change alone. */
export const KILL_WAITING = '[ "$1" -gt 1 ] || exit 1; kill -KILL "$1"';

/**
 * Kills what nobody waits for any more: closing a channel ends nothing that is silent, and sshd counts it as a session.
 * Not by SSH's own signal request, which sshd refuses to root and knows only since 7.9. What runs as root through sudo
 * stays until its next write.
 */
async function kill(connection: Connection, { script, stdout }: Errand): Promise<void> {
  const pid = /^(?:run|here) (\d+)$/.exec(stdout.lines[0] ?? '')?.[1];
  if (pid === undefined) return;
  await signalProgram(connection, script === 'read' ? KILL_READ : KILL_WAITING, pid);
}

async function signalProgram(connection: Connection, script: string, pid: string): Promise<void> {
  const argv = ['/bin/sh', '-c', script, 'sh', pid];
  const patience = patienceFor({ until: performance.now() + KILL_MS });
  const lines = callLines({ kind: 'argv', argv });
  const errand = { script: 'read', ...markedErrand(lines, 1_024), until: 0 } as const;
  await connection
    .carry(errand, patience)
    .catch(() => undefined)
    .finally(patience.end);
}

/** The value, or undefined when patience ended first; the connection goes on being made for the others. */
function within<T>(patience: Patience, value: Promise<T>): Promise<T | undefined> {
  const ended = Promise.withResolvers<undefined>();
  const end = (): void => ended.resolve(undefined);
  patience.signal.addEventListener('abort', end);
  if (patience.signal.aborted) end();
  return Promise.race([value, ended.promise]);
}

async function transfer(pool: Pool, request: TransferRequest): Promise<Outcome<Transfer>> {
  const { target } = request;
  const connection = await pool.connection(target);
  if (connection.kind !== 'succeeded') return connection;
  const channel = await connection.value.channel(scriptLine.transfer);
  if (channel.kind !== 'succeeded') return channel;
  const pipes = pipesOf(channel.value, (pid) => signalProgram(connection.value, KILL_TRANSFER, pid));
  const at = { place: placeOf(target), account: readSettings(target).user };
  return succeeded(transferOver(pipes, request, at));
}

async function openStream(pool: Pool, target: Target, argv: readonly string[]): Promise<Outcome<Duplex>> {
  const odd = argv.find((word) => !PLAIN_WORD.test(word));
  if (odd !== undefined) throw new Error(`only constant plain words may open a stream, not ${odd}`);
  const connection = await pool.connection(target);
  if (connection.kind !== 'succeeded') return connection;
  return connection.value.stream(`exec ${argv.join(' ')}`);
}

function describe(ports: ExecutorPorts, target: Target): JsonObject {
  const settings = readSettings(target);
  const vouchers = readVouchers(target);
  const jump = settings.jump === undefined ? undefined : ports.target(target.environment, settings.jump);
  return {
    host: settings.host,
    port: portOf(settings),
    user: settings.user,
    host_keys: vouchers.kind === 'succeeded' ? expectedKeys(settings, vouchers.value) : [],
    ...(settings.jump === undefined
      ? {}
      : { jump: settings.jump, through: jump === undefined ? null : describe(ports, jump) }),
  };
}

/** Programs on a host reached over SSH: one pooled connection a target, pinned host keys, receipts for changes. */
export const sshKind: ExecutorKind = {
  kind: 'ssh',
  summary: 'programs on a host reached over SSH',
  calls: ['argv'],
  settings: sshSettings,
  references: ['jump'],
  create: (ports) => createSsh(ports),
};
