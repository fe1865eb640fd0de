import { optionalWord } from '../src/dispatch/argument.ts';
import { defineChange } from '../src/dispatch/command.ts';
import { failed } from '../src/domain/outcome.ts';
import { planBackup } from '../src/workflow/plan-backup.ts';

/** Takes backups of a service, each read back whole. */
export const backup = defineChange({
  name: 'backup',
  summary: 'take backups of a service, and read them back whole',
  examples: ['backup karmabot', 'backup karmabot mongodb', 'backup chatai-backend database --at 03:00'],
  subjects: 'one',
  risk: 'change',
  arguments: { name: optionalWord('NAME', 'which of its backups; all of them unless said') },
  plan: async ({ fleet }, { name }, [subject]) =>
    subject === undefined
      ? failed('INPUT_UNKNOWN_SUBJECT', 'a backup needs a service')
      : planBackup({ fleet }, { subject, name }),
});
