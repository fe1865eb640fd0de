import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { failed, type Outcome } from '../domain/outcome.ts';
import type { StoreCopy } from '../store/back-up.ts';
import { type CliCommand, type CliIo, EXIT, refuseUsage } from './cli-command.ts';
import { socketClient, wordsOf } from './terminal/socket-client.ts';
import { dataFolderOf, sayWhy } from './terminal/variables.ts';

const Copied = z.object({ path: z.string(), bytes: z.number(), auditRecords: z.number() });

/** `2026-11-20T03-12-00Z`: sorts by time, and every file system takes it. */
const stamp = (at: Date): string => at.toISOString().replace(/\.\d+/, '').replaceAll(':', '-');

function report(io: CliIo, copy: StoreCopy): number {
  const megabytes = (copy.bytes / 1024 / 1024).toFixed(1);
  io.stdout.write(
    `${copy.path}: ${megabytes} MB, ${copy.auditRecords} audit records. Restore it with: botswain restore-store ${copy.path}\n`,
  );
  return EXIT.good;
}

/** Nobody runs: the file is opened, copied and closed here. */
async function copyAlone(dataFolder: string, path: string): Promise<Outcome<StoreCopy>> {
  // In a wrong folder an empty journal would be made, and its copy look like a backup.
  if (!existsSync(join(resolve(dataFolder), 'botswain.db')))
    return failed(
      'STORE_UNAVAILABLE',
      `there is no journal in ${resolve(dataFolder)}`,
      'Name its folder in BOTSWAIN_DATA.',
    );
  const { openJournal } = await import('../store/open-journal.ts');
  const journal = await openJournal(dataFolder);
  if (journal.kind !== 'succeeded') return journal;
  try {
    return await journal.value.backUp(path);
  } finally {
    await journal.value.close();
  }
}

async function backUp(dataFolder: string, path: string, io: CliIo): Promise<number> {
  const client = socketClient(dataFolder);
  const said = await client.ask({ method: 'POST', path: '/backup', body: { path } });
  await client.close();
  if (said.kind === 'succeeded') {
    const copy = Copied.safeParse(said.value.body).data;
    if (copy !== undefined) return report(io, copy);
    io.stderr.write(wordsOf(said.value));
    return EXIT.no;
  }
  const alone = said.code === 'STORE_UNAVAILABLE' ? await copyAlone(dataFolder, path) : said;
  if (alone.kind === 'succeeded') return report(io, alone.value);
  sayWhy(io, alone);
  return EXIT.no;
}

/** `botswain backup-store [FILE]`: copies the journal, also while the bot runs, and checks the copy. */
export const backupStore: CliCommand = {
  name: 'backup-store',
  summary: 'copy the journal into a file, also while the bot runs; the copy is checked',
  usage: '[FILE]',
  async run(args, io) {
    if (args.length > 1) return refuseUsage(backupStore, 'backup-store takes one file', io);
    const dataFolder = dataFolderOf(io);
    if (dataFolder === undefined) return EXIT.usage;
    const folder = join(resolve(dataFolder), 'backups');
    if (args[0] === undefined && existsSync(dataFolder)) mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = resolve(args[0] ?? join(folder, `botswain-${stamp(new Date())}.db`));
    return backUp(dataFolder, path, io);
  },
};
