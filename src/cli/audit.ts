import { readEnvironment } from '../../config/load.ts';
import { type CliCommand, EXIT, refuseUsage } from './cli-command.ts';

/** `botswain audit verify`: walks the hash chain of a stopped bot's journal and names the first bad record. */
export const audit: CliCommand = {
  name: 'audit',
  summary: 'verify that nobody edited, removed, reordered or cut off the audit (bot stopped)',
  usage: 'verify',
  async run(args, io) {
    if (args.length !== 1 || args[0] !== 'verify')
      return refuseUsage(audit, 'audit takes the word verify', io);
    const environment = readEnvironment();
    if (environment.kind !== 'succeeded') {
      io.stderr.write(`${environment.message}\n`);
      return EXIT.usage;
    }
    const { openJournal } = await import('../store/open-journal.ts');
    const journal = await openJournal(environment.value.dataFolder);
    if (journal.kind !== 'succeeded') {
      io.stderr.write(`${journal.message}\n`);
      return EXIT.usage;
    }
    const verified = await journal.value.audit.verify();
    await journal.value.close();
    if (verified.kind !== 'succeeded') {
      io.stdout.write(`The audit is broken: ${verified.message}\n`);
      return EXIT.no;
    }
    io.stdout.write(`The audit holds: ${verified.value.records} records, head ${verified.value.head}\n`);
    return EXIT.good;
  },
};
