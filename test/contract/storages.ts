import { randomBytes } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Storage } from '../../src/backups/storages/storage.ts';

/** A storage to try, whatever else lies in it. */
export interface StorageBench {
  readonly storage: Storage;
  /** Names of all that lies there, half-written things included. */
  readonly everything: () => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

const readAll = async (storage: Storage, name: string): Promise<Buffer> => {
  const read = await storage.read(name);
  if (read.kind !== 'succeeded') throw new Error(read.message);
  const chunks: Buffer[] = [];
  for await (const chunk of read.value) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
};

/** What every storage must keep. */
export function storageContract(open: () => Promise<StorageBench>): void {
  let bench: StorageBench;
  beforeAll(async () => {
    bench = await open();
  });
  afterAll(() => bench?.close());

  it('gives back what was written, byte by byte', async () => {
    const bytes = randomBytes(300_000);
    expect(await bench.storage.write('shop/production/db/one.dump', Readable.from([bytes]))).toMatchObject({
      kind: 'succeeded',
    });
    expect((await readAll(bench.storage, 'shop/production/db/one.dump')).equals(bytes)).toBe(true);
  });

  it('takes what is longer than a part, of unknown length', async () => {
    const parts = Array.from({ length: 13 }, () => randomBytes(1_000_000));
    const written = await bench.storage.write('shop/long.tar', Readable.from(parts));
    expect(written).toMatchObject({ kind: 'succeeded' });
    expect((await readAll(bench.storage, 'shop/long.tar')).equals(Buffer.concat(parts))).toBe(true);
  });

  it('lists what lies below a folder, and nothing of a folder that is not there', async () => {
    await bench.storage.write('list/a.dump', Readable.from([Buffer.from('12345')]));
    await bench.storage.write('list/a.dump.json', Readable.from([Buffer.from('{}')]));
    const listed = await bench.storage.list('list');
    expect(
      listed.kind === 'succeeded' && listed.value.toSorted((a, b) => a.name.localeCompare(b.name)),
    ).toEqual([
      { name: 'list/a.dump', bytes: 5 },
      { name: 'list/a.dump.json', bytes: 2 },
    ]);
    expect(await bench.storage.list('nowhere')).toEqual({ kind: 'succeeded', value: [] });
  });

  it('leaves nothing of a stream that breaks, short or long', async () => {
    const before = await bench.everything();
    for (const bytes of [1_000, 12_000_000]) {
      const stream = new PassThrough();
      const written = bench.storage.write('broken/half.dump', stream);
      stream.write(randomBytes(bytes));
      stream.destroy(new Error('the dump ended with code 1'));
      expect(await written).toMatchObject({
        kind: 'failed',
        message: expect.stringContaining('the dump ended with code 1'),
      });
    }
    expect(await bench.everything()).toEqual(before);
    expect(await bench.storage.read('broken/half.dump')).toMatchObject({ code: 'TARGET_NOT_FOUND' });
  });

  it('replaces an object whole, and keeps the old one where that breaks', async () => {
    await bench.storage.write('swap/m.json', Readable.from([Buffer.from('old')]));
    const stream = new PassThrough();
    const broken = bench.storage.write('swap/m.json', stream);
    stream.write('new');
    stream.destroy(new Error('gone'));
    expect((await broken).kind).toBe('failed');
    expect((await readAll(bench.storage, 'swap/m.json')).toString()).toBe('old');
    await bench.storage.write('swap/m.json', Readable.from([Buffer.from('new')]));
    expect((await readAll(bench.storage, 'swap/m.json')).toString()).toBe('new');
  });

  it('removes, also what is not there', async () => {
    await bench.storage.write('gone/x', Readable.from([Buffer.from('x')]));
    expect(await bench.storage.remove('gone/x')).toMatchObject({ kind: 'succeeded' });
    expect(await bench.storage.remove('gone/x')).toMatchObject({ kind: 'succeeded' });
    expect(await bench.storage.read('gone/x')).toMatchObject({ kind: 'failed', code: 'TARGET_NOT_FOUND' });
    expect(await bench.storage.sweep('gone/x')).toMatchObject({ kind: 'succeeded' });
  });

  it('takes no name that leads out of it', async () => {
    for (const name of ['../x', '/x', 'a/../b', '.hidden', 'a//b', 'a b', ''])
      await expect(bench.storage.read(name)).rejects.toThrow('is no name of an object');
  });

  it('says where it is, and no secret', () => {
    const said = JSON.stringify(bench.storage.describe());
    expect(said).toMatch(/"kind"/);
    expect(said).not.toContain('S3RVER');
  });
}
