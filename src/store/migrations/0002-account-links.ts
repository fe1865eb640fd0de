import type { Transaction } from 'kysely';
import type { Tables } from '../tables.ts';

/** Accounts that people linked themselves, and the codes by which they do it. */
export async function addAccountLinks(tx: Transaction<Tables>): Promise<void> {
  await tx.schema
    .createTable('account_links')
    .addColumn('platform', 'text', (column) => column.notNull())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('account_links_key', ['platform', 'account'])
    .execute();
  await tx.schema
    .createTable('link_codes')
    .addColumn('code_hash', 'text', (column) => column.primaryKey())
    .addColumn('person', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'bigint', (column) => column.notNull())
    .execute();
}
