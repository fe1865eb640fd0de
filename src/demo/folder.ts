import { mkdir, readdir, readFile, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseDocument } from 'yaml';
import { beginKarma } from './karma.ts';
import type { DemoServer } from './servers.ts';

/** Where the demo keeps things, all of it under `<data>/demo`; absolute paths. */
export interface DemoFolder {
  readonly path: string;
  readonly config: string;
  readonly keys: string;
  /** `HOME` of every command: receipts land here, nothing in the person's own home. */
  readonly home: string;
  readonly ports: string;
  /** There while a demo runs; the bots end by themselves when nobody touches it any more (bot.ts). */
  readonly marker: string;
}

const SOURCE = fileURLToPath(new URL('../../config/demo', import.meta.url));
const PROGRAM = fileURLToPath(new URL('./bot.ts', import.meta.url));
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Names the places below a data folder, which must be absolute; makes nothing. */
export function demoFolder(dataFolder: string): DemoFolder {
  const path = join(dataFolder, 'demo');
  return {
    path,
    config: join(path, 'config'),
    keys: join(path, 'keys'),
    home: join(path, 'home'),
    ports: join(path, 'ports.json'),
    marker: join(path, 'running'),
  };
}

/** The folder that stands for a server's disk. */
export const serverFolder = ({ path }: DemoFolder, { environment, name }: DemoServer): string =>
  join(path, environment, name);

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  await symlink(target, path);
}

/** Makes the folders, and links so that `node bot.ts` runs this Node and this bot. */
export async function layOut(folder: DemoFolder, servers: readonly DemoServer[]): Promise<void> {
  await mkdir(folder.home, { recursive: true, mode: 0o700 });
  await link(process.execPath, join(folder.path, 'bin', 'node'));
  await Promise.all(servers.map((server) => link(PROGRAM, join(serverFolder(folder, server), 'bot.ts'))));
  for (const server of servers.filter(({ name }) => name === 'karmabot-server'))
    beginKarma(join(serverFolder(folder, server), 'karma'));
}

/** What a command on the demo's servers finds in its environment, and nothing else. */
export const commandEnvironment = (folder: DemoFolder): Readonly<Record<string, string>> => ({
  HOME: folder.home,
  LANG: 'C.UTF-8',
  PATH: `${join(folder.path, 'bin')}:${SYSTEM_PATH}`,
  // Or the revision of the checkout around the data folder would pass for that of the bots.
  GIT_CEILING_DIRECTORIES: folder.path,
});

/** What the demo's settings depend on. */
export interface DemoSettings {
  /** What targets.yaml says. */
  readonly targets: string;
  /** Sections of services that this machine cannot do: `deploy`. */
  readonly leaveOut: readonly string[];
}

/** One file of config/demo as it is in this folder: `${demo}` stands for the folder. */
function settingsFile(text: string, folder: DemoFolder, { leaveOut }: DemoSettings): string {
  const placed = text.replace(/\$\{demo\}/g, () => JSON.stringify(folder.path).slice(1, -1));
  if (leaveOut.length === 0) return placed;
  const document = parseDocument(placed);
  for (const section of leaveOut) document.delete(section);
  return document.toString();
}

/** Writes config/demo into the data folder, which alone may be writable, and the targets beside it. */
export async function writeConfig(folder: DemoFolder, settings: DemoSettings): Promise<void> {
  await rm(folder.config, { recursive: true, force: true });
  const names = await readdir(SOURCE, { recursive: true });
  for (const name of names.filter((file) => file.endsWith('.yaml'))) {
    const path = join(folder.config, name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, settingsFile(await readFile(join(SOURCE, name), 'utf8'), folder, settings));
  }
  await writeFile(join(folder.config, 'targets.yaml'), settings.targets);
}

/** Takes away what an earlier demo left on the servers' disks: modes, and what is in the logs. */
export async function tidy(folder: DemoFolder, servers: readonly DemoServer[]): Promise<void> {
  for (const server of servers) {
    const place = serverFolder(folder, server);
    for (const name of await readdir(place)) {
      if (name.endsWith('.mode')) await rm(join(place, name), { force: true });
      // Emptied, not removed: a bot that still runs goes on writing to it.
      if (name.endsWith('.log')) await truncate(join(place, name));
    }
  }
}

/** What the marker of a running demo says. */
export interface Marker {
  /** The PID of its Botswain. */
  readonly pid: number;
  /** Whether its bots were all started and none is being stopped: what stands still then was stopped by hand. */
  readonly isUp: boolean;
}

/** Reads the marker; undefined where the last demo ended cleanly. */
export async function readMarker({ marker }: DemoFolder): Promise<Marker | undefined> {
  const text = await readFile(marker, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const [pid, state] = text.trim().split(' ');
  return { pid: Number(pid), isUp: state === 'up' };
}

/** A marker of our own. */
export interface KeptMarker {
  say(state: 'changing' | 'up'): Promise<void>;
  remove(): Promise<void>;
}

/** Sets the marker and keeps it fresh. */
export async function keepMarker({ marker }: DemoFolder, state: 'changing' | 'up'): Promise<KeptMarker> {
  const say: KeptMarker['say'] = (word) => writeFile(marker, `${process.pid} ${word}\n`);
  await say(state);
  const touch = setInterval(() => {
    const now = new Date();
    utimes(marker, now, now).catch(() => undefined);
  }, 60_000);
  touch.unref();
  return {
    say,
    async remove() {
      clearInterval(touch);
      await rm(marker, { force: true });
    },
  };
}
