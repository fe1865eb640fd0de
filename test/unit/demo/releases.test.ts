import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DemoFolder, demoFolder, layOut, writeConfig } from '../../../src/demo/folder.ts';
import { layOutReleases } from '../../../src/demo/releases.ts';
import { DEMO_SERVERS } from '../../../src/demo/servers.ts';
import { describeWith } from '../../rig/rig.ts';

let dataFolder: string;
let folder: DemoFolder;

beforeEach(async () => {
  dataFolder = await mkdtemp(join(tmpdir(), 'botswain-demo-releases-'));
  folder = demoFolder(dataFolder);
  await layOut(folder, DEMO_SERVERS);
});
afterEach(() => rm(dataFolder, { recursive: true, force: true }));

const prepare = (): Promise<string | undefined> => layOutReleases(folder, DEMO_SERVERS);
const place = (): string => join(folder.path, 'production/katana-server');
const release = (): Promise<string> => readFile(join(place(), 'RELEASE'), 'utf8');
const breakGit = (): Promise<void> =>
  writeFile(join(folder.path, 'bin/git'), '#!/bin/sh\necho no git today >&2\nexit 1\n', { mode: 0o755 });

describeWith(['git'], 'the repository of katana-bot', () => {
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', place(), ...args], { encoding: 'utf8' }).trim();

  it('has the first version checked out, and the others to be fetched', async () => {
    expect(await prepare()).toBeUndefined();
    expect(await release()).toBe('2.1.3\nok\n');
    expect(git('status', '--porcelain', '--untracked-files=no')).toBe('');
    const remote = git('ls-remote', '--tags', 'origin');
    expect(remote.match(/v[\d.]+$/gm)).toEqual(['v2.1.3', 'v2.2.0', 'v2.3.0']);
    expect(git('tag')).toBe('v2.1.3');
  });

  it('leaves what was deployed since, and ends what was broken off', async () => {
    await prepare();
    git('fetch', '-q', '--tags');
    git('checkout', '-q', 'v2.2.0');
    await rm(join(folder.path, 'staging/katana-server/RELEASE'));
    expect(await prepare()).toBeUndefined();
    expect(await release()).toBe('2.2.0\nok\n');
    expect(await readFile(join(folder.path, 'staging/katana-server/RELEASE'), 'utf8')).toMatch(/^2\.1\.3\n/);
  });

  it('becomes a checkout once there is a git', async () => {
    await breakGit();
    await prepare();
    await rm(join(folder.path, 'bin/git'));
    expect(await prepare()).toBeUndefined();
    expect(git('describe', '--tags')).toBe('v2.1.3');
  });
});

describe('where git does not work', () => {
  it('says why, and the bot has its first version all the same', async () => {
    await breakGit();
    expect(await prepare()).toMatch(/no git today/);
    expect(await release()).toBe('2.1.3\nok\n');
  });

  it('leaves the section out of the settings, and nothing else', async () => {
    const katana = async (leaveOut: readonly string[]): Promise<string> => {
      await writeConfig(folder, { targets: '', leaveOut });
      return readFile(join(folder.config, 'services/katana-bot.yaml'), 'utf8');
    };
    expect(await katana([])).toMatch(/^deploy:/m);
    const without = await katana(['deploy']);
    expect(without).not.toMatch(/^deploy:/m);
    expect(without).toMatch(/^checks:/m);
  });
});
