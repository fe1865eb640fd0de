import type { Transaction } from 'kysely';
import type { Tables } from '../tables.ts';

/** Since when each schedule is known, and when it had its turn last. */
export async function addSchedules(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('schedules')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('since', 'bigint', (column) => column.notNull())
    .addColumn('latest_turn', 'bigint')
    .execute();
}
