import type { Transaction } from 'kysely';
import type { Tables } from '../tables.ts';

/** Locks with an end and locks below a change, freezes that people typed, and who wants to be told when something is free. */
export async function addFreezes(tx: Transaction<Tables>): Promise<void> {
  const { schema } = tx;
  await schema.alterTable('locks').addColumn('until', 'bigint').execute();
  await schema.alterTable('locks').addColumn('under', 'text').execute();
  await schema
    .createTable('freezes')
    .addColumn('number', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('request_key', 'text', (column) => column.notNull().unique())
    .addColumn('places', 'text')
    .addColumn('until', 'bigint', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('person_name', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('lifted_at', 'bigint')
    .execute();
  await schema.createIndex('freezes_by_until').on('freezes').column('until').execute();
  await schema
    .createTable('lock_waits')
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('subject', 'text', (column) => column.notNull())
    .addColumn('wait', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('told', 'text')
    .addPrimaryKeyConstraint('lock_waits_key', ['person', 'subject'])
    .execute();
  await tx.insertInto('counters').values({ name: 'freeze', value: 0 }).execute();
}
