import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../commands/registry.ts';
import { commandTable, withCommands } from '../../scripts/commands-table.ts';
import { cliCommands } from '../../src/cli/registry.ts';
import { ROOT, textOf } from './tree.ts';

const readme = textOf('README.md');

describe('README is true', () => {
  it('its command table is what the commands say; mend it with: node scripts/reference.ts', () => {
    expect(withCommands(readme, commandTable(commands)) === readme).toBe(true);
  });

  it('every file it names exists', () => {
    const named = [...readme.matchAll(/`((?:src|commands|config|test|scripts|\.ci)\/[\w./*-]*)`/g)].map(
      ([, path = '']) => path,
    );
    const concrete = named.filter((path) => !/[*]|[A-Z]{3,}/.test(path));
    expect(concrete.length).toBeGreaterThan(15);
    expect(concrete.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('every verb of the command line it names exists, and none is missing', () => {
    const line = /`botswain (start [^`]*)`/.exec(readme)?.[1] ?? '';
    const verbs = line.split('|').map((part) => part.trim().split(' ')[0]);
    expect(verbs.toSorted()).toEqual(cliCommands.map((command) => command.name).toSorted());
  });

  it('every script it tells to run exists', () => {
    const scripts = JSON.parse(textOf('package.json')).scripts;
    for (const name of ['start', 'test']) expect(scripts).toHaveProperty(name);
    expect(existsSync(join(ROOT, '.ci/run'))).toBe(true);
  });
});
