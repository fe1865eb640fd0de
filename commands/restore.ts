import { z } from 'zod';
import { optionalWord, toggle, value } from '../src/dispatch/argument.ts';
import { defineChange } from '../src/dispatch/command.ts';
import { failed, succeeded } from '../src/domain/outcome.ts';
import { readPast } from '../src/domain/past-moment.ts';
import { chooseBackup } from '../src/workflow/choose-backup.ts';
import { planRestore } from '../src/workflow/plan-restore.ts';

/** Puts a backup back in the place of what is there. */
export const restore = defineChange({
  name: 'restore',
  summary: 'put a backup back; what was written since is lost',
  examples: [
    'restore karmabot B-12 --reason "collection dropped"',
    'restore karmabot mongodb --as-of "yesterday 12:00" --reason "bad import"',
    'restore karmabot B-12 --at 03:00 --reason "bad import"',
  ],
  subjects: 'one',
  risk: 'destructive',
  arguments: {
    backup: optionalWord('B-ID', 'which one, see backups; or its name, with --as-of'),
    'as-of': value('TIME', 'the newest one taken by then: "yesterday 12:00"', z.string().min(1)),
    'no-backup': toggle('do not back up first what is there, because there is nothing left to back up'),
  },
  plan: async ({ fleet, journal, configuration, rebuilding, now: clock }, args, [subject]) => {
    if (subject === undefined) return failed('INPUT_UNKNOWN_SUBJECT', 'a restore needs a service');
    const { timezone } = configuration;
    // "2h ago" means the same moment when the plan is made again.
    const now = rebuilding?.requestedAt ?? clock();
    const typed = args['as-of'];
    const asOf = typed === undefined ? succeeded(undefined) : readPast(typed, timezone, now);
    if (asOf.kind !== 'succeeded') return asOf;
    const choosing = { backups: journal.backups, timezone, now };
    const record = await chooseBackup(choosing, { subject, named: args.backup, asOf: asOf.value });
    if (record.kind !== 'succeeded') return record;
    return planRestore(
      { fleet, timezone },
      { subject, record: record.value, backupFirst: !args['no-backup'] },
    );
  },
});
