import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { describe, expect, it } from 'vitest';
import { codec } from '../../../src/backups/codec.ts';
import { describeWith } from '../../rig/rig.ts';

const quiet = (): void => undefined;
const all = async (stream: Readable): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
};
const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

async function encode(bytes: readonly Buffer[], how: { compress: boolean; encryptTo: readonly string[] }) {
  const coded = await codec.encode(Readable.from(bytes), how, quiet);
  if (coded.kind !== 'succeeded') throw new Error(coded.message);
  return { stored: await all(coded.value.content), sums: coded.value };
}

async function decode(stored: Buffer, how: { compressed: boolean; identity?: string }) {
  const coded = await codec.decode(Readable.from([stored]), how, quiet);
  if (coded.kind !== 'succeeded') throw new Error(coded.message);
  return { plain: await all(coded.value.content), sums: coded.value };
}

describe('an artifact on its way', () => {
  for (const size of [0, 1, 65_536, 5_000_001])
    for (const compress of [true, false])
      it(`comes back as it went: ${size} bytes, ${compress ? 'with' : 'without'} zstd, with and without age`, async () => {
        const bytes = Buffer.concat([randomBytes(Math.floor(size / 2)), Buffer.alloc(Math.ceil(size / 2))]);
        const identity = await generateIdentity();
        const recipient = await identityToRecipient(identity);
        for (const encryptTo of [[], [recipient]]) {
          const { stored, sums } = await encode([bytes], { compress, encryptTo });
          expect(sums.plain()).toEqual({ bytes: size, sha256: sha256(bytes) });
          expect(sums.stored()).toEqual({ bytes: stored.length, sha256: sha256(stored) });
          const opened = encryptTo.length > 0 ? { identity: `# a key\n${identity}\n` } : {};
          const back = await decode(stored, { compressed: compress, ...opened });
          expect(back.plain.equals(bytes)).toBe(true);
          expect(back.sums.plain()).toEqual(sums.plain());
        }
      });

  it('breaks where it was cut or altered, with zstd and with age', async () => {
    const identity = await generateIdentity();
    const encryptTo = [await identityToRecipient(identity)];
    const bytes = Buffer.concat([randomBytes(200_000)]);
    for (const how of [
      { encryptTo: [], compress: true },
      { encryptTo, compress: false },
    ]) {
      const { stored } = await encode([bytes], how);
      const altered = Buffer.from(stored);
      altered[100_000] = (altered[100_000] ?? 0) ^ 1;
      const opened = { compressed: how.compress, ...(how.encryptTo.length > 0 ? { identity } : {}) };
      await expect(decode(stored.subarray(0, 100_000), opened)).rejects.toThrow();
      await expect(decode(altered, opened)).rejects.toThrow();
    }
  });

  it('is refused to another identity', async () => {
    const encryptTo = [await identityToRecipient(await generateIdentity())];
    const { stored } = await encode([randomBytes(100)], { compress: true, encryptTo });
    const other = await generateIdentity();
    await expect(decode(stored, { compressed: true, identity: other })).rejects.toThrow(
      /cannot be decrypted/,
    );
  });

  it('breaks where its source does, however it is coded', async () => {
    const encryptTo = [await identityToRecipient(await generateIdentity())];
    for (const how of [
      { compress: false, encryptTo: [] },
      { compress: true, encryptTo: [] },
      { compress: true, encryptTo },
    ]) {
      const source = new PassThrough();
      const coded = await codec.encode(source, how, quiet);
      if (coded.kind !== 'succeeded') throw new Error(coded.message);
      const read = all(coded.value.content);
      source.write(randomBytes(300_000));
      source.destroy(new Error('pg_dump ended with code 1'));
      await expect(read).rejects.toThrow('pg_dump ended with code 1');
    }
  });

  it('says of a recipient that is none what is wrong', async () => {
    const encryptTo = [`age1${'q'.repeat(58)}`];
    expect(await codec.encode(Readable.from(['x']), { compress: true, encryptTo }, quiet)).toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});

describeWith(['zstd'], 'an artifact that was compressed', () => {
  it('is what zstd itself reads', async () => {
    const bytes = randomBytes(700_000);
    const { stored } = await encode([bytes.subarray(0, 10), bytes.subarray(10)], {
      compress: true,
      encryptTo: [],
    });
    expect(execFileSync('zstd', ['-d', '-c'], { input: stored, maxBuffer: 2_000_000 }).equals(bytes)).toBe(
      true,
    );
  });
});
