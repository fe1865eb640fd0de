import { PassThrough } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import type { Pipes } from '../transfer.ts';

/** A channel with a program on it, or why there is none: `busy` may pass, `lost` may not. */
export type OpenedChannel =
  | { readonly kind: 'open'; readonly channel: ClientChannel }
  | { readonly kind: 'busy' | 'lost'; readonly why: string };

/** Starts a program on a channel of its own. */
export function openChannel(client: Client, line: string): Promise<OpenedChannel> {
  return new Promise((resolve) => {
    try {
      client.exec(line, (error, channel) => {
        if (error === undefined) resolve({ kind: 'open', channel });
        // RFC 4254 §5.1: a refusal to open carries a reason; anything else means that the connection is gone.
        else resolve({ kind: 'reason' in error ? 'busy' : 'lost', why: error.message });
      });
    } catch (error) {
      resolve({ kind: 'lost', why: error instanceof Error ? error.message : String(error) });
    }
  });
}

/** The three streams of a channel; `endRemote` ends what runs on the host, by its PID. */
export function pipesOf(channel: ClientChannel, endRemote: (pid: string) => Promise<void>): Pipes {
  const ended = Promise.withResolvers<{ code: number | null; signal: string | null }>();
  let code: number | null = null;
  let signal: string | null = null;
  // Kept apart from the channel: destroying what is read must not keep the channel from closing.
  const stdout = new PassThrough();
  channel.pipe(stdout);
  stdout.once('close', () => channel.unpipe(stdout).resume());
  channel.on('error', () => undefined);
  channel.on('exit', (exitCode: number | null, exitSignal?: string) => {
    code = exitCode;
    signal = exitSignal ?? null;
  });
  channel.once('close', () => {
    // A cut connection closes the channel without ending it.
    stdout.end();
    ended.resolve({ code, signal });
  });
  return {
    stdin: channel,
    stdout,
    stderr: channel.stderr,
    ended: ended.promise,
    async kill(pid) {
      if (pid !== undefined) await endRemote(pid);
      channel.close();
      channel.resume();
      // A host that does not answer any more closes nothing.
      setTimeout(() => ended.resolve({ code, signal }), UNANSWERED_MS).unref();
    },
  };
}

/** Milliseconds that a host gets to close a channel which we close. */
const UNANSWERED_MS = 5_000;
