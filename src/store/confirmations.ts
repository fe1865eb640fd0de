import type { Selectable } from 'kysely';
import type { Confirmation, Confirmations } from '../workflow/confirmations.ts';
import type { ConfirmationsTable } from './step-tables.ts';
import type { Store } from './store.ts';

const confirmationOf = (row: Selectable<ConfirmationsTable>): Confirmation => ({
  change: row.change_id,
  step: row.step,
  receipt: row.receipt,
  person: row.person,
  at: row.at,
  via: row.via,
});

/** What people said to steps that wait for a person: the first word counts. */
export const createConfirmations = (store: Store): Confirmations => ({
  add: (said, entry) =>
    store.write(async ({ tx, audit, undo }) => {
      const open = await tx
        .updateTable('steps')
        .set((eb) => ({ receipt: eb.ref('receipt') }))
        .where('receipt', '=', said.receipt)
        .where('state', 'in', ['started', 'unknown'])
        .executeTakeFirstOrThrow();
      if (open.numUpdatedRows === 0n) return undo(false);
      const { change, ...row } = said;
      const inserted = await tx
        .insertInto('confirmations')
        .values({ ...row, change_id: change })
        .onConflict((conflict) => conflict.column('receipt').doNothing())
        .executeTakeFirstOrThrow();
      if (inserted.numInsertedOrUpdatedRows !== 1n) return undo(false);
      await audit(entry);
      return true;
    }),
  of: (receipt) =>
    store.read(async (db) => {
      const row = await db
        .selectFrom('confirmations')
        .selectAll()
        .where('receipt', '=', receipt)
        .executeTakeFirst();
      return row === undefined ? undefined : confirmationOf(row);
    }),
  ofChange: (change) =>
    store.read(async (db) => {
      const rows = await db
        .selectFrom('confirmations')
        .selectAll()
        .where('change_id', '=', change)
        .orderBy('at')
        .execute();
      return rows.map(confirmationOf);
    }),
});
