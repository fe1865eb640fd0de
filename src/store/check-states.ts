import type { Transaction } from 'kysely';
import type { CheckState, Finding } from '../domain/verdict.ts';
import type { CheckStates } from '../workflow/journal.ts';
import type { Store } from './store.ts';
import { parseStored, toStored } from './stored.ts';
import type { Tables } from './tables.ts';

/** Turns of one check that are kept: one that flaps must not fill the disk. */
const KEPT_TURNS = 100;

/** Milliseconds after which a turn is forgotten at the next one. */
const KEPT_MS = 400 * 86_400_000;

async function saveState(tx: Transaction<Tables>, state: CheckState): Promise<void> {
  const { key, verdict, since, last, streak } = state;
  const row = { verdict, since, last: toStored(last), streak };
  await tx
    .insertInto('check_states')
    .values({ key, ...row })
    .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
    .execute();
}

async function forgetTurns(tx: Transaction<Tables>, key: string, at: number): Promise<void> {
  const beyond = await tx
    .selectFrom('verdicts')
    .select('at')
    .where('key', '=', key)
    .orderBy('at', 'desc')
    .offset(KEPT_TURNS)
    .limit(1)
    .executeTakeFirst();
  const border = Math.max(beyond?.at ?? 0, at - KEPT_MS);
  await tx.deleteFrom('verdicts').where('key', '=', key).where('at', '<=', border).execute();
}

/** What the checks last saw, one row a check, and when their verdicts turned. */
export function createCheckStates(store: Store): CheckStates {
  return {
    save: (states) =>
      store.write(async ({ tx }) => {
        for (const state of states) await saveState(tx, state);
      }),
    turned: (state) =>
      store.write(async ({ tx }) => {
        await saveState(tx, state);
        const { key, verdict, since: at, last } = state;
        const turn = { verdict, summary: last.summary };
        await tx
          .insertInto('verdicts')
          .values({ key, at, ...turn })
          .onConflict((conflict) => conflict.columns(['key', 'at']).doUpdateSet(turn))
          .execute();
        await forgetTurns(tx, key, at);
      }),
    history: (key, limit) =>
      store.read((db) =>
        db
          .selectFrom('verdicts')
          .select(['verdict', 'summary', 'at'])
          .where('key', '=', key)
          .orderBy('at', 'desc')
          .limit(limit)
          .execute(),
      ),
    all: () =>
      store.read(async (db) => {
        const rows = await db.selectFrom('check_states').selectAll().orderBy('key').execute();
        return rows.map((row): CheckState => ({ ...row, last: parseStored<Finding>(row.last) }));
      }),
  };
}
