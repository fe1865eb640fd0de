import type { Transaction } from 'kysely';
import type { Tables } from '../tables.ts';

/** What people said to steps that wait for a person, and finding a step by its receipt. */
export async function addConfirmations(tx: Transaction<Tables>): Promise<void> {
  const { schema } = tx;
  await schema
    .createTable('confirmations')
    .addColumn('receipt', 'text', (column) => column.primaryKey())
    .addColumn('change_id', 'text', (column) => column.notNull().references('changes.id').onDelete('cascade'))
    .addColumn('step', 'text', (column) => column.notNull())
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('via', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('confirmations_by_change').on('confirmations').column('change_id').execute();
  await schema.createIndex('steps_by_receipt').on('steps').column('receipt').execute();
}
