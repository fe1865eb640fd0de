import type { Transaction } from 'kysely';
import type { Tables } from '../tables.ts';

/** Alerts, incidents with their timelines and timers, silences, overrides of rotations. */
export async function addIncidents(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('incidents')
    .addColumn('number', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('severity', 'text', (column) => column.notNull())
    .addColumn('service', 'text')
    .addColumn('environment', 'text')
    .addColumn('key', 'text')
    .addColumn('opened_at', 'bigint', (column) => column.notNull())
    .addColumn('record', 'text', (column) => column.notNull())
    .addColumn('version', 'integer', (column) => column.notNull())
    .addColumn('shown', 'integer', (column) => column.notNull())
    .execute();
  await tx.schema.createIndex('incidents_by_key').on('incidents').columns(['key', 'number']).execute();
  await tx.schema.createIndex('incidents_by_state').on('incidents').columns(['state', 'number']).execute();
  await tx.schema
    .createTable('timeline')
    .addColumn('incident', 'text', (column) => column.notNull())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('record', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('timeline_key', ['incident', 'number'])
    .execute();
  await addAlerts(tx);
  for (const table of ['silences', 'overrides'] as const)
    await tx.schema
      .createTable(table)
      .addColumn('number', 'integer', (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('until', 'bigint', (column) => column.notNull())
      .addColumn('ended_at', 'bigint')
      .addColumn('record', 'text', (column) => column.notNull())
      .execute();
  for (const name of ['incident', 'silence', 'override'] as const)
    await tx.insertInto('counters').values({ name, value: 0 }).execute();
}

async function addAlerts(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('alerts')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('status', 'text', (column) => column.notNull())
    .addColumn('incident', 'text')
    .addColumn('unannounced', 'integer', (column) => column.notNull())
    .addColumn('first_seen', 'bigint', (column) => column.notNull())
    .addColumn('last_seen', 'bigint', (column) => column.notNull())
    .addColumn('record', 'text', (column) => column.notNull())
    .execute();
  await tx.schema.createIndex('alerts_by_incident').on('alerts').columns(['incident', 'status']).execute();
  await tx.schema.createIndex('alerts_by_status').on('alerts').columns(['status', 'last_seen']).execute();
  await tx.schema.createIndex('alerts_by_last_seen').on('alerts').columns(['last_seen']).execute();
  await tx.schema
    .createTable('incident_timers')
    .addColumn('incident', 'text', (column) => column.notNull())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('due_at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('incident_timers_key', ['incident', 'kind'])
    .execute();
  await tx.schema.createIndex('incident_timers_by_due').on('incident_timers').columns(['due_at']).execute();
}
