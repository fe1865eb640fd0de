import type { AuditEntry } from '../domain/audit-event.ts';
import { type Change, FINAL_STATES, type Review } from '../domain/change.ts';
import { changeOf } from './change-rows.ts';
import type { Writing } from './store.ts';
import { toStored } from './stored.ts';

/** Signs a review once, after the end of its change; undefined when there is none to sign. */
export async function reviewChange(
  { tx, audit }: Writing<Change | undefined>,
  wanted: { readonly id: string; readonly review: Review; readonly entry: AuditEntry },
): Promise<Change | undefined> {
  const row = await tx
    .updateTable('changes')
    .set({ review: toStored(wanted.review), review_open: 0 })
    .where('id', '=', wanted.id)
    .where('review_open', '=', 1)
    .where('state', 'in', [...FINAL_STATES])
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  await audit(wanted.entry);
  return changeOf(row);
}
