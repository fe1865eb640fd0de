import type { Transaction } from 'kysely';
import type { Plan } from '../../domain/plan.ts';
import { parseStored } from '../stored.ts';
import type { Tables } from '../tables.ts';
import { noteTries } from '../tries.ts';

/** Broken glass and its review, and which components each change tried something on. */
export async function addApprovals(tx: Transaction<Tables>): Promise<void> {
  const { schema } = tx;
  for (const name of ['break_glass', 'review'])
    await schema.alterTable('changes').addColumn(name, 'text').execute();
  await schema
    .alterTable('changes')
    .addColumn('review_open', 'integer', (column) => column.notNull().defaultTo(0))
    .execute();
  await schema.createIndex('changes_by_review').on('changes').columns(['review_open', 'number']).execute();
  await schema
    .createTable('tries')
    .addColumn('change_id', 'text', (column) => column.notNull().references('changes.id').onDelete('cascade'))
    .addColumn('component', 'text', (column) => column.notNull())
    .addColumn('verb', 'text', (column) => column.notNull())
    .addColumn('step', 'text', (column) => column.notNull())
    .addColumn('at', 'bigint', (column) => column.notNull())
    .addPrimaryKeyConstraint('tries_key', ['change_id', 'component'])
    .execute();
  await schema.createIndex('tries_by_component').on('tries').columns(['component', 'verb', 'at']).execute();
  await fillIn(tx);
}

/** What was started before counts as tried. */
async function fillIn(tx: Transaction<Tables>): Promise<void> {
  const started = await tx
    .selectFrom('changes')
    .select(['id', 'plan', 'started_at'])
    .where('started_at', 'is not', null)
    .execute();
  for (const row of started) {
    const plan = parseStored<Plan>(row.plan);
    await noteTries(tx, { id: row.id, plan }, row.started_at ?? 0);
  }
}
