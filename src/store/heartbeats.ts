import type { HeartbeatBook } from '../workflow/journal.ts';
import type { Store } from './store.ts';
import { parsePresent } from './stored.ts';

const COLUMNS = { beat: 'beat_at', start: 'started_at', fail: 'failed_at' } as const;

const EMPTY = { beat_at: null, started_at: null, failed_at: null, late_since: null, note: '' };

/** What was heard of programs that call us, one row a name. */
export function createHeartbeats(store: Store): HeartbeatBook {
  return {
    find: (name) =>
      store.read(async (db) => {
        const row = await db.selectFrom('heartbeats').selectAll().where('name', '=', name).executeTakeFirst();
        if (row === undefined) return undefined;
        const times = {
          beatAt: row.beat_at,
          startedAt: row.started_at,
          failedAt: row.failed_at,
          lateSince: row.late_since,
        };
        return { name, note: row.note, ...parsePresent(times) };
      }),
    note: ({ name, kind, at, note }) =>
      store.write(async ({ tx }) => {
        const heard = { [COLUMNS[kind]]: at, late_since: null, note };
        await tx
          .insertInto('heartbeats')
          .values({ ...EMPTY, name, ...heard })
          .onConflict((conflict) => conflict.column('name').doUpdateSet(heard))
          .execute();
      }),
    noteLate: (name, at) =>
      store.write(async ({ tx }) => {
        const known = await tx
          .selectFrom('heartbeats')
          .select('late_since')
          .where('name', '=', name)
          .executeTakeFirst();
        if (known === undefined)
          await tx
            .insertInto('heartbeats')
            .values({ ...EMPTY, name, late_since: at })
            .execute();
        else if (known.late_since === null)
          await tx.updateTable('heartbeats').set({ late_since: at }).where('name', '=', name).execute();
      }),
  };
}
