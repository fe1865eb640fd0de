import {
  accessSync,
  constants,
  readdirSync,
  readlinkSync,
  realpathSync,
  statfsSync,
  statSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import process from 'node:process';
import { type Diagnosis, doubtful, good, wrong } from '../domain/diagnosis.ts';
import { shellWord } from './shell-word.ts';

/** The Node that Botswain is written for and tested with. */
const NODE_MAJOR = 24;
const MEBIBYTE = 1_048_576;
/** The journal refuses new work when its reserve is gone; a day of a busy fleet takes a few megabytes. */
const LOW_BYTES = 1_024 * MEBIBYTE;
const TOO_LOW_BYTES = 100 * MEBIBYTE;

/** Says whether this Node will do. */
export function nodeDiagnosis(version: string = process.versions.node): Diagnosis {
  if (Number(version.split('.')[0]) >= NODE_MAJOR) return good(`Node ${version}`);
  return wrong(
    `Node ${version}: Botswain needs ${NODE_MAJOR}`,
    'Start it with `npm start`, which takes the Node that is installed beside it: node_modules/.bin/node',
  );
}

/** Looks at the data folder without opening the journal. */
export function dataDiagnoses(dataFolder: string): readonly Diagnosis[] {
  const folder = resolve(dataFolder);
  const state = folderState(folder);
  if (state.kind === 'absent') return [absent(folder), ...disk(dirname(folder))];
  if (state.kind === 'no folder')
    return [
      wrong(
        `data folder ${folder}: it is not a folder`,
        `Move it away, or name another folder in BOTSWAIN_DATA.`,
      ),
    ];
  return [access(folder), ...modes(folder, state.mode), ...users(folder), ...disk(folder)];
}

type FolderState =
  | { readonly kind: 'absent' }
  | { readonly kind: 'no folder' }
  | { readonly kind: 'there'; readonly mode: number };

function folderState(folder: string): FolderState {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) return { kind: 'absent' };
  return found.isDirectory() ? { kind: 'there', mode: found.mode & 0o777 } : { kind: 'no folder' };
}

function nearestFolder(folder: string): string {
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true
    ? folder
    : nearestFolder(dirname(folder));
}

function mayWrite(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const whoAmI = (): string => String(process.getuid?.() ?? 'this user');

function absent(folder: string): Diagnosis {
  const above = nearestFolder(dirname(folder));
  if (mayWrite(above)) return good(`data folder ${folder}: not there yet, the first start makes it`);
  return wrong(
    `data folder ${folder}: it is not there, and ${above} may not be written`,
    `As root: install -d -m 700 -o ${whoAmI()} ${shellWord(folder)}`,
  );
}

function access(folder: string): Diagnosis {
  if (mayWrite(folder)) return good(`data folder ${folder}: may be written`);
  return wrong(
    `data folder ${folder}: it may not be written`,
    `As root: chown -R ${whoAmI()} ${shellWord(folder)}`,
  );
}

/** The folder, then the journal's own file, which holds what was said in the chats. */
function modes(folder: string, mode: number): readonly Diagnosis[] {
  const octal = mode.toString(8).padStart(3, '0');
  if ((mode & 0o077) === 0) return [good(`data folder: mode ${octal}, nobody else may look into it`)];
  return [doubtful(`data folder: mode ${octal}, others may look into it`, `chmod 700 ${shellWord(folder)}`)];
}

/** Processes that hold the journal open, as far as this user may see them; only Linux tells. */
function users(folder: string): readonly Diagnosis[] {
  const journal = join(folder, 'botswain.db');
  if (statSync(journal, { throwIfNoEntry: false }) === undefined) return [];
  const path = realpathSync(journal);
  const pids = processes().filter((pid) => holds(pid, path));
  if (pids.length === 0)
    return [good('data folder: no other process has the journal, as far as can be seen')];
  return [good(`data folder: process ${pids.join(', ')} has the journal, so the bot runs; that is fine`)];
}

function processes(): readonly string[] {
  try {
    return readdirSync('/proc').filter((name) => /^\d+$/.test(name) && name !== String(process.pid));
  } catch {
    return [];
  }
}

function holds(pid: string, path: string): boolean {
  const folder = `/proc/${pid}/fd`;
  try {
    return readdirSync(folder).some((name) => linkOf(join(folder, name)) === path);
  } catch {
    // It belongs to somebody else, or has just ended.
    return false;
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function disk(folder: string): readonly Diagnosis[] {
  const { bavail, bsize } = statfsSync(nearestFolder(folder));
  const free = bavail * bsize;
  const text = `disk: ${sizeText(free)} free`;
  const mend = 'Make room there, or name a folder on another disk in BOTSWAIN_DATA.';
  if (free < TOO_LOW_BYTES) return [wrong(text, mend)];
  return [free < LOW_BYTES ? doubtful(text, mend) : good(text)];
}

const sizeText = (bytes: number): string =>
  bytes >= 1_024 * MEBIBYTE
    ? `${(bytes / 1_024 / MEBIBYTE).toFixed(1)} GiB`
    : `${Math.floor(bytes / MEBIBYTE)} MiB`;
