import { createHash } from 'node:crypto';
import { tmpdir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';

/** Bytes of a socket's path that every system takes (sun_path: 104 on macOS, 108 on Linux, with the closing NUL). */
const LONGEST_PATH = 100;

/** Where the bot of a data folder listens for the command line: in the folder, or in one of this user's own where that path is too long. */
export function socketPath(dataFolder: string): string {
  const folder = resolve(dataFolder);
  const inside = join(folder, 'botswain.sock');
  if (Buffer.byteLength(inside) <= LONGEST_PATH) return inside;
  const name = createHash('sha256').update(folder).digest('hex').slice(0, 16);
  return join(tmpdir(), `botswain-${userInfo().uid}`, `${name}.sock`);
}
