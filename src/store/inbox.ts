import type { Incoming } from '../chat/chat.ts';
import type { Inbox } from '../workflow/journal.ts';
import type { Store } from './store.ts';
import { parseStored, toStored } from './stored.ts';

/** What came in; a line is forgotten when it is done, its id is kept against redelivery. */
export function createInbox(store: Store): Inbox {
  return {
    accept: (incoming, at) =>
      store.write(async ({ tx }) => {
        const inserted = await tx
          .insertInto('inbox')
          .values((eb) => ({
            id: incoming.id,
            number: eb
              .selectFrom('inbox as before')
              .select(({ fn, lit }) => [
                eb(fn.coalesce(fn.max('before.number'), lit(0)), '+', lit(1)).as('next'),
              ]),
            incoming: toStored(incoming),
            at,
            done: 0,
          }))
          .onConflict((conflict) => conflict.column('id').doNothing())
          .executeTakeFirstOrThrow();
        return inserted.numInsertedOrUpdatedRows === 1n;
      }),
    done: (id) =>
      store.conclude(async ({ tx }) => {
        await tx.updateTable('inbox').set({ done: 1, incoming: '' }).where('id', '=', id).execute();
      }),
    pendingBefore: (at) =>
      store.read(async (db) => {
        const rows = await db
          .selectFrom('inbox')
          .select('id')
          .where('done', '=', 0)
          .where('at', '<', at)
          .orderBy('number')
          .execute();
        return rows.map((row) => row.id);
      }),
    pending: () =>
      store.read(async (db) => {
        const rows = await db
          .selectFrom('inbox')
          .select('incoming')
          .where('done', '=', 0)
          .orderBy('number')
          .execute();
        return rows.map((row) => parseStored<Incoming>(row.incoming));
      }),
  };
}
