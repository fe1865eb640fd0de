import type { Transaction } from 'kysely';
import type { Tables } from '../tables.ts';

/** What the public was told, drafts of it, and its way to other pages. */
export async function addStatusUpdates(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('status_incidents')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('of', 'text', (column) => column.notNull().unique())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('open', 'integer', (column) => column.notNull())
    .addColumn('updated_at', 'bigint', (column) => column.notNull())
    .addColumn('record', 'text', (column) => column.notNull())
    .execute();
  await tx.schema
    .createIndex('status_incidents_by_kind')
    .on('status_incidents')
    .columns(['kind', 'updated_at'])
    .execute();
  await tx.schema
    .createTable('status_updates')
    .addColumn('incident', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('components', 'text', (column) => column.notNull())
    .addColumn('detail', 'text', (column) => column.notNull())
    .addColumn('told', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('status_updates_key', ['incident', 'number'])
    .execute();
  await tx.schema
    .createTable('status_drafts')
    .addColumn('digest', 'text', (column) => column.primaryKey())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('used', 'integer', (column) => column.notNull())
    .addColumn('record', 'text', (column) => column.notNull())
    .execute();
  await addPublications(tx);
  await tx.insertInto('counters').values({ name: 'maintenance', value: 0 }).execute();
}

async function addPublications(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('status_publications')
    .addColumn('incident', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('backend', 'text', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('not_before', 'bigint', (column) => column.notNull())
    .addColumn('remote_id', 'text')
    .addColumn('why', 'text')
    .addColumn('told', 'integer', (column) => column.notNull())
    .addPrimaryKeyConstraint('status_publications_key', ['incident', 'number', 'backend'])
    .execute();
  await tx.schema
    .createIndex('status_publications_due')
    .on('status_publications')
    .columns(['state', 'not_before'])
    .execute();
  await tx.schema
    .createTable('status_components')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('since', 'bigint', (column) => column.notNull())
    .execute();
}
