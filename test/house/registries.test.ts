import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commands } from '../../commands/registry.ts';
import { backupKinds } from '../../src/backups/registry.ts';
import { storageKinds } from '../../src/backups/storages/registry.ts';
import { checkKinds } from '../../src/checks/registry.ts';
import { cliCommands } from '../../src/cli/registry.ts';
import { componentKinds } from '../../src/components/registry.ts';
import { deployKinds } from '../../src/deploys/registry.ts';
import { executorKinds } from '../../src/executors/registry.ts';
import { sources as alertSources } from '../../src/intake/registry.ts';
import { importsOf, sources, textOf } from './tree.ts';

const names = (folder: string, pattern: RegExp): readonly string[] =>
  sources(folder)
    .filter((path) => pattern.test(textOf(path)))
    .map((path) => basename(path, '.ts'))
    .toSorted();

describe('every X that is written is registered, under the name of its file', () => {
  it('commands', () => {
    expect(names('commands', /= define(Read|Change|Record|Chosen)\(/)).toEqual(
      commands.map((command) => command.name).toSorted(),
    );
  });

  it('components', () => {
    expect(names('src/components', /^export const \w+: ComponentKind\b/m)).toEqual(
      componentKinds.map((kind) => kind.kind).toSorted(),
    );
  });

  it('executors', () => {
    expect(names('src/executors', /^export const \w+: ExecutorKind\b/m)).toEqual(
      executorKinds.map((kind) => kind.kind).toSorted(),
    );
  });

  it('checks', () => {
    expect(names('src/checks', /^export const \w+: CheckKind\b/m)).toEqual(
      checkKinds.map((kind) => kind.kind).toSorted(),
    );
  });

  it('deploys', () => {
    expect(names('src/deploys', /^export const \w+: DeployKind\b/m)).toEqual(
      deployKinds.map((kind) => kind.kind).toSorted(),
    );
  });

  it('backups and their storages', () => {
    expect(names('src/backups', /^export const \w+: BackupKind\b/m)).toEqual(
      backupKinds.map((kind) => kind.kind).toSorted(),
    );
    expect(names('src/backups/storages', /^export const \w+: StorageKind\b/m)).toEqual(
      storageKinds.map((kind) => kind.kind).toSorted(),
    );
  });

  it('sources of alerts', () => {
    expect(names('src/intake', /^export const \w+: Source\b/m)).toEqual(
      alertSources.map(({ source }) => source).toSorted(),
    );
  });

  it('verbs of the command line', () => {
    expect(names('src/cli', /^export const \w+: CliCommand = /m)).toEqual(
      cliCommands.map((command) => command.name).toSorted(),
    );
  });

  it('chats are all put together in one place', () => {
    const chats = ['src/chat/console/console.ts', 'src/chat/slack/slack.ts', 'src/chat/telegram/telegram.ts'];
    expect(importsOf('src/assembly/chats.ts')).toEqual(expect.arrayContaining(chats));
  });
});

describe('every command describes itself', () => {
  for (const command of commands)
    it(command.name, () => {
      expect(command.summary).toMatch(/^[^A-Z].{8,80}[^.]$/);
      expect(command.examples.length).toBeGreaterThan(0);
      for (const example of command.examples) expect(example.split(' ')[0]).toBe(command.name);
    });
});
