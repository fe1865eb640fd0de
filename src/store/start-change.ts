import type { Transaction } from 'kysely';
import { tally } from '../domain/approval.ts';
import type { AuditEntry } from '../domain/audit-event.ts';
import { budgetFor, budgetStanding } from '../domain/budget.ts';
import type { Change, Decision } from '../domain/change.ts';
import { componentKey } from '../domain/fleet.ts';
import { type Lock, personHolder } from '../domain/lock.ts';
import { heldComponents } from '../domain/plan.ts';
import type { StartResult, StartTerms } from '../workflow/change-book.ts';
import { changeOf, decisionsOn, holdChange } from './change-rows.ts';
import { takeLocks } from './locks.ts';
import type { Writing } from './store.ts';
import type { Tables } from './tables.ts';
import { noteTries, triesOn } from './tries.ts';

/** Takes every lock of the plan and starts, or does neither. A wake-up is only a hint, so all that allows it is looked at here. */
export async function startChange(
  { tx, audit, undo }: Writing<StartResult>,
  wanted: { readonly id: string; readonly terms: StartTerms; readonly entry: AuditEntry },
): Promise<StartResult> {
  const { id, terms, entry } = wanted;
  const { at } = terms;
  const change = await holdChange(tx, id);
  if (change === undefined || !mayStart(change, await decisionsOn(tx, id), at)) return undo({ kind: 'gone' });
  const inTheWay = await takeLocks(tx, locksOf(change, at), { audit, under: personHolder(change.requester) });
  if (inTheWay !== undefined) return undo({ kind: 'locked', lock: inTheWay });
  const spent = await exhaustedBy(tx, change, terms);
  if (spent !== undefined) return undo(spent);
  await noteTries(tx, change, at);
  const row = await tx
    .updateTable('changes')
    .set({ state: 'running', started_at: at })
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirstOrThrow();
  await audit(entry);
  return { kind: 'started', change: changeOf(row) };
}

/** The first component whose budget forbids one more try; who broke the glass is not held up by it. */
async function exhaustedBy(
  tx: Transaction<Tables>,
  { plan, breakGlass }: Change,
  { at, budget = [] }: StartTerms,
): Promise<Extract<StartResult, { kind: 'exhausted' }> | undefined> {
  if (breakGlass !== undefined) return undefined;
  for (const ref of plan.components) {
    const rule = budgetFor(budget, plan.verb, ref);
    if (rule === undefined) continue;
    const component = componentKey(ref);
    const standing = budgetStanding(rule, await triesOn(tx, { verb: plan.verb, component }), at);
    if (standing.kind === 'exhausted') return { kind: 'exhausted', component, standing };
  }
  return undefined;
}

const mayStart = (change: Change, decisions: readonly Decision[], at: number): boolean =>
  change.state === 'requested' &&
  change.startAt <= at &&
  at <= change.startBy &&
  tally(change.demand, decisions) === 'approved';

function locksOf(change: Change, at: number): readonly Lock[] {
  const keys = new Set(heldComponents(change.plan).map(componentKey));
  return [...keys].map((key) => ({
    key,
    holder: change.id,
    holderName: `${change.id} (${change.requester})`,
    reason: change.reason ?? change.plan.summary,
    at,
  }));
}
