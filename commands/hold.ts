import { toggle, word } from '../src/dispatch/argument.ts';
import { type Context, defineRecord } from '../src/dispatch/command.ts';
import type { BackupRecord } from '../src/domain/backup.ts';
import { failed, type Outcome, succeeded } from '../src/domain/outcome.ts';

async function found({ journal, may }: Context, typed: string): Promise<Outcome<BackupRecord>> {
  const id = typed.toUpperCase();
  const record = await journal.backups.find(id);
  const isTheirs = record !== undefined && may({ name: 'hold', risk: 'change' }, record);
  if (!isTheirs) return failed('INPUT_NO_SUCH_ID', `there is no ${id}`, 'See backups SERVICE.');
  return record.state === 'there'
    ? succeeded(record)
    : failed('DENIED_STALE', `${id} is ${record.state}, so there is nothing to keep`);
}

/** Keeps a backup whatever retention says, until somebody lets it go. */
export const hold = defineRecord({
  name: 'hold',
  summary: 'keep a backup, whatever its retention says',
  examples: ['hold B-12', 'hold B-12 --off'],
  subjects: 'none',
  arguments: { backup: word('B-ID', 'which one, see backups'), off: toggle('let it go again') },
  open: 'to those who may change',
  preview: async (context, { backup, off }) => {
    const record = await found(context, backup);
    if (record.kind !== 'succeeded') return record;
    return succeeded(`It would ${off ? 'let go' : 'keep'} ${record.value.id}.`);
  },
  apply: async (context, { backup, off }) => {
    const record = await found(context, backup);
    if (record.kind !== 'succeeded') return record;
    const { id, service, name, environment } = record.value;
    const { person, journal, now } = context;
    await journal.backups.note(
      id,
      { held: !off },
      {
        audit: {
          event: off ? 'backup let go' : 'backup held',
          at: now(),
          actor: person.key,
          service,
          subject: id,
          detail: { name, environment },
        },
      },
    );
    return succeeded({
      audience: 'conversation',
      message: {
        title: off ? `${person.name} let go of ${id}` : `${person.name} keeps ${id}`,
        tone: 'neutral',
        state: off ? 'let go' : 'held',
        parts: [{ kind: 'context', text: `${name} of ${service}@${environment}` }],
        actions: [],
      },
    });
  },
});
