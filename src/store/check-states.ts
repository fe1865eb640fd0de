import type { CheckState, Finding } from '../domain/verdict.ts';
import type { CheckStates } from '../workflow/journal.ts';
import type { Store } from './store.ts';
import { parseStored, toStored } from './stored.ts';

/** What the checks last saw, one row a check. */
export function createCheckStates(store: Store): CheckStates {
  return {
    save: (states) =>
      store.write(async ({ tx }) => {
        for (const { key, verdict, since, last, streak } of states) {
          const row = { verdict, since, last: toStored(last), streak };
          await tx
            .insertInto('check_states')
            .values({ key, ...row })
            .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
            .execute();
        }
      }),
    all: () =>
      store.read(async (db) => {
        const rows = await db.selectFrom('check_states').selectAll().orderBy('key').execute();
        return rows.map((row): CheckState => ({ ...row, last: parseStored<Finding>(row.last) }));
      }),
  };
}
