import type { Transaction } from 'kysely';
import type { Tables } from '../tables.ts';

/** Backups, with ids of their own. */
export async function addBackups(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('backups')
    .addColumn('number', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('receipt', 'text', (column) => column.notNull().unique())
    .addColumn('service', 'text', (column) => column.notNull())
    .addColumn('environment', 'text', (column) => column.notNull())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('record', 'text', (column) => column.notNull())
    .execute();
  await tx.schema
    .createIndex('backups_by_service')
    .on('backups')
    .columns(['service', 'environment', 'name', 'number'])
    .execute();
  await tx.insertInto('counters').values({ name: 'backup', value: 0 }).execute();
}
