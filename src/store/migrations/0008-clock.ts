import type { Transaction } from 'kysely';
import type { Tables } from '../tables.ts';

/** The latest moment that was seen, so that a clock that was set back while nobody ran is noticed. */
export async function addClock(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('clock')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('seen_at', 'bigint', (column) => column.notNull())
    .execute();
  await tx.insertInto('clock').values({ id: 1, seen_at: 0 }).execute();
}
