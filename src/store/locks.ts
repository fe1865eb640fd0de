import type { Selectable, Transaction } from 'kysely';
import type { Lock } from '../domain/lock.ts';
import type { Locks } from '../workflow/journal.ts';
import type { Store } from './store.ts';
import type { LocksTable, Tables } from './tables.ts';

const lockOf = ({ key, holder, holder_name, reason, at }: Selectable<LocksTable>): Lock => ({
  key,
  holder,
  holderName: holder_name,
  reason,
  at,
});

/** Locks on components, whoever holds them. */
export function createLocks(store: Store): Locks {
  return {
    all: () =>
      store.read(async (db) =>
        (await db.selectFrom('locks').selectAll().orderBy('key').execute()).map(lockOf),
      ),
    take: (locks, entry) =>
      store.write<Lock | undefined>(async ({ tx, audit, undo }) => {
        const inTheWay = await takeLocks(tx, locks);
        if (inTheWay !== undefined) return undo(inTheWay);
        await audit(entry);
        return undefined;
      }),
    release: (keys, holder, entry) =>
      store.conclude(async ({ tx, audit }) => {
        if (keys.length === 0) return 0;
        const deleted = await tx
          .deleteFrom('locks')
          .where('key', 'in', [...keys])
          .where('holder', '=', holder)
          .executeTakeFirstOrThrow();
        const count = Number(deleted.numDeletedRows);
        if (count > 0) await audit(entry);
        return count;
      }),
  };
}

/** Takes locks in the order of their keys, so that two takers cannot wait for each other; the first in the way is returned, and then the transaction must be undone. */
export async function takeLocks(tx: Transaction<Tables>, locks: readonly Lock[]): Promise<Lock | undefined> {
  for (const lock of [...locks].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const standing = await takeLock(tx, lock);
    if (standing.holder !== lock.holder) return standing;
  }
  return undefined;
}

/** The lock as it stands afterwards. What the same holder says again replaces the reason, not the time. */
async function takeLock(tx: Transaction<Tables>, lock: Lock): Promise<Lock> {
  const { key, holder, holderName, reason, at } = lock;
  const inserted = await tx
    .insertInto('locks')
    .values({ key, holder, holder_name: holderName, reason, at })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .executeTakeFirstOrThrow();
  if (inserted.numInsertedOrUpdatedRows === 1n) return lock;
  await tx
    .updateTable('locks')
    .set({ holder_name: holderName, reason })
    .where('key', '=', key)
    .where('holder', '=', holder)
    .execute();
  const row = await tx.selectFrom('locks').selectAll().where('key', '=', key).executeTakeFirst();
  // On PostgreSQL the one in the way may have let go between the two statements.
  return row === undefined ? takeLock(tx, lock) : lockOf(row);
}
