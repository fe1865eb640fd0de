import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { withoutFrames } from '../../../../src/executors/docker/log-frames.ts';

function frame(stream: 1 | 2, text: string): Buffer {
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(Buffer.byteLength(text), 4);
  return Buffer.concat([header, Buffer.from(text)]);
}

async function read(bytes: Buffer, size: number): Promise<string> {
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) =>
    bytes.subarray(n * size, (n + 1) * size),
  );
  const contents: Uint8Array[] = [];
  for await (const content of withoutFrames(Readable.from(chunks))) contents.push(content);
  return Buffer.concat(contents).toString('utf8');
}

describe('the log of a container', () => {
  const framed = Buffer.concat([frame(1, 'one\n'), frame(2, 'zwei é\n'), frame(1, ''), frame(1, 'three\n')]);

  it.each([1, 3, 8, 9, 1_000])('is put together in order, in chunks of %d bytes', async (size) => {
    expect(await read(framed, size)).toBe('one\nzwei é\nthree\n');
  });

  it('keeps what came of a frame that was cut', async () => {
    expect(await read(framed.subarray(0, 14), 5)).toBe('one\n');
    expect(await read(framed.subarray(0, 10), 5)).toBe('on');
  });

  it.each(['', 'hi', '{"a":1}\r\n', 'a longer text without frames'])(
    'comes through as it is from a terminal: %j',
    async (text) => {
      expect(await read(Buffer.from(text), 3)).toBe(text);
    },
  );
});
