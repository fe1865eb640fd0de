import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { type FileHandle, mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { type Failed, failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import { checkName, type Storage, type StorageKind, type StoredObject } from './storage.ts';

const folderSettings = z.strictObject({
  path: z
    .string()
    .startsWith('/', 'write a path from the root on')
    .describe('the folder; made with mode 0700'),
});

/** What a file is called while it is written; no name of an object ends like it. */
const PARTIAL = '.partial';

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'Make room there, or name another storage.',
  EDQUOT: 'Make room there, or name another storage.',
  EACCES: 'Give the user that runs Botswain the right to write there.',
  EPERM: 'Give the user that runs Botswain the right to write there.',
  EROFS: 'Mount it so that it can be written.',
};

const WORDS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota is used up',
  EACCES: 'it may not be used',
  EPERM: 'it may not be used',
  EROFS: 'it is mounted read-only',
  ENOENT: 'it is not there',
};

/** What the file system said; anything else is a bug, or what broke the stream, and is said as it is. */
function refused(path: string, error: unknown): Failed {
  const code = codeOf(error);
  const why = WORDS[code ?? ''] ?? (error instanceof Error ? error.message : String(error));
  const text = code === undefined ? why : `the folder ${path} took it not: ${why}`;
  const sort = code === 'ENOSPC' || code === 'EDQUOT' ? 'STORE_FULL' : 'STORE_UNAVAILABLE';
  return failed(code === undefined ? 'TARGET_INTERRUPTED' : sort, text, REMEDIES[code ?? '']);
}

/** A name stands on the disk only once its folder does. */
async function flushFolder(path: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    await handle.sync();
  } finally {
    await handle?.close();
  }
}

async function filesBelow(root: string, folder: string): Promise<readonly StoredObject[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith(PARTIAL));
  return Promise.all(
    files.map(async (entry) => {
      const path = join(entry.parentPath, entry.name);
      return { name: path.slice(root.length + 1), bytes: (await stat(path)).size };
    }),
  );
}

class Folder implements Storage {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root.replace(/\/+$/, '');
  }

  async write(name: string, content: Readable): Promise<Outcome<void>> {
    const path = join(this.#root, checkName(name));
    const partial = `${path}.${randomUUID()}${PARTIAL}`;
    // It may break before anybody reads it.
    content.on('error', () => undefined);
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await pipeline(content, createWriteStream(partial, { flags: 'wx', mode: 0o600, flush: true }));
      await rename(partial, path);
      await flushFolder(dirname(path));
      return succeeded(undefined);
    } catch (error) {
      content.destroy();
      await rm(partial, { force: true }).catch(() => undefined);
      return refused(this.#root, error);
    }
  }

  async read(name: string): Promise<Outcome<Readable>> {
    const path = join(this.#root, checkName(name));
    try {
      const handle = await open(path, 'r');
      return succeeded(createReadStream(path, { fd: handle, highWaterMark: 1024 * 1024 }));
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') return refused(this.#root, error);
      return failed('TARGET_NOT_FOUND', `${name} is not in the folder ${this.#root} any more`);
    }
  }

  async list(folder: string): Promise<Outcome<readonly StoredObject[]>> {
    try {
      return succeeded(await filesBelow(this.#root, checkName(folder)));
    } catch (error) {
      return codeOf(error) === 'ENOENT' ? succeeded([]) : refused(this.#root, error);
    }
  }

  async remove(name: string): Promise<Outcome<void>> {
    return this.#removing(() => rm(join(this.#root, checkName(name)), { force: true }));
  }

  async sweep(name: string): Promise<Outcome<void>> {
    const path = join(this.#root, checkName(name));
    return this.#removing(async () => {
      const names = await readdir(dirname(path));
      const left = names.filter((one) => one.startsWith(`${basename(path)}.`) && one.endsWith(PARTIAL));
      for (const one of left) await rm(join(dirname(path), one), { force: true });
    });
  }

  describe() {
    return { kind: 'folder', path: this.#root };
  }

  async close(): Promise<void> {}

  async #removing(remove: () => Promise<void>): Promise<Outcome<void>> {
    try {
      await remove();
      return succeeded(undefined);
    } catch (error) {
      return codeOf(error) === 'ENOENT' ? succeeded(undefined) : refused(this.#root, error);
    }
  }
}

/** A folder on the machine the bot runs on: a disk of its own, or one that is mounted from elsewhere. */
export const folderStorage: StorageKind = {
  kind: 'folder',
  summary: 'a folder on the machine the bot runs on',
  settings: folderSettings,
  create: (settings) => new Folder(folderSettings.parse(settings).path),
};
