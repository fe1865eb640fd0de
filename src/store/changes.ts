import type { Kysely } from 'kysely';
import type { Conversation } from '../chat/chat.ts';
import { type Change, type ChangeState, FINAL_STATES, mayMove } from '../domain/change.ts';
import type { ChangeDraft, ChangeFilter, ChangePatch, Changes } from '../workflow/change-book.ts';
import { changeOf, decisionsOn } from './change-rows.ts';
import { decideChange, escalateChange } from './decide-change.ts';
import { releaseLocks } from './locks.ts';
import { reviewChange } from './review-change.ts';
import { startChange } from './start-change.ts';
import type { Store, Writing } from './store.ts';
import { parseStored, toStored } from './stored.ts';
import type { Tables } from './tables.ts';
import { triesOn } from './tries.ts';

const MOST_LISTED = 500;
const MAY_BE_STOPPED: readonly ChangeState[] = ['running', 'verifying', 'unknown'];

/** Changes and the decisions on them; every move is a compare-and-set. */
export function createChanges(store: Store): Changes {
  return {
    request: (draft, ...entries) =>
      store.write(async (writing) => {
        const change = await requestChange(writing, draft);
        for (const entry of entries) await writing.audit({ ...entry, subject: change.id });
        return { change, isNew: true };
      }),
    find: (id) => store.read((db) => findChange(db, id)),
    ofRequest: (requestKey) =>
      store.read(async (db) => {
        const row = await db
          .selectFrom('changes')
          .selectAll()
          .where('request_key', '=', requestKey)
          .executeTakeFirst();
        return row === undefined ? undefined : changeOf(row);
      }),
    list: (filter) => store.read((db) => listChanges(db, filter)),
    originOf: (id) =>
      store.read(async (db) => {
        const row = await db.selectFrom('changes').select('origin').where('id', '=', id).executeTakeFirst();
        return row === undefined ? undefined : parseStored<Conversation>(row.origin);
      }),
    decisions: (id) => store.read((db) => decisionsOn(db, id)),
    move: (id, from, move) => {
      refuseIllegal(from, move.to);
      return store.conclude((writing) => moveChange(writing, { id, from, ...move }));
    },
    start: (id, terms, entry) => store.write((writing) => startChange(writing, { id, terms, entry })),
    decide: (decision, terms, entry) =>
      store.write((writing) => decideChange(writing, { decision, terms, entry })),
    escalate: (id, at, entry) => store.write((writing) => escalateChange(writing, { id, at, entry })),
    review: (id, review, entry) => store.write((writing) => reviewChange(writing, { id, review, entry })),
    tries: (of) => store.read((db) => triesOn(db, of)),
    askToStop: (id, person, entry) =>
      store.conclude(async ({ tx, audit }) => {
        const row = await tx
          .updateTable('changes')
          .set((eb) => ({ cancelled_by: eb.fn.coalesce('cancelled_by', eb.val(person)) }))
          .where('id', '=', id)
          .where('state', 'in', [...MAY_BE_STOPPED])
          .executeTakeFirstOrThrow();
        if (row.numUpdatedRows === 0n) return false;
        await audit(entry);
        return true;
      }),
  };
}

async function moveChange(
  { tx, audit }: Writing<Change | undefined>,
  {
    id,
    from,
    to,
    patch,
    audit: entry,
  }: Parameters<Changes['move']>[2] & {
    readonly id: string;
    readonly from: readonly ChangeState[];
  },
): Promise<Change | undefined> {
  if (from.length === 0) return undefined;
  const row = await tx
    .updateTable('changes')
    // A code of a time when it was unknown says nothing about how it ended.
    .set({ state: to, code: null, ...columnsOf(patch) })
    .where('id', '=', id)
    .where('state', 'in', [...from])
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (FINAL_STATES.includes(to)) await releaseLocks(tx, id);
  await audit(entry);
  return changeOf(row);
}

