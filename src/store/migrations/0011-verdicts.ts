import type { Transaction } from 'kysely';
import type { Tables } from '../tables.ts';

/** When verdicts turned, and what was heard of programs that call us. */
export async function addVerdicts(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('verdicts')
    .addColumn('key', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('verdict', 'text', (column) => column.notNull())
    .addColumn('summary', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('verdicts_key', ['key', 'at'])
    .execute();
  await tx.schema
    .createTable('heartbeats')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('beat_at', 'bigint')
    .addColumn('started_at', 'bigint')
    .addColumn('failed_at', 'bigint')
    .addColumn('late_since', 'bigint')
    .addColumn('note', 'text', (column) => column.notNull())
    .execute();
}
