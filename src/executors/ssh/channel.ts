import type { Client, ClientChannel } from 'ssh2';
import type { Carried, Errand } from '../receipt-carry.ts';
import { scriptLine } from '../receipt-script.ts';

/** How one channel ended; `busy`: the host opens no more of them on this connection now. */
export type ChannelEnd =
  | Exclude<Carried, { kind: 'refused' }>
  | { readonly kind: 'busy'; readonly why: string };

/** Says when to stop waiting: its signal fires at the errand's deadline or when the caller breaks off. */
export interface Patience {
  readonly signal: AbortSignal;
  /** Why it fired. */
  readonly reason: () => 'deadline' | 'interrupted';
  readonly end: () => void;
}

/** Watches an errand's deadline and signal. */
export function patienceFor(errand: Pick<Errand, 'until' | 'signal'>): Patience {
  const stop = new AbortController();
  const abort = (): void => stop.abort();
  const timer = setTimeout(abort, Math.max(0, errand.until - performance.now()));
  errand.signal?.addEventListener('abort', abort);
  if (errand.signal?.aborted === true) abort();
  return {
    signal: stop.signal,
    reason: () => (errand.signal?.aborted === true ? 'interrupted' : 'deadline'),
    end: () => {
      clearTimeout(timer);
      errand.signal?.removeEventListener('abort', abort);
    },
  };
}

/** Runs an errand on one channel of a connection; resolves when it ended, was lost, or patience did. */
export function runOnChannel(client: Client, errand: Errand, patience: Patience): Promise<ChannelEnd> {
  return new Promise((resolve) => {
    let channel: ClientChannel | undefined;
    let settled = false;
    const settle = (end: ChannelEnd): void => {
      if (settled) return;
      settled = true;
      patience.signal.removeEventListener('abort', giveUp);
      resolve(end);
    };
    const giveUp = (): void => {
      channel?.close();
      settle({ kind: patience.reason(), sent: channel !== undefined });
    };
    const opened = (error: Error | undefined, granted: ClientChannel): void => {
      if (error !== undefined) settle(notOpened(error));
      // The script has no input yet and without it does nothing.
      else if (settled) granted.close();
      else {
        channel = granted;
        attach(granted, errand, settle);
      }
    };
    if (patience.signal.aborted) return giveUp();
    patience.signal.addEventListener('abort', giveUp);
    try {
      client.exec(scriptLine[errand.script], opened);
    } catch {
      settle({ kind: 'lost', sent: false });
    }
  });
}

function attach(channel: ClientChannel, errand: Errand, settle: (end: ChannelEnd) => void): void {
  let code: number | null = null;
  let signal: string | null = null;
  channel.on('data', (chunk: Buffer) => errand.stdout.push(chunk));
  // A channel whose stderr nobody reads may never close.
  channel.stderr.on('data', (chunk: Buffer) => errand.stderr.push(chunk));
  channel.on('error', () => undefined);
  channel.on('exit', (exitCode: number | null, exitSignal?: string) => {
    code = exitCode;
    signal = exitSignal ?? null;
  });
  // Closed without a code and without a signal: the connection went away, and nobody knows.
  channel.on('close', () =>
    settle(code === null && signal === null ? { kind: 'lost', sent: true } : { kind: 'ended', code, signal }),
  );
  channel.write(errand.input);
}

/** RFC 4254 §5.1: a refusal to open carries a reason; anything else means that the connection is gone. */
function notOpened(error: Error): ChannelEnd {
  return 'reason' in error && typeof error.reason === 'number'
    ? { kind: 'busy', why: error.message }
    : { kind: 'lost', sent: false };
}
