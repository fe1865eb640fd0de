import type { ScheduleBook } from '../workflow/lock-books.ts';
import type { Store } from './store.ts';
import { parsePresent } from './stored.ts';

/** Which schedules are known, and when each had its turn last. */
export function createSchedules(store: Store): ScheduleBook {
  const find = (key: string) =>
    store.read((db) => db.selectFrom('schedules').selectAll().where('key', '=', key).executeTakeFirst());
  return {
    async seen(key, at) {
      const known = await find(key);
      if (known !== undefined)
        return { since: known.since, ...parsePresent({ latestTurn: known.latest_turn }) };
      await store.write(async ({ tx }) => {
        await tx
          .insertInto('schedules')
          .values({ key, since: at, latest_turn: null })
          .onConflict((conflict) => conflict.column('key').doNothing())
          .execute();
      });
      return { since: at };
    },
    had: (key, turn) =>
      store.write(async ({ tx }) => {
        await tx.updateTable('schedules').set({ latest_turn: turn }).where('key', '=', key).execute();
      }),
  };
}
