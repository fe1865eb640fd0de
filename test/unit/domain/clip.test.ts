import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { clipBytes, clipStream } from '../../../src/domain/clip.ts';

describe('clipping output', () => {
  it('leaves alone what fits', () => {
    expect(clipBytes(Buffer.from('abc'), 3)).toEqual({ text: 'abc', truncated: false });
  });

  it('keeps head and tail and says how much is missing', () => {
    expect(clipBytes(Buffer.from('0123456789'), 4)).toEqual({
      text: '01\n… 6 bytes left out …\n89',
      truncated: true,
    });
  });

  it('breaks no character, wherever the cut falls', () => {
    const text = 'aé€😀'.repeat(20);
    for (let cap = 2; cap < 60; cap += 1)
      expect(clipBytes(Buffer.from(text), cap).text).not.toContain('\ufffd');
  });

  it.each([1, 7, 64, 1_000, 5_000])(
    'gives the same of a stream in chunks of %d bytes as of the whole',
    async (size) => {
      const whole = Buffer.from(Array.from({ length: 400 }, (_, n) => `line ${n} é\n`).join(''));
      const chunks = Array.from({ length: Math.ceil(whole.length / size) }, (_, n) =>
        whole.subarray(n * size, (n + 1) * size),
      );
      for (const cap of [10, 100, 1_000, 10_000])
        expect(await clipStream(Readable.from(chunks), cap)).toEqual(clipBytes(whole, cap));
    },
  );
});
