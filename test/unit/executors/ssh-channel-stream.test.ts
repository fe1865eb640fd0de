import { Duplex, PassThrough } from 'node:stream';
import { Client, type ClientCallback, type ClientChannel, type ExecOptions } from 'ssh2';
import { describe, expect, it } from 'vitest';
import { openProgram } from '../../../src/executors/ssh/channel-stream.ts';

class Channel extends Duplex implements ClientChannel {
  readonly stdin = this;
  readonly stdout = this;
  readonly stderr = new PassThrough();
  readonly server = false;
  readonly type = 'session';
  readonly incoming = undefined;
  readonly outgoing = undefined;
  eof(): void {}
  close(): void {}
  setWindow(): void {}
  signal(): void {}
  exit(): void {}
  override _read(): void {}
}

/** A host whose program has ended before anybody hears that it began: all of it came in one packet. */
class Hasty extends Client {
  override exec(_line: string, given: ExecOptions | ClientCallback, later?: ClientCallback): this {
    const opened = typeof given === 'function' ? given : later;
    const channel = new Channel();
    opened?.(undefined, channel);
    channel.stderr.emit('data', Buffer.from('sudo: a password is required\n'));
    channel.emit('close', 1);
    return this;
  }
}

describe('a stream to a program that ends at once', () => {
  it('is given as one that has ended, and ends nothing else', async () => {
    const thrown: unknown[] = [];
    const hear = (error: unknown): void => void thrown.push(error);
    process.on('uncaughtException', hear);
    const opened = await openProgram(new Hasty(), 'exec docker');
    await new Promise((resolve) => setImmediate(resolve));
    process.off('uncaughtException', hear);
    expect(thrown).toEqual([]);
    if (opened.kind !== 'open') throw new Error(opened.why);
    expect(opened.stream.destroyed).toBe(true);
    expect(opened.stream.errored?.message).toBe('sudo: a password is required');
  });
});
