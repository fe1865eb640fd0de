import type { SchemaModule as Schema, Transaction } from 'kysely';
import { NO_RECORDS } from '../audit-head.ts';
import type { Tables } from '../tables.ts';

/** Changes, their steps, decisions and locks, what came in, what goes out, the audit chain, and the console's books. */
export async function createJournal(tx: Transaction<Tables>): Promise<void> {
  const { schema } = tx;
  await createChanges(schema);
  await createSteps(schema);
  await createInboxAndDeliveries(schema);
  await createAudit(schema);
  await createConsole(schema);
  await tx
    .insertInto('counters')
    .values([
      { name: 'change', value: 0 },
      { name: 'feed', value: 0 },
    ])
    .execute();
  await tx
    .insertInto('audit_head')
    .values({ id: 1, ...NO_RECORDS })
    .execute();
}

async function createChanges(schema: Schema): Promise<void> {
  await schema
    .createTable('counters')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'integer', (column) => column.notNull())
    .execute();
  await schema
    .createTable('changes')
    .addColumn('number', 'integer', (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('request_key', 'text', (column) => column.notNull().unique())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('line', 'text', (column) => column.notNull())
    .addColumn('plan', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('requester', 'text', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('demand', 'text', (column) => column.notNull())
    .addColumn('origin', 'text', (column) => column.notNull())
    .addColumn('requested_at', 'bigint', (column) => column.notNull())
    .addColumn('start_at', 'bigint', (column) => column.notNull())
    .addColumn('start_by', 'bigint', (column) => column.notNull())
    .addColumn('started_at', 'bigint')
    .addColumn('ended_at', 'bigint')
    .addColumn('cancelled_by', 'text')
    .addColumn('code', 'text')
    .addColumn('ending', 'text')
    .addColumn('version', 'integer', (column) => column.notNull())
    .execute();
  await schema.createIndex('changes_by_state').on('changes').columns(['state', 'number']).execute();
  await schema
    .createTable('change_services')
    .addColumn('service', 'text', (column) => column.notNull())
    .addColumn('change_id', 'text', (column) => column.notNull().references('changes.id'))
    .addPrimaryKeyConstraint('change_services_key', ['service', 'change_id'])
    .execute();
}

async function createSteps(schema: Schema): Promise<void> {
  await schema
    .createTable('decisions')
    .addColumn('change_id', 'text', (column) => column.notNull().references('changes.id'))
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('decision', 'text', (column) => column.notNull())
    .addColumn('digest', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('reason', 'text')
    .addColumn('via', 'text', (column) => column.notNull())
    .addPrimaryKeyConstraint('decisions_key', ['change_id', 'person'])
    .execute();
  await schema
    .createTable('steps')
    .addColumn('change_id', 'text', (column) => column.notNull().references('changes.id'))
    .addColumn('step', 'text', (column) => column.notNull())
    .addColumn('attempt', 'integer', (column) => column.notNull())
    .addColumn('state', 'text', (column) => column.notNull())
    .addColumn('owner', 'text', (column) => column.notNull())
    .addColumn('receipt', 'text', (column) => column.notNull())
    .addColumn('evidence', 'text', (column) => column.notNull())
    .addColumn('started_at', 'bigint', (column) => column.notNull())
    .addColumn('ended_at', 'bigint')
    .addColumn('ending', 'text')
    .addPrimaryKeyConstraint('steps_key', ['change_id', 'step', 'attempt'])
    .execute();
  await schema.createIndex('steps_by_state').on('steps').column('state').execute();
  await schema
    .createTable('locks')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('holder', 'text', (column) => column.notNull())
    .addColumn('holder_name', 'text', (column) => column.notNull())
    .addColumn('reason', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute();
}

async function createInboxAndDeliveries(schema: Schema): Promise<void> {
  await schema
    .createTable('inbox')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('number', 'integer', (column) => column.notNull())
    .addColumn('incoming', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('done', 'integer', (column) => column.notNull())
    .execute();
  await schema.createIndex('inbox_by_number').on('inbox').column('number').execute();
  await schema.createIndex('inbox_by_done').on('inbox').columns(['done', 'number']).execute();
  await schema
    .createTable('deliveries')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('platform', 'text', (column) => column.notNull())
    .addColumn('conversation', 'text', (column) => column.notNull())
    .addColumn('parent', 'text')
    .addColumn('message', 'text', (column) => column.notNull())
    .addColumn('revision', 'integer', (column) => column.notNull())
    .addColumn('delivered_revision', 'integer', (column) => column.notNull())
    .addColumn('posted_channel', 'text')
    .addColumn('posted_message', 'text')
    .addColumn('ambiguous', 'integer', (column) => column.notNull())
    .addColumn('attempts', 'integer', (column) => column.notNull())
    .addColumn('not_before', 'bigint', (column) => column.notNull())
    .addColumn('given_up', 'text')
    .addColumn('wanted_at', 'bigint', (column) => column.notNull())
    .execute();
  await schema
    .createIndex('deliveries_by_place')
    .on('deliveries')
    .columns(['platform', 'posted_channel', 'posted_message'])
    .execute();
}

async function createAudit(schema: Schema): Promise<void> {
  await schema
    .createTable('audit')
    .addColumn('sequence', 'integer', (column) => column.primaryKey())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('service', 'text')
    .addColumn('entry', 'text', (column) => column.notNull())
    .addColumn('previous', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute();
  await schema.createIndex('audit_by_service').on('audit').columns(['service', 'sequence']).execute();
  await schema
    .createTable('audit_head')
    .addColumn('id', 'integer', (column) => column.primaryKey())
    .addColumn('sequence', 'integer', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull())
    .execute();
  await schema
    .createTable('tokens')
    .addColumn('token', 'text', (column) => column.primaryKey())
    .addColumn('line', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .execute();
  await schema
    .createTable('check_states')
    .addColumn('key', 'text', (column) => column.primaryKey())
    .addColumn('verdict', 'text', (column) => column.notNull())
    .addColumn('since', 'bigint', (column) => column.notNull())
    .addColumn('last', 'text', (column) => column.notNull())
    .addColumn('streak', 'integer', (column) => column.notNull())
    .execute();
}

async function createConsole(schema: Schema): Promise<void> {
  await schema
    .createTable('feed_entries')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('key', 'text', (column) => column.unique())
    .addColumn('position', 'integer', (column) => column.notNull().unique())
    .addColumn('revision', 'integer', (column) => column.notNull().unique())
    .addColumn('thread', 'text')
    .addColumn('visible_to', 'text')
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addColumn('edited_at', 'bigint')
    .addColumn('content', 'text', (column) => column.notNull())
    .addColumn('file_name', 'text')
    .addColumn('file_bytes', 'integer')
    .addColumn('file_text', 'text')
    .execute();
  await schema
    .createIndex('feed_entries_by_thread')
    .on('feed_entries')
    .columns(['thread', 'position'])
    .execute();
  await schema
    .createTable('sign_in_links')
    .addColumn('token_hash', 'text', (column) => column.primaryKey())
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .addColumn('used_by', 'text')
    .addColumn('used_at', 'bigint')
    .execute();
  await schema
    .createTable('sessions')
    .addColumn('token_hash', 'text', (column) => column.primaryKey())
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('created_at', 'bigint', (column) => column.notNull())
    .addColumn('seen_at', 'bigint', (column) => column.notNull())
    .execute();
}
