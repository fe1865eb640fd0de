import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

const MIB = 1024 * 1024;

/** What fills a disk up, in its root. */
export const ballastOf = (disk: string): string => join(disk, 'ballast');

/** Fills a disk to the last block; without the `reserve` of a data folder on it there is nothing left for the ends of what was begun either. */
export async function fillDisk(disk: string, reserve?: string): Promise<void> {
  if (reserve !== undefined) await rm(reserve, { force: true });
  const file = await open(ballastOf(disk), 'a');
  for (let size = MIB; size >= 4096; ) {
    const wrote = await file.write(Buffer.alloc(size, 1)).catch(() => undefined);
    if (wrote === undefined || wrote.bytesWritten < size) size /= 4;
  }
  await file.close();
}

/** Frees it again. */
export const freeDisk = (disk: string): Promise<void> => rm(ballastOf(disk));
