import { type ChildProcess, spawn } from 'node:child_process';
import { hostname, userInfo } from 'node:os';
import process from 'node:process';
import { z } from 'zod';
import { type Target, targetKey } from '../domain/fleet.ts';
import { failed, succeeded } from '../domain/outcome.ts';
import type { Executor, ExecutorKind } from './executor.ts';
import type { Carried, Carrier, Errand } from './receipt-carry.ts';
import { receiptExecutor } from './receipt-run.ts';
import { type Script, scriptArguments } from './receipt-script.ts';
import { type Pipes, transferOver } from './transfer.ts';

const localSettings = z.strictObject({
  receipts: z
    .string()
    .startsWith('/')
    .exactOptional()
    .describe('Folder for the receipts of changes; default `$HOME/.botswain/receipts`'),
});

/** Kills a shell and everything that has not left its session. */
function killSession(child: ChildProcess, signal: 'SIGTERM' | 'SIGKILL' = 'SIGKILL'): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, signal);
  } catch {
    // It ended by itself in the meantime.
  }
}

/** Runs one script by `/bin/sh` in a session of its own, so that a signal to the bot does not reach it. */
function carry(errand: Errand): Promise<Carried> {
  return new Promise((resolve) => {
    const wait = errand.until - performance.now();
    if (errand.signal?.aborted === true) return resolve({ kind: 'interrupted', sent: false });
    if (wait <= 0) return resolve({ kind: 'deadline', sent: false });
    const child = spawn('/bin/sh', scriptArguments(errand.script), { detached: true, stdio: 'pipe' });
    const end = (carried: Carried): void => {
      clearTimeout(timer);
      errand.signal?.removeEventListener('abort', interrupted);
      if (carried.kind !== 'ended') release(child, errand.script);
      resolve(carried);
    };
    const interrupted = (): void => end({ kind: 'interrupted', sent: true });
    const timer = setTimeout(() => end({ kind: 'deadline', sent: true }), wait);
    errand.signal?.addEventListener('abort', interrupted);
    child.stdout.on('data', (chunk: Buffer) => errand.stdout.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errand.stderr.push(chunk));
    // The shell may be gone before it read everything; its end says the rest.
    child.stdin.on('error', () => undefined);
    child.on('error', (error) => {
      const message = `/bin/sh could not be started on this machine: ${error.message}`;
      end({ kind: 'refused', failure: failed('TARGET_NOT_STARTED', message, 'See that /bin/sh is there.') });
    });
    child.on('close', (code, signal) => end({ kind: 'ended', code, signal }));
    child.stdin.end(errand.input);
  });
}

/** Milliseconds that a program gets to clean up after itself. */
const CLEAN_UP_MS = 3_000;

/** `/bin/sh` with the transfer script, in a session of its own. */
function localPipes(): Pipes {
  const child = spawn('/bin/sh', scriptArguments('transfer'), { detached: true, stdio: 'pipe' });
  const ended = Promise.withResolvers<{ code: number | null; signal: string | null }>();
  child.on('error', () => ended.resolve({ code: 127, signal: null }));
  child.on('close', (code, signal) => ended.resolve({ code, signal }));
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = async (): Promise<void> => {
    killSession(child, 'SIGTERM');
    const last = setTimeout(() => killSession(child, 'SIGKILL'), CLEAN_UP_MS);
    await exited;
    clearTimeout(last);
    child.stdin.destroy();
    child.stdout.destroy();
  };
  return { stdin: child.stdin, stdout: child.stdout, stderr: child.stderr, ended: ended.promise, kill };
}

/** Lets go of a shell nobody waits for any more. */
function release(child: ChildProcess, script: Script): void {
  if (script === 'read') killSession(child);
  else child.kill('SIGKILL');
  child.stdin?.destroy();
  child.stdout?.destroy();
  child.stderr?.destroy();
  child.unref();
}

/** A container may run as a user id that no account belongs to. */
function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}

function createLocal(): Executor {
  const account = accountName();
  const carrier: Carrier = {
    carry: (_target, errand) => carry(errand),
    place: (target: Target) => `${targetKey(target)} (this machine)`,
    account: () => account,
    receipts: (target) => localSettings.parse(target.settings).receipts ?? '',
  };
  return {
    ...receiptExecutor(carrier),
    transfer: async (request) => {
      const at = { place: carrier.place(request.target), account };
      return succeeded(transferOver(localPipes(), request, at));
    },
    describe: () => ({ host: hostname(), user: account }),
    close: async () => undefined,
  };
}

/** Programs on the machine the bot itself runs on. A change outlives the bot; its receipt tells the next one. */
export const localKind: ExecutorKind = {
  kind: 'local',
  summary: 'programs on the machine the bot runs on',
  calls: ['argv'],
  settings: localSettings,
  references: [],
  create: () => createLocal(),
};
