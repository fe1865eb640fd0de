import { z } from 'zod';
import type { BackupKind } from './backup.ts';
import { absolute, runBy } from './program-settings.ts';

const argv = z.array(z.string().max(4_000)).min(1).max(100);

const settings = z.strictObject({
  dump: argv.describe('program that prints the whole backup'),
  verify: argv.describe(
    'program that reads one and ends with 0 only where all of it is good; it must alter nothing',
  ),
  restore: argv
    .exactOptional()
    .describe('program that reads one and puts it in place; absent = it cannot be restored from chat'),
  tool: argv
    .exactOptional()
    .describe('program that prints the version of the tool; absent = the dump program with --version'),
  suffix: z
    .string()
    .regex(/^[a-z0-9]+(?:\.[a-z0-9]+)*$/)
    .default('bin')
    .describe('end of the name of its artifacts'),
  warns: z
    .array(z.int().min(1).max(255))
    .default([])
    .describe('exit codes of the dump that leave a good backup with a warning'),
  folder: absolute.exactOptional().describe('working folder of its programs'),
  ...runBy,
});

/** Whatever a program of one's own prints. */
export const commandBackup: BackupKind = {
  kind: 'command',
  summary: 'what a program of your own prints',
  settings,
  bind(backup) {
    const { dump, verify, restore, tool, suffix, warns, folder, sudo, user } = settings.parse(
      backup.settings,
    );
    const program = (words: readonly string[]) => ({
      argv: words,
      ...(folder === undefined ? {} : { cwd: folder }),
      ...(sudo === undefined ? {} : { sudo }),
      ...(user === undefined ? {} : { user }),
    });
    return {
      suffix,
      dump: program(dump),
      warns,
      version: program(tool ?? [dump[0] ?? '', '--version']),
      verify: program(verify),
      restore:
        restore === undefined
          ? []
          : [{ title: 'restore', program: program(restore), takesArtifact: true, replaces: true }],
      loses: 'what its own program replaces',
      byHand: restore === undefined ? 'its own program' : restore.join(' '),
    };
  },
};
