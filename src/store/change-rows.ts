import type { Kysely, Selectable, Transaction } from 'kysely';
import type { BreakGlass, Change, Decision, Review } from '../domain/change.ts';
import { parsePresent, parseStored } from './stored.ts';
import type { ChangesTable, DecisionsTable, Tables } from './tables.ts';

/** A row of `changes` as the domain knows it. */
export const changeOf = (row: Selectable<ChangesTable>): Change => ({
  id: row.id,
  state: row.state,
  line: row.line,
  plan: parseStored(row.plan),
  digest: row.digest,
  requester: row.requester,
  demand: parseStored(row.demand),
  ...(row.break_glass === null ? {} : { breakGlass: parseStored<BreakGlass>(row.break_glass) }),
  ...(row.review === null ? {} : { review: parseStored<Review>(row.review) }),
  requestedAt: row.requested_at,
  startAt: row.start_at,
  startBy: row.start_by,
  ...parsePresent({
    reason: row.reason,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    cancelledBy: row.cancelled_by,
    code: row.code,
    ending: row.ending,
  }),
});

const decisionOf = (row: Selectable<DecisionsTable>): Decision => ({
  change: row.change_id,
  person: row.person,
  decision: row.decision,
  digest: row.digest,
  at: row.at,
  ...parsePresent({ reason: row.reason }),
  via: row.via,
});

/** The decisions on a change, oldest first. */
export async function decisionsOn(db: Kysely<Tables>, id: string): Promise<readonly Decision[]> {
  const rows = await db
    .selectFrom('decisions')
    .selectAll()
    .where('change_id', '=', id)
    .orderBy('at')
    .orderBy('person')
    .execute();
  return rows.map(decisionOf);
}

/** Reads a change and keeps its row to this transaction: what two people do to it at once happens one after the other. */
export async function holdChange(tx: Transaction<Tables>, id: string): Promise<Change | undefined> {
  const row = await tx
    .updateTable('changes')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  return row === undefined ? undefined : changeOf(row);
}
