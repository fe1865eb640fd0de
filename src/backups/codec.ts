import { createHash } from 'node:crypto';
import { pipeline, Readable, Transform, type TransformCallback } from 'node:stream';

import type { ReadableStream } from 'node:stream/web';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { failed, succeeded } from '../domain/outcome.ts';
import type { Codec, Sums } from './backup.ts';

/** Level 3 is zstd's own default: 2.4 times as fast as gzip and smaller (facts: apis-and-backups.md C). */
const ZSTD = {
  params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 },
  chunkSize: 256 * 1024,
} as const;

/** Lets bytes through, counts them and sums them up. */
class Counted extends Transform {
  readonly #hash = createHash('sha256');
  readonly #onBytes: (bytes: number) => void;
  #bytes = 0;
  #digest: string | undefined;

  constructor(onBytes: (bytes: number) => void = () => undefined) {
    super();
    this.#onBytes = onBytes;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
    this.#onBytes(this.#bytes);
    done(null, chunk);
  }

  readonly sums = (): Sums => {
    this.#digest ??= this.#hash.digest('hex');
    return { bytes: this.#bytes, sha256: this.#digest };
  };
}

/** Puts streams behind each other; what breaks one breaks all, and the last one says so to whoever reads it. */
function chain(first: Readable, ...rest: readonly [Transform, ...Transform[]]): Readable {
  let last: Readable = first;
  for (const next of rest) {
    pipeline(last, next, () => undefined);
    last = next;
  }
  // Whoever reads it is told; one that is never read must not end the process.
  last.on('error', () => undefined);
  return last;
}

type Bytes = ReadableStream<Uint8Array>;

/** age speaks the streams of the web. */
async function throughAge(
  stream: Readable,
  work: (plain: Bytes) => Promise<globalThis.ReadableStream<Uint8Array>>,
): Promise<Readable> {
  const web: Bytes = Readable.toWeb(stream);
  const made = await work(web);
  const back = Readable.fromWeb(made as Bytes);
  back.on('error', () => undefined);
  return back;
}

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const age = () => import('age-encryption');

async function encrypted(stream: Readable, recipients: readonly string[]): Promise<Readable> {
  const { Encrypter } = await age();
  const encrypter = new Encrypter();
  for (const recipient of recipients) encrypter.addRecipient(recipient);
  return throughAge(stream, (plain) => encrypter.encrypt(plain));
}

async function decrypted(stream: Readable, identities: string): Promise<Readable> {
  const { Decrypter } = await age();
  const decrypter = new Decrypter();
  const lines = identities.split('\n').map((line) => line.trim());
  for (const line of lines) if (line.startsWith('AGE-SECRET-KEY-')) decrypter.addIdentity(line);
  return throughAge(stream, (stored) => decrypter.decrypt(stored));
}

/** zstd, then age, each where it is wanted; sums of both ends. */
export const codec: Codec = {
  async encode(plain, { compress, encryptTo }, onBytes) {
    const before = new Counted(onBytes);
    const after = new Counted();
    const counted = compress ? chain(plain, before, createZstdCompress(ZSTD)) : chain(plain, before);
    try {
      const sealed = encryptTo.length === 0 ? counted : await encrypted(counted, encryptTo);
      return succeeded({ content: chain(sealed, after), plain: before.sums, stored: after.sums });
    } catch (error) {
      plain.destroy();
      return failed('CONFIG_INVALID', `it cannot be encrypted: ${words(error)}`, 'Correct `encrypt_to`.');
    }
  },

  async decode(stored, { compressed, identity }, onBytes) {
    const before = new Counted(onBytes);
    const after = new Counted();
    let content = chain(stored, before);
    if (identity !== undefined) {
      try {
        content = await decrypted(content, identity);
      } catch (error) {
        stored.destroy();
        return failed(
          'TARGET_NOT_VERIFIED',
          `it cannot be decrypted with the identity in the settings: ${words(error)}`,
        );
      }
    }
    const opened = compressed ? chain(content, createZstdDecompress(), after) : chain(content, after);
    return succeeded({ content: opened, plain: after.sums, stored: before.sums });
  },

  async sums(stored, onBytes) {
    const counted = new Counted(onBytes);
    for await (const _ of chain(stored, counted));
    return counted.sums();
  },
};
