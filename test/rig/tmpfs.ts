import { execFile } from 'node:child_process';
import { mkdtemp, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A small file system of its own in memory, to be filled up. */
export interface Tmpfs {
  readonly folder: string;
  /** Makes it larger or smaller; bytes. */
  resize(bytes: number): Promise<void>;
  unmount(): Promise<void>;
}

/** Mounts a file system of this many bytes; needs root. */
export async function mountTmpfs(bytes: number): Promise<Tmpfs> {
  const folder = await mkdtemp(join(tmpdir(), 'small-disk-'));
  try {
    await run('mount', ['-t', 'tmpfs', '-o', `size=${bytes}`, 'botswain-small-disk', folder]);
  } catch (error) {
    await rmdir(folder);
    throw error;
  }
  return {
    folder,
    async resize(next) {
      await run('mount', ['-o', `remount,size=${next}`, folder]);
    },
    async unmount() {
      await run('umount', [folder]);
      await rmdir(folder);
    },
  };
}
