import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { alertmanagerPath } from './alertmanager.ts';
import { findChromium } from './chromium.ts';
import { tryDocker } from './docker-cli.ts';
import { engineSocketPath, findEngine, hasImage } from './engine.ts';
import { rigImages } from './images.ts';
import { sshdPath } from './sshd.ts';
import { mountTmpfs } from './tmpfs.ts';

/** The real parts tests may ask for. */
export type PartName =
  | 'sshd'
  | 'engine'
  | 'systemd-host'
  | 'chromium'
  | 'node-slim'
  | 'tmpfs'
  | 'strace'
  | 'git'
  | 'sqlite3'
  | 'zstd'
  | 'alertmanager';

/** What was found of a part: what it is, or what is missing and how to get it. */
export type PartReport =
  | { readonly kind: 'there'; readonly what: string }
  | { readonly kind: 'missing'; readonly why: string; readonly how: string };

/** One look at all parts, made before the first test. */
export type RigReport = Readonly<Record<PartName, PartReport>>;

declare module 'vitest' {
  interface ProvidedContext {
    readonly rig: RigReport;
    /** A file each skipped suite adds a line to. */
    readonly rigSkips: string;
  }
}

const how = 'run `bash .ci/run` as root on Debian 12 to install it';

function missing(why: string): PartReport {
  return { kind: 'missing', why, how };
}

function there(what: string): PartReport {
  return { kind: 'there', what };
}

async function sshd(): Promise<PartReport> {
  if (!existsSync(sshdPath)) return missing(`${sshdPath} is not installed`);
  if (!existsSync('/usr/bin/ssh-keygen')) return missing('/usr/bin/ssh-keygen is not installed');
  return there(sshdPath);
}

async function browser(): Promise<PartReport> {
  const path = findChromium();
  return path === undefined ? missing('no Chromium in CHROMIUM_PATH or /usr/bin') : there(path);
}

async function smallDisk(): Promise<PartReport> {
  try {
    await (await mountTmpfs(65_536)).unmount();
    return there('mount -t tmpfs');
  } catch {
    return { kind: 'missing', why: 'a small file system cannot be mounted', how: 'run the tests as root' };
  }
}

function alertmanager(): PartReport {
  return existsSync(alertmanagerPath)
    ? there(alertmanagerPath)
    : missing(`${alertmanagerPath} is not installed`);
}

function strace(): PartReport {
  const { status } = spawnSync('strace', ['-o', '/dev/null', 'true']);
  return status === 0 ? there('strace') : missing('strace is not installed or may not trace');
}

const program = (name: string): PartReport =>
  spawnSync(name, ['--version']).status === 0 ? there(name) : missing(`${name} is not installed`);

async function image(tag: string, name: string): Promise<PartReport> {
  return (await hasImage(tag)) ? there(tag) : missing(`the engine has no image ${tag} (${name})`);
}

async function enginePart(tiny: string, version: string): Promise<PartReport> {
  const found = await image(tiny, 'busybox for container tests');
  return found.kind === 'there' ? there(`Docker ${version} at ${engineSocketPath}`) : found;
}

/** Looks for every part; takes about a third of a second with an engine. */
export async function lookForParts(): Promise<RigReport> {
  const alone = {
    sshd: await sshd(),
    chromium: await browser(),
    tmpfs: await smallDisk(),
    strace: strace(),
    git: program('git'),
    sqlite3: program('sqlite3'),
    zstd: program('zstd'),
    alertmanager: alertmanager(),
  };
  const engine = await findEngine();
  if (engine === undefined) {
    const installed = (await tryDocker(['--version'])).exitCode === 0;
    const none = missing(
      installed ? `no Docker engine answers at ${engineSocketPath}` : 'Docker is not installed',
    );
    return { ...alone, engine: none, 'systemd-host': none, 'node-slim': none };
  }
  const images = await rigImages();
  const [engineReport, host, node] = await Promise.all([
    enginePart(images.tiny, engine.version),
    image(images.host, 'a Debian host with systemd'),
    image('node:24-slim', 'or its stand-in'),
  ]);
  return { ...alone, engine: engineReport, 'systemd-host': host, 'node-slim': node };
}
