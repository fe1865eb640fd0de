import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { commandEnvironment, type DemoFolder, serverFolder } from './folder.ts';
import type { DemoServer } from './servers.ts';

/** A version of katana-bot: all that differs is what `RELEASE` says, which bot.ts reads. */
interface Release {
  readonly version: string;
  readonly subject: string;
  /** Second line of `RELEASE`: how it behaves (bot-mode.ts). */
  readonly mode: string;
  /** Unix seconds; fixed, so that the commits are the same in every demo. */
  readonly at: number;
}

const FIRST = 'v2.1.3';

const RELEASES: readonly Release[] = [
  { version: '2.1.3', subject: '2.1.3: answer in threads', mode: 'ok', at: 1_788_249_600 },
  { version: '2.2.0', subject: '2.2.0: remember what was asked before', mode: 'ok', at: 1_789_459_200 },
  { version: '2.3.0', subject: '2.3.0: sign in the new way', mode: 'broken', at: 1_790_668_800 },
];

const releaseFile = ({ version, mode }: Pick<Release, 'version' | 'mode'>): string => `${version}\n${mode}\n`;

const piece = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;

/** One commit and its tag, as `git fast-import` reads them. */
const imported = (release: Release): string =>
  [
    'commit refs/heads/main\n',
    `committer Katana <katana@example.org> ${release.at} +0000\n`,
    piece(release.subject),
    'M 100644 inline RELEASE\n',
    piece(releaseFile(release)),
    `reset refs/tags/v${release.version}\nfrom refs/heads/main\n\n`,
  ].join('');

const run = promisify(execFile);

/** Git as commands on the demo's servers find it. */
type Git = (args: readonly string[], input?: string) => Promise<string>;

function gitOf(folder: DemoFolder): Git {
  const options = { env: { ...commandEnvironment(folder) }, cwd: folder.path, timeout: 20_000 };
  return async (args, input) => {
    const going = run('git', args, options);
    going.child.stdin?.on('error', () => undefined);
    going.child.stdin?.end(input ?? '');
    return (await going).stdout.trim();
  };
}

/** Makes the repository that katana-bot is deployed from, once; it is whole or not there. */
async function makeRepository(git: Git, path: string): Promise<void> {
  if (existsSync(path)) return;
  const fresh = `${path}.new`;
  await rm(fresh, { recursive: true, force: true });
  await git(['init', '-q', '--bare', fresh]);
  await git(['-C', fresh, 'symbolic-ref', 'HEAD', 'refs/heads/main']);
  await git(['-C', fresh, 'fast-import', '--quiet'], RELEASES.map(imported).join(''));
  await rename(fresh, path);
}

/** Makes a server's folder a checkout of it at the first version; what was deployed since stays. */
async function checkOut(git: Git, place: string, repository: string): Promise<void> {
  const here = (...args: readonly string[]): Promise<string> => git(['-C', place, ...args]);
  await here('init', '-q');
  // The data folder may have been moved.
  await here('config', 'remote.origin.url', repository);
  const head = await here('rev-parse', '-q', '--verify', 'HEAD').catch(() => undefined);
  if (head !== undefined && existsSync(join(place, 'RELEASE'))) return;
  await here('config', 'remote.origin.fetch', '+refs/heads/*:refs/remotes/origin/*');
  await here('fetch', '-q', '--no-tags', 'origin', `refs/tags/${FIRST}:refs/tags/${FIRST}`);
  await here('checkout', '-q', '-f', '--detach', `refs/tags/${FIRST}`);
}

/** Writes the first version where no git does: the bot runs all the same. */
async function writeFirst(place: string): Promise<void> {
  const path = join(place, 'RELEASE');
  if (!existsSync(path)) await writeFile(path, releaseFile({ version: FIRST.slice(1), mode: 'ok' }));
}

/** Makes the folders of katana-bot's servers checkouts; says why it cannot be deployed where git does not do. */
export async function layOutReleases(
  folder: DemoFolder,
  servers: readonly DemoServer[],
): Promise<string | undefined> {
  const git = gitOf(folder);
  const repository = join(folder.path, 'katana-bot.git');
  const places = servers
    .filter(({ name }) => name === 'katana-server')
    .map((server) => serverFolder(folder, server));
  try {
    await git(['--version']);
    await makeRepository(git, repository);
    for (const place of places) await checkOut(git, place, repository);
    return undefined;
  } catch (error) {
    for (const place of places) await writeFirst(place);
    return error instanceof Error ? error.message.trim() : String(error);
  }
}
