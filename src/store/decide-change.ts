import { tally } from '../domain/approval.ts';
import type { AuditEntry } from '../domain/audit-event.ts';
import type { Change, Decision } from '../domain/change.ts';
import type { DecisionResult } from '../workflow/journal.ts';
import { changeOf, decisionsOn, holdChange } from './change-rows.ts';
import type { Writing } from './store.ts';

/** Records a decision once a person, under the digest they saw, while it waits; the last one needed moves the change. */
export async function decideChange(
  { tx, audit, undo }: Writing<DecisionResult>,
  wanted: { readonly decision: Decision; readonly startWithinMs: number; readonly entry: AuditEntry },
): Promise<DecisionResult> {
  const { decision, startWithinMs, entry } = wanted;
  const change = await holdChange(tx, decision.change);
  if (change === undefined) throw new Error(`there is no change ${decision.change} to decide on`);
  const before = await decisionsOn(tx, change.id);
  const own = before.find((earlier) => earlier.person === decision.person);
  if (own !== undefined) return undo({ kind: 'already decided', change, decision: own });
  if (!isDecidable(change, decision)) return undo({ kind: 'too late', change });
  await tx
    .insertInto('decisions')
    .values({
      change_id: change.id,
      person: decision.person,
      decision: decision.decision,
      digest: decision.digest,
      at: decision.at,
      reason: decision.reason ?? null,
      via: decision.via,
    })
    .execute();
  const decisions = [...before, decision];
  await audit(entry);
  const moved = movedBy(change, decisions, { decision, startWithinMs });
  if (moved === undefined) return { kind: 'recorded', change, decisions };
  const row = await tx
    .updateTable('changes')
    .set(moved)
    .where('id', '=', change.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { kind: 'recorded', change: changeOf(row), decisions };
}

const isDecidable = (change: Change, decision: Decision): boolean =>
  change.state === 'awaiting approval' &&
  change.digest === decision.digest &&
  decision.at < change.demand.expiresAt;

/** The columns that the complete tally sets; undefined while it waits for more people. */
function movedBy(
  change: Change,
  decisions: readonly Decision[],
  last: { readonly decision: Decision; readonly startWithinMs: number },
) {
  const { person, at, reason } = last.decision;
  const standing = tally(change.demand, decisions);
  if (standing === 'waiting') return undefined;
  if (standing === 'denied') {
    const ending = `denied by ${person}${reason === undefined ? '' : `: ${reason}`}`;
    return { state: 'denied', ended_at: at, ending } as const;
  }
  // With --at the second clock runs from that time, else it would end before the change may start.
  return { state: 'requested', start_by: Math.max(at, change.startAt) + last.startWithinMs } as const;
}
