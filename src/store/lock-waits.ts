import type { LockWait, LockWaits } from '../workflow/lock-books.ts';
import type { Store } from './store.ts';
import { parseStored, toStored } from './stored.ts';

type Kept = Omit<LockWait, 'told'>;

/** Who wants to be told when something is free. */
export function createLockWaits(store: Store): LockWaits {
  return {
    add: (wait) =>
      store.write(async ({ tx }) => {
        const { person, subject, at } = wait;
        const kept = { wait: toStored(wait), at, told: null };
        await tx
          .insertInto('lock_waits')
          .values({ person, subject, ...kept })
          .onConflict((conflict) => conflict.columns(['person', 'subject']).doUpdateSet(kept))
          .execute();
      }),
    all: () =>
      store.read(async (db) => {
        const rows = await db.selectFrom('lock_waits').selectAll().orderBy('at').execute();
        return rows.map(({ wait, told }) => ({
          ...parseStored<Kept>(wait),
          ...(told === null ? {} : { told }),
        }));
      }),
    told: ({ person, subject, at }, delivery) =>
      store.conclude(async ({ tx }) => {
        await tx
          .updateTable('lock_waits')
          .set({ told: delivery })
          .where('person', '=', person)
          .where('subject', '=', subject)
          .where('at', '=', at)
          .execute();
      }),
    forget: ({ person, subject, at }) =>
      store.conclude(async ({ tx }) => {
        await tx
          .deleteFrom('lock_waits')
          .where('person', '=', person)
          .where('subject', '=', subject)
          .where('at', '=', at)
          .execute();
      }),
  };
}
