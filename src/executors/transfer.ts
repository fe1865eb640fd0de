import { randomUUID } from 'node:crypto';
import { PassThrough, pipeline, type Readable, type Writable } from 'node:stream';
import type { ArgvCall } from '../domain/call.ts';
import { succeeded } from '../domain/outcome.ts';
import type { Transfer, TransferEnd, TransferRequest } from './executor.ts';
import { callLines } from './receipt-carry.ts';
import { MarkedOutput } from './receipt-output.ts';
import { type Broken, endOfTransfer, type TransferPlace } from './transfer-end.ts';
import { Unmarked } from './unmarked.ts';

/** Bytes kept of what a program says on stderr. */
const STDERR_BYTES = 65_536;

/** Milliseconds within which the target must have begun. */
const BEGIN_MS = 60_000;

/** Milliseconds that a target gets to say what it runs, where that is to be ended. */
const BEGUN_MS = 10_000;

/** `/bin/sh` on a target with the transfer script: its three streams, and how it ends. */
export interface Pipes {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** With neither code nor signal the connection was lost. Resolves once nothing can come any more. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  /** Ends the program with all it started, and only then lets go of the streams; `pid` where the target said it. */
  kill(pid: string | undefined): Promise<void>;
}

/** Runs a program over pipes: its arguments go first, then its input; its output ends only when it has ended well. */
export function transferOver(pipes: Pipes, request: TransferRequest, at: TransferPlace): Transfer {
  const startedAt = performance.now();
  const call: ArgvCall = { kind: 'argv', ...request.program };
  const mark = `botswain-${randomUUID()}`;
  const stderr = new MarkedOutput(mark, STDERR_BYTES);
  const unmarked = new Unmarked(mark);
  const output = new PassThrough();
  // Who reads is told by the end of what is read; nobody need listen.
  output.on('error', () => undefined);
  let broken: Broken | undefined;
  const breakOff = (why: Broken): void => {
    if (broken !== undefined) return;
    broken = why;
    // Its input must not simply end: a program that is not killed first would take half for the whole.
    void withPatience(unmarked.begun, BEGUN_MS)
      .then(() => pipes.kill(/^run (\d+)$/.exec(unmarked.line ?? '')?.[1]))
      .finally(() => unmarked.destroy());
  };
  const clocks = watchClocks(request, breakOff, () => unmarked.line !== undefined);
  const drained = closed(unmarked);
  pipes.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  pipes.stderr.on('error', () => undefined);
  pipeline(pipes.stdout, unmarked, () => undefined);
  unmarked.pipe(output, { end: false });
  output.once('close', () => output.readableEnded || breakOff({ kind: 'reader gone' }));
  feed(pipes.stdin, [mark, ...callLines(call)], { input: request.input, breakOff });

  const judge = async (): Transfer['ended'] => {
    const exit = await pipes.ended;
    await drained;
    clocks.end();
    const ended = endOfTransfer(
      { exit, broken, line: unmarked.line, preamble: unmarked.preamble, stderr: stderr.read().text },
      { ...at, call, acceptedCodes: request.acceptedCodes },
    );
    if (ended.kind !== 'succeeded') {
      output.destroy(new Error(ended.message));
      return ended;
    }
    output.end();
    const end: TransferEnd = { ...ended.value, durationMs: performance.now() - startedAt };
    return succeeded(end);
  };
  return { output, ended: judge() };
}

async function withPatience(work: Promise<void>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([work, promise]);
  clearTimeout(timer);
}

const closed = (stream: Readable): Promise<void> =>
  new Promise((resolve) => {
    stream.once('close', () => resolve());
  });

/** Writes the script's lines and then the input; an input that breaks must not look like one that ended. */
function feed(
  stdin: Writable,
  lines: readonly string[],
  of: { readonly input: Readable | undefined; readonly breakOff: (why: Broken) => void },
): void {
  // The program may end without reading everything; its end says the rest.
  stdin.on('error', () => undefined);
  stdin.write(`${lines.join('\n')}\n`);
  const { input, breakOff } = of;
  if (input === undefined) {
    stdin.end();
    return;
  }
  // It may have broken while the way to the target was being opened.
  if (input.destroyed && !input.readableEnded)
    breakOff({ kind: 'input', why: input.errored?.message ?? 'it broke off' });
  input.once('error', (error) => breakOff({ kind: 'input', why: error.message }));
  input.once('close', () => input.readableEnded || breakOff({ kind: 'input', why: 'it broke off' }));
  // Not a pipeline: that would take a program which has read enough for an input that broke.
  input.pipe(stdin);
  stdin.once('close', () => input.unpipe(stdin).resume());
}

/** Watches the deadline, the caller's signal, and that the target begins at all. */
function watchClocks(
  { deadlineMs, signal }: TransferRequest,
  breakOff: (why: Broken) => void,
  hasBegun: () => boolean,
): { readonly end: () => void } {
  const late = setTimeout(() => breakOff({ kind: 'deadline', ms: deadlineMs }), deadlineMs);
  const silent = setTimeout(() => hasBegun() || breakOff({ kind: 'deadline', ms: BEGIN_MS }), BEGIN_MS);
  const abort = (): void => breakOff({ kind: 'interrupted' });
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort);
  return {
    end: () => {
      clearTimeout(late);
      clearTimeout(silent);
      signal?.removeEventListener('abort', abort);
    },
  };
}
