import type { Transaction } from 'kysely';
import type { Tables } from '../tables.ts';

/** What senders of alerts delivered, and the ids under which they did. */
export async function addAlertDeliveries(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('alert_deliveries')
    .addColumn('number', 'integer', (column) => column.primaryKey())
    .addColumn('integration', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('method', 'text', (column) => column.notNull())
    .addColumn('headers', 'text', (column) => column.notNull())
    .addColumn('query', 'text', (column) => column.notNull())
    .addColumn('body', 'text', (column) => column.notNull())
    .addColumn('coding', 'text', (column) => column.notNull())
    .addColumn('taken_at', 'bigint')
    .addColumn('came_to', 'text')
    .execute();
  await tx.schema
    .createIndex('alert_deliveries_by_turn')
    .on('alert_deliveries')
    .columns(['taken_at', 'number'])
    .execute();
  await tx.schema
    .createTable('alert_events')
    .addColumn('integration', 'text', (column) => column.notNull())
    .addColumn('event_id', 'text', (column) => column.notNull())
    .addColumn('delivery', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('alert_events_key', ['integration', 'event_id'])
    .execute();
  await tx.schema.createIndex('alert_events_by_delivery').on('alert_events').columns(['delivery']).execute();
  await tx.insertInto('counters').values({ name: 'alert delivery', value: 0 }).execute();
}
