import { tally } from '../domain/approval.ts';
import type { AuditEntry } from '../domain/audit-event.ts';
import type { Change, Decision } from '../domain/change.ts';
import { componentKey } from '../domain/fleet.ts';
import type { Lock } from '../domain/lock.ts';
import type { StartResult } from '../workflow/journal.ts';
import { changeOf, decisionsOn, holdChange } from './change-rows.ts';
import { takeLocks } from './locks.ts';
import type { Writing } from './store.ts';

/** Takes every lock of the plan and starts, or does neither. A wake-up is only a hint, so all that allows it is looked at here. */
export async function startChange(
  { tx, audit, undo }: Writing<StartResult>,
  wanted: { readonly id: string; readonly at: number; readonly entry: AuditEntry },
): Promise<StartResult> {
  const { id, at, entry } = wanted;
  const change = await holdChange(tx, id);
  if (change === undefined || !mayStart(change, await decisionsOn(tx, id), at)) return undo({ kind: 'gone' });
  const inTheWay = await takeLocks(tx, locksOf(change, at));
  if (inTheWay !== undefined) return undo({ kind: 'locked', lock: inTheWay });
  const row = await tx
    .updateTable('changes')
    .set({ state: 'running', started_at: at })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await audit(entry);
  return { kind: 'started', change: changeOf(row) };
}

const mayStart = (change: Change, decisions: readonly Decision[], at: number): boolean =>
  change.state === 'requested' &&
  change.startAt <= at &&
  at <= change.startBy &&
  tally(change.demand, decisions) === 'approved';

function locksOf(change: Change, at: number): readonly Lock[] {
  const keys = new Set(change.plan.components.map(componentKey));
  return [...keys].map((key) => ({
    key,
    holder: change.id,
    holderName: `${change.id} (${change.requester})`,
    reason: change.reason ?? change.plan.summary,
    at,
  }));
}
