import type { Transaction } from 'kysely';
import { channelOf } from '../delivery-rows.ts';
import type { Tables } from '../tables.ts';

/** Lanes, files and doubts of deliveries, what is left to do found by an index, and how much room each place has. */
export async function addDeliveryLanes(tx: Transaction<Tables>): Promise<void> {
  const { schema } = tx;
  const numbers = { lane: 2, sent_revision: 0, reposted: 0, file_ambiguous: 0, taken_revision: 0, open: 0 };
  for (const [name, value] of Object.entries(numbers))
    await schema
      .alterTable('deliveries')
      .addColumn(name, 'integer', (column) => column.notNull().defaultTo(value))
      .execute();
  await schema
    .alterTable('deliveries')
    .addColumn('channel', 'text', (column) => column.notNull().defaultTo(''))
    .execute();
  for (const name of ['file', 'filed'])
    await schema.alterTable('deliveries').addColumn(name, 'text').execute();
  await fillIn(tx);
  await schema
    .createIndex('deliveries_by_open')
    .on('deliveries')
    .columns(['open', 'platform', 'channel'])
    .execute();
  await schema
    .createIndex('deliveries_by_taken')
    .on('deliveries')
    .columns(['taken_revision', 'platform', 'channel'])
    .execute();
  await schema
    .createTable('rooms')
    .addColumn('place', 'text', (column) => column.primaryKey())
    .addColumn('paced_out', 'bigint', (column) => column.notNull())
    .addColumn('rest_until', 'bigint', (column) => column.notNull())
    .execute();
}

/** What is delivered gets its channel with its next wish. */
async function fillIn(tx: Transaction<Tables>): Promise<void> {
  const undelivered = await tx
    .selectFrom('deliveries')
    .select(['key', 'conversation'])
    .whereRef('delivered_revision', '<', 'revision')
    .where('given_up', 'is', null)
    .execute();
  for (const { key, conversation } of undelivered)
    await tx
      .updateTable('deliveries')
      .set({ channel: channelOf(conversation), open: 1 })
      .where('key', '=', key)
      .execute();
}
