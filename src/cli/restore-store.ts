import { type CliCommand, EXIT, refuseUsage } from './cli-command.ts';
import { dataFolderOf, sayWhy } from './terminal/variables.ts';

/** `botswain restore-store FILE`: puts a checked copy in the journal's place; the one that stood there is kept beside it. */
export const restoreStore: CliCommand = {
  name: 'restore-store',
  summary: 'put a copy in the place of the journal (bot stopped); the old one is kept beside it',
  usage: 'FILE',
  async run(args, io) {
    const [file, ...more] = args;
    if (file === undefined || more.length > 0)
      return refuseUsage(restoreStore, 'restore-store takes one file', io);
    const dataFolder = dataFolderOf(io);
    if (dataFolder === undefined) return EXIT.usage;
    const { restoreFrom } = await import('../store/restore.ts');
    const restored = await restoreFrom(file, dataFolder);
    if (restored.kind !== 'succeeded') {
      sayWhy(io, restored);
      return EXIT.no;
    }
    const { copiedAt, keptAs, auditRecords } = restored.value;
    io.stdout.write(
      [
        `Restored the copy of ${new Date(copiedAt).toISOString()} (${auditRecords} audit records).`,
        keptAs === undefined
          ? 'No journal stood there before.'
          : `The journal that stood there is ${keptAs}.`,
        'At its next start Botswain asks the targets about every step that was under way, and what waited for approval is void.',
        '',
      ].join('\n'),
    );
    return EXIT.good;
  },
};
