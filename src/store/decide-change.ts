import type { Transaction } from 'kysely';
import { escalated, escalatesAt, tally } from '../domain/approval.ts';
import type { AuditEntry } from '../domain/audit-event.ts';
import type { Change, Decision } from '../domain/change.ts';
import type { DecisionResult, DecisionTerms } from '../workflow/change-book.ts';
import { changeOf, decisionsOn, holdChange } from './change-rows.ts';
import type { Writing } from './store.ts';
import { toStored } from './stored.ts';
import type { Tables } from './tables.ts';

/**
 * Records a decision once a person, under the digest they saw, while it waits; the last one needed moves the change. Who
 * approved may deny until then: a doubt that comes later is a doubt.
 */
export async function decideChange(
  { tx, audit, undo }: Writing<DecisionResult>,
  wanted: { readonly decision: Decision; readonly terms: DecisionTerms; readonly entry: AuditEntry },
): Promise<DecisionResult> {
  const { decision, terms, entry } = wanted;
  const change = await holdChange(tx, decision.change);
  if (change === undefined) throw new Error(`there is no change ${decision.change} to decide on`);
  const before = await decisionsOn(tx, change.id);
  const own = before.find((earlier) => earlier.person === decision.person);
  if (own?.decision === decision.decision) return undo({ kind: 'already decided', change, decision: own });
  if (!isDecidable(change, decision)) return undo({ kind: 'too late', change });
  await write(tx, decision);
  const decisions = [...before.filter((earlier) => earlier !== own), decision];
  await audit(entry);
  const moved = movedBy(change, decisions, { decision, terms });
  if (moved === undefined) return { kind: 'recorded', change, decisions };
  const row = await tx
    .updateTable('changes')
    .set(moved)
    .where('id', '=', change.id)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { kind: 'recorded', change: changeOf(row), decisions };
}

async function write(tx: Transaction<Tables>, decision: Decision): Promise<void> {
  const said = {
    decision: decision.decision,
    digest: decision.digest,
    at: decision.at,
    reason: decision.reason ?? null,
    via: decision.via,
  };
  const { change, person } = decision;
  await tx
    .insertInto('decisions')
    .values({ change_id: change, person, ...said })
    .onConflict((conflict) => conflict.columns(['change_id', 'person']).doUpdateSet(said))
    .execute();
}

const isDecidable = (change: Change, decision: Decision): boolean =>
  change.state === 'awaiting approval' &&
  change.digest === decision.digest &&
  decision.at < change.demand.expiresAt;

const DENIED = 'It was denied; nothing was done.';

/** The columns that the complete tally sets; undefined while it waits for more people. */
function movedBy(
  change: Change,
  decisions: readonly Decision[],
  last: { readonly decision: Decision; readonly terms: DecisionTerms },
) {
  const { at } = last.decision;
  const standing = tally(change.demand, decisions, last.terms.approvers);
  if (standing === 'waiting') return undefined;
  if (standing === 'denied')
    return { state: 'denied', ended_at: at, ending: last.terms.denial ?? DENIED } as const;
  // With --at the second clock runs from that time, else it would end before the change may start.
  return { state: 'requested', start_by: Math.max(at, change.startAt) + last.terms.startWithinMs } as const;
}

/** Widens the demand of a change that still waits, once; undefined when there is nothing to widen yet or any more. */
export async function escalateChange(
  { tx, audit, undo }: Writing<Change | undefined>,
  wanted: { readonly id: string; readonly at: number; readonly entry: AuditEntry },
): Promise<Change | undefined> {
  const { id, at, entry } = wanted;
  const change = await holdChange(tx, id);
  const due = change === undefined ? undefined : escalatesAt(change);
  const isDue = change?.state === 'awaiting approval' && due !== undefined && due <= at;
  if (change === undefined || !isDue || at >= change.demand.expiresAt) return undo(undefined);
  const row = await tx
    .updateTable('changes')
    .set({ demand: toStored(escalated(change.demand, at)) })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await audit(entry);
  return changeOf(row);
}
