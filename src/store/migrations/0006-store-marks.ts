import type { Transaction } from 'kysely';
import type { Tables } from '../tables.ts';

/** What a file of the journal knows of itself: that it is a copy, and when it was restored from one. */
export async function addStoreMarks(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('store_marks')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'bigint', (column) => column.notNull())
    .addColumn('detail', 'text')
    .execute();
}
