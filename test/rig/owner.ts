import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { docker, tryDocker } from './docker-cli.ts';

const label = 'botswain-rig.owner';

function startedAt(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}

/** Who started a container: pid and start time of the test run, so that a later run sees which leftovers have no owner. */
export function owner(): string {
  return process.env.BOTSWAIN_RIG_OWNER ?? `${process.pid}.${startedAt(process.pid) ?? ''}`;
}

/** Makes a temporary folder whose name says who owns it (short: a socket's path may have 107 bytes at most). */
export function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), `rig-${owner()}-`));
}

async function removeFolders(gone: (folderOwner: string) => boolean): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const folderOwner = /^rig-(\d+\.\d*)-\w{6}$/.exec(name)?.[1];
    if (folderOwner !== undefined && gone(folderOwner))
      await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
}

/** The labels every container of the rig gets. */
export function ownerLabels(): readonly string[] {
  return ['--label', 'botswain-rig', '--label', `${label}=${owner()}`];
}

async function removeWhere(gone: (containerOwner: string) => boolean): Promise<void> {
  const listed = await tryDocker([
    'ps',
    '-a',
    '--filter',
    'label=botswain-rig',
    '--format',
    `{{.ID}} {{.Label "${label}"}}`,
  ]);
  const ids = listed.stdout
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([id, containerOwner]) => id && gone(containerOwner ?? ''))
    .map(([id]) => id ?? '');
  if (ids.length > 0) await docker('rm', '-fv', ...ids);
}

function isOver(someone: string): boolean {
  const [pid, started] = someone.split('.');
  return startedAt(Number(pid)) !== started;
}

/** Removes containers and folders of runs that are over (killed before they could tidy up). */
export async function removeLeftovers(): Promise<void> {
  await removeWhere(isOver);
  await removeFolders(isOver);
}

/** Removes what is left of this run. */
export async function removeOwn(): Promise<void> {
  await removeWhere((someone) => someone === owner());
  await removeFolders((someone) => someone === owner());
}
