import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sources, textOf } from '../house/tree.ts';

const manifest = z
  .object({
    dependencies: z.record(z.string(), z.string()),
    devDependencies: z.record(z.string(), z.string()),
    allowScripts: z.record(z.string(), z.boolean()),
    scripts: z.record(z.string(), z.string()),
  })
  .parse(JSON.parse(textOf('package.json')));

const lock = z
  .object({
    lockfileVersion: z.literal(3),
    packages: z.record(
      z.string(),
      z.looseObject({
        version: z.string().optional(),
        integrity: z.string().optional(),
        resolved: z.string().optional(),
        hasInstallScript: z.boolean().optional(),
        link: z.boolean().optional(),
        dev: z.boolean().optional(),
      }),
    ),
  })
  .parse(JSON.parse(textOf('package-lock.json')));

const packages = Object.entries(lock.packages).filter(([path]) => path !== '');
const nameOf = (path: string): string =>
  path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

describe('what is installed', () => {
  it('is pinned to one version each, here and in the lockfile', () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies };
    const loose = Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
    expect(loose).toEqual([]);
    for (const [name, version] of Object.entries(all))
      expect(lock.packages[`node_modules/${name}`]?.version, name).toBe(version);
  });

  it('is checked by its sha512, and comes from the registry only', () => {
    const odd = packages.filter(
      ([, one]) => one.link === true || !/^sha512-[\w+/]{86}==$/.test(one.integrity ?? ''),
    );
    expect(odd.map(([path]) => path)).toEqual([]);
    expect(packages.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
  });

  it('runs no script of a package but those that are named and allowed', () => {
    const scripted = packages
      .filter(([, one]) => one.hasInstallScript === true)
      .map(([path]) => nameOf(path));
    const undecided = scripted.filter(
      (name) => manifest.allowScripts[name] === undefined && name !== 'fsevents',
    );
    expect(undecided).toEqual([]);
    const allowed = Object.entries(manifest.allowScripts).filter(([, may]) => may);
    // The Node that is installed for development; no package that runs in production has a script.
    expect(allowed).toEqual([['node', true]]);
    expect(lock.packages['node_modules/node']?.dev).toBe(true);
  });

  it('is installed by lockfile and without scripts in the image', () => {
    const installs = textOf('Dockerfile').match(/npm (ci|install|i)\b.*/g) ?? [];
    expect(installs).toHaveLength(1);
    expect(installs[0]).toMatch(/^npm ci --omit=dev --ignore-scripts /);
  });

  it('is small: a package more is a decision', () => {
    expect(Object.keys(manifest.dependencies).length).toBeLessThanOrEqual(30);
    const running = packages.filter(([, { dev }]) => dev !== true);
    console.info(
      `${Object.keys(manifest.dependencies).length} dependencies, ${running.length} packages run in production`,
    );
    // 38 of them are the AWS SDK's, without which no backup leaves the house for S3-compatible storage.
    expect(running.length).toBeLessThanOrEqual(315);
  });
});

describe('what runs', () => {
  it('is all here: nothing is fetched and run later, no package is named at run time', () => {
    const own = sources('src', 'commands', 'config');
    const loaded = own.filter((path) =>
      /\bimport\(\s*[^'"`\s)]|\brequire\(\s*[^'"`)]|data:text\/javascript|npx |npm (i|install) /.test(
        textOf(path),
      ),
    );
    expect(loaded).toEqual([]);
  });
});
