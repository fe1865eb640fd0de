import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import S3rver from 's3rver';
import { afterAll, describe, expect, it } from 'vitest';
import { folderStorage } from '../../src/backups/storages/folder.ts';
import { storageKinds } from '../../src/backups/storages/registry.ts';
import { s3Storage } from '../../src/backups/storages/s3.ts';
import { failed, succeeded } from '../../src/domain/outcome.ts';
import { describeWith } from '../rig/rig.ts';
import { mountTmpfs } from '../rig/tmpfs.ts';
import { type StorageBench, storageContract } from './storages.ts';

const folders: string[] = [];
const folder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), 'storage-'));
  folders.push(made);
  return made;
};
afterAll(() => Promise.all(folders.map((each) => rm(each, { recursive: true, force: true }))));

const ports = { secret: () => succeeded('S3RVER') };
const filesIn = async (path: string): Promise<readonly string[]> =>
  (await readdir(path, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted();

async function inFolder(): Promise<StorageBench> {
  const path = await folder();
  return {
    storage: folderStorage.create({ path }, ports),
    everything: () => filesIn(path),
    close: async () => {},
  };
}

async function inBucket(): Promise<StorageBench> {
  const directory = await folder();
  const server = new S3rver({
    port: 0,
    address: '127.0.0.1',
    silent: true,
    directory,
    configureBuckets: [{ name: 'backups', configs: [] }],
  });
  const { port } = await server.run();
  const settings = s3Storage.settings.parse({
    bucket: 'backups',
    endpoint: `http://127.0.0.1:${port}`,
    path_style: true,
    prefix: 'botswain',
    access_key: { env: 'KEY' },
    secret_key: { env: 'SECRET' },
    part_mib: 5,
    checksums: 'when_required',
  });
  const storage = s3Storage.create(settings, ports);
  return {
    storage,
    everything: async () =>
      (await filesIn(join(directory, 'backups'))).filter((name) => !name.includes('.S3rver_uploads')),
    close: async () => {
      await storage.close();
      await server.close();
    },
  };
}

const benches: Readonly<Record<string, () => Promise<StorageBench>>> = { folder: inFolder, s3: inBucket };

for (const { kind } of storageKinds)
  describe(`the storage ${kind}`, () =>
    storageContract(benches[kind] ?? (() => Promise.reject(new Error(`no bench for ${kind}`)))));

describe('the folder', () => {
  it('lets nobody else read what lies there', async () => {
    const path = await folder();
    await folderStorage.create({ path }, ports).write('a/b', Readable.from(['x']));
    expect((await stat(join(path, 'a/b'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(path, 'a'))).mode & 0o777).toBe(0o700);
  });

  it('sweeps what a killed process left of one object, and nothing else', async () => {
    const path = await folder();
    await mkdir(join(path, 'a'));
    await writeFile(join(path, 'a', 'b.dump.4711.partial'), 'half');
    await writeFile(join(path, 'a', 'c.dump.4711.partial'), 'half of another');
    const storage = folderStorage.create({ path }, ports);
    expect(await storage.list('a')).toEqual({ kind: 'succeeded', value: [] });
    await storage.sweep('a/b.dump');
    expect(await readdir(join(path, 'a'))).toEqual(['c.dump.4711.partial']);
  });

  it('says of a place that is a file what is wrong', async () => {
    const path = join(await folder(), 'file');
    await writeFile(path, '');
    await chmod(path, 0o600);
    const written = await folderStorage.create({ path }, ports).write('a', Readable.from(['x']));
    expect(written).toMatchObject({ kind: 'failed', code: 'STORE_UNAVAILABLE' });
  });
});

describeWith(['tmpfs'], 'a folder on a disk that fills up', () => {
  it('says so, leaves nothing, and takes the next one when there is room', async () => {
    const disk = await mountTmpfs(2_000_000);
    try {
      const storage = folderStorage.create({ path: disk.folder }, ports);
      const written = await storage.write(
        'a/big',
        Readable.from([Buffer.alloc(1_500_000), Buffer.alloc(1_500_000)]),
      );
      expect(written).toMatchObject({
        kind: 'failed',
        code: 'STORE_FULL',
        message: expect.stringContaining('full'),
      });
      expect(await filesIn(disk.folder)).toEqual([]);
      await disk.resize(8_000_000);
      expect(await storage.write('a/big', Readable.from([Buffer.alloc(3_000_000)]))).toMatchObject({
        kind: 'succeeded',
      });
    } finally {
      await disk.unmount();
    }
  });
});

describe('a bucket that cannot be used', () => {
  const s3 = (port: number, secret: Parameters<typeof s3Storage.create>[1]['secret'], bucket = 'missing') =>
    s3Storage.create(
      s3Storage.settings.parse({
        bucket,
        endpoint: `http://127.0.0.1:${port}`,
        path_style: true,
        access_key: { env: 'KEY' },
        secret_key: { env: 'SECRET' },
      }),
      { secret },
    );

  it('says which secret is missing', async () => {
    const storage = s3(1, () => failed('CONFIG_SECRET_MISSING', 'KEY is not set'));
    expect(await storage.write('a', Readable.from(['x']))).toMatchObject({ code: 'CONFIG_SECRET_MISSING' });
  });

  it('says that there is no such bucket', async () => {
    const directory = await folder();
    const server = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory });
    const { port } = await server.run();
    const storage = s3(port, () => succeeded('S3RVER'));
    expect(await storage.write('a', Readable.from([Buffer.from('x')]))).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('there is no bucket missing'),
    });
    await storage.close();
    await server.close();
  });
});
