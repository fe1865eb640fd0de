import { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';

/** A stream to a program, or why there is none: `busy` may pass, `lost` may not. */
export type OpenedProgram =
  | { readonly kind: 'open'; readonly stream: Duplex }
  | { readonly kind: 'busy' | 'lost'; readonly why: string };

/** Starts a program on a channel of its own. */
export function openProgram(client: Client, line: string): Promise<OpenedProgram> {
  return new Promise((resolve) => {
    try {
      client.exec(line, (error, channel) => {
        if (error === undefined) resolve({ kind: 'open', stream: streamOver(channel) });
        // RFC 4254 §5.1: a refusal to open carries a reason; anything else means that the connection is gone.
        else resolve({ kind: 'reason' in error ? 'busy' : 'lost', why: error.message });
      });
    } catch (error) {
      resolve({ kind: 'lost', why: error instanceof Error ? error.message : String(error) });
    }
  });
}

/**
 * A stream that behaves as Node's do: a channel of ssh2 says nothing of its end while nobody reads, and calls no write
 * back once it is closed. What the program says on stderr is the error it ends with, where it fails before answering.
 */
function streamOver(channel: ClientChannel): Duplex {
  let said = '';
  let answered = false;
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => void channel.resume(),
    write: (chunk: Buffer, encoding, done) => void channel.write(chunk, encoding, done),
    final: (done) => {
      channel.end();
      done();
    },
    destroy: (error, done) => {
      channel.close();
      // Unread bytes would keep it from closing.
      channel.resume();
      done(error);
    },
  });
  // A program that ends at once does so before whoever asked for the stream can listen; that would end the process.
  stream.on('error', () => undefined);
  channel.on('error', (error: Error) => stream.destroy(error));
  channel.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk}`.slice(-1_000);
  });
  channel.on('data', (chunk: Buffer) => {
    answered = true;
    if (!stream.destroyed && !stream.push(chunk)) channel.pause();
  });
  channel.on('close', (code: number | null | undefined) => {
    if (stream.destroyed) return;
    if (!answered && code !== 0) stream.destroy(new Error(said.trim() || 'the connection was lost'));
    else stream.push(null);
  });
  return stream;
}