/** A move the lifecycle does not know is a bug of the caller, whatever state the change is in. */
function refuseIllegal(from: readonly ChangeState[], to: ChangeState): void {
  const illegal = from.find((state) => !mayMove(state, to));
  if (illegal !== undefined) throw new Error(`a change never goes from ${illegal} to ${to}`);
}

async function requestChange(
  { tx, undo }: Writing<{ readonly change: Change; readonly isNew: boolean }>,
  draft: ChangeDraft,
): Promise<Change> {
  if (draft.state !== 'requested' && draft.state !== 'awaiting approval')
    throw new Error(`a change begins as requested or awaiting approval, not as ${draft.state}`);
  const { value: number } = await tx
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', 1) }))
    .where('name', '=', 'change')
    .returning('value')
    .executeTakeFirstOrThrow();
  const earlier = await tx
    .selectFrom('changes')
    .selectAll()
    .where('request_key', '=', draft.requestKey)
    .executeTakeFirst();
  if (earlier !== undefined) return undo({ change: changeOf(earlier), isNew: false });
  const row = await tx
    .insertInto('changes')
    .values(newRow(draft, number))
    .returningAll()
    .executeTakeFirstOrThrow();
  for (const service of new Set(draft.plan.components.map((component) => component.service)))
    await tx.insertInto('change_services').values({ change_id: row.id, service }).execute();
  return changeOf(row);
}

const newRow = (draft: ChangeDraft, number: number) => ({
  number,
  id: `C-${number}`,
  request_key: draft.requestKey,
  state: draft.state,
  line: draft.line,
  plan: toStored(draft.plan),
  digest: draft.digest,
  requester: draft.requester,
  reason: draft.reason ?? null,
  demand: toStored(draft.demand),
  origin: toStored(draft.origin),
  requested_at: draft.requestedAt,
  start_at: draft.startAt,
  start_by: draft.startBy,
  started_at: null,
  ended_at: null,
  cancelled_by: null,
  code: null,
  ending: null,
  version: 1,
  break_glass: draft.breakGlass === undefined ? null : toStored(draft.breakGlass),
  review: null,
  review_open: draft.breakGlass === undefined ? 0 : 1,
});

const columnsOf = ({ startedAt, endedAt, code, ending }: ChangePatch) => ({
  ...(startedAt === undefined ? {} : { started_at: startedAt }),
  ...(endedAt === undefined ? {} : { ended_at: endedAt }),
  ...(code === undefined ? {} : { code }),
  ...(ending === undefined ? {} : { ending }),
});

async function findChange(db: Kysely<Tables>, id: string): Promise<Change | undefined> {
  const row = await db.selectFrom('changes').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : changeOf(row);
}

async function listChanges(db: Kysely<Tables>, filter: ChangeFilter): Promise<readonly Change[]> {
  const { states, service, since, startsBy, after, limit, oldestFirst, reviewOpen } = filter;
  if (states?.length === 0) return [];
  let query = db
    .selectFrom('changes')
    .selectAll()
    .orderBy('number', oldestFirst === true ? 'asc' : 'desc');
  if (states !== undefined) query = query.where('state', 'in', [...states]);
  if (reviewOpen === true) query = query.where('review_open', '=', 1);
  if (startsBy !== undefined) query = query.where('start_at', '<=', startsBy);
  if (after !== undefined)
    query = query.where('number', '>', (eb) =>
      eb.selectFrom('changes as earlier').select('earlier.number').where('earlier.id', '=', after),
    );
  if (since !== undefined) query = query.where('requested_at', '>=', since);
  if (service !== undefined)
    query = query.where('id', 'in', (eb) =>
      eb.selectFrom('change_services').select('change_id').where('service', '=', service),
    );
  const rows = await query.limit(Math.max(1, Math.min(limit, MOST_LISTED))).execute();
  return rows.map(changeOf);
}
