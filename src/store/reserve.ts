import { randomBytes } from 'node:crypto';
import { existsSync, rmSync, statfsSync, writeFileSync } from 'node:fs';

/** Bytes kept back for the day the disk is full: some hundred ends of steps and changes. */
const RESERVE_BYTES = 1024 * 1024;

/** Disk space kept back so that, on a full disk, the end of what was begun can still be written down. */
export interface Reserve {
  isThere(): boolean;
  /** Gives the space free; false when there was none left to give. */
  free(): boolean;
  /** Takes the space back, or makes it the first time; false when the disk has too little. */
  restore(): boolean;
}

/** The reserve is one file; random bytes, because some file systems give no space to zeros. */
export function openReserve(path: string, folder: string): Reserve {
  const reserve: Reserve = {
    isThere: () => existsSync(path),
    free() {
      if (!existsSync(path)) return false;
      rmSync(path, { force: true });
      return true;
    },
    restore() {
      if (existsSync(path)) return true;
      const { bavail, bsize } = statfsSync(folder);
      if (bavail * bsize < 2 * RESERVE_BYTES) return false;
      try {
        writeFileSync(path, randomBytes(RESERVE_BYTES), { mode: 0o600, flush: true });
        return true;
      } catch {
        rmSync(path, { force: true });
        return false;
      }
    },
  };
  return reserve;
}
