import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { terminalUser } from '../../../config/load.ts';

const Content = z.object({ session: z.string(), person: z.string(), name: z.string() });

/** Who this terminal is signed in as. */
export type TerminalSession = z.infer<typeof Content>;

/** One file a data folder and person at the terminal: people who became the bot's user by sudo share its home. */
const fileOf = (dataFolder: string): string => {
  const name = createHash('sha256').update(resolve(dataFolder)).digest('hex').slice(0, 16);
  const who = terminalUser().replace(/[^\w.-]/g, '_');
  return join(homedir(), '.config', 'botswain', `session-${who}-${name}.json`);
};

/** Keeps a session readable by this user alone (0600). */
export function saveSession(dataFolder: string, session: TerminalSession): string {
  const path = fileOf(dataFolder);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  // Written anew: a file that was there with a wider mode would keep it.
  rmSync(path, { force: true });
  writeFileSync(path, JSON.stringify(session), { mode: 0o600, flag: 'wx' });
  return path;
}

/** The session kept for a data folder; undefined when there is none, or others may read it. */
export function readSession(dataFolder: string): TerminalSession | undefined {
  const path = fileOf(dataFolder);
  try {
    if ((statSync(path).mode & 0o077) !== 0) return undefined;
    return Content.safeParse(JSON.parse(readFileSync(path, 'utf8'))).data;
  } catch {
    // Missing, unreadable or no JSON all mean the same: sign in.
    return undefined;
  }
}

/** Forgets it. */
export const forgetSession = (dataFolder: string): void => rmSync(fileOf(dataFolder), { force: true });
