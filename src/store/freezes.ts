import type { Selectable } from 'kysely';
import type { AuditEntry } from '../domain/audit-event.ts';
import type { FrozenPlace, TypedFreeze } from '../domain/freeze.ts';
import type { FreezeDraft, Freezes } from '../workflow/lock-books.ts';
import type { Store, Writing } from './store.ts';
import { parsePresent, parseStored, toStored } from './stored.ts';
import type { FreezesTable } from './tables.ts';

const freezeOf = (row: Selectable<FreezesTable>): TypedFreeze => ({
  id: row.id,
  ...(row.places === null ? {} : { places: parseStored<readonly FrozenPlace[]>(row.places) }),
  until: row.until,
  reason: row.reason,
  person: row.person,
  personName: row.person_name,
  at: row.at,
  ...parsePresent({ liftedAt: row.lifted_at }),
});

/** Freezes that people typed; one ends at its time or when somebody lifts it. */
export function createFreezes(store: Store): Freezes {
  return {
    add: (draft, entry) => store.write((writing) => addFreeze(writing, draft, entry)),
    find: (id) =>
      store.read(async (db) => {
        const row = await db.selectFrom('freezes').selectAll().where('id', '=', id).executeTakeFirst();
        return row === undefined ? undefined : freezeOf(row);
      }),
    standing: (at) =>
      store.read(async (db) => {
        const rows = await db
          .selectFrom('freezes')
          .selectAll()
          .where('until', '>', at)
          .where('lifted_at', 'is', null)
          .orderBy('number')
          .execute();
        return rows.map(freezeOf);
      }),
    lift: (id, at, entry) =>
      store.conclude(async ({ tx, audit }) => {
        const row = await tx
          .updateTable('freezes')
          .set({ lifted_at: at })
          .where('id', '=', id)
          .where('lifted_at', 'is', null)
          .where('until', '>', at)
          .returningAll()
          .executeTakeFirst();
        if (row === undefined) return undefined;
        await audit(entry);
        return freezeOf(row);
      }),
  };
}

async function addFreeze(
  { tx, audit, undo }: Writing<TypedFreeze>,
  draft: FreezeDraft,
  entry: AuditEntry,
): Promise<TypedFreeze> {
  const { value: number } = await tx
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', 1) }))
    .where('name', '=', 'freeze')
    .returning('value')
    .executeTakeFirstOrThrow();
  const earlier = await tx
    .selectFrom('freezes')
    .selectAll()
    .where('request_key', '=', draft.requestKey)
    .executeTakeFirst();
  if (earlier !== undefined) return undo(freezeOf(earlier));
  const row = await tx
    .insertInto('freezes')
    .values(rowOf(draft, number))
    .returningAll()
    .executeTakeFirstOrThrow();
  await audit({ ...entry, subject: row.id });
  return freezeOf(row);
}

const rowOf = (draft: FreezeDraft, number: number) => ({
  number,
  id: `F-${number}`,
  request_key: draft.requestKey,
  places: draft.places === undefined ? null : toStored(draft.places),
  until: draft.until,
  reason: draft.reason,
  person: draft.person,
  person_name: draft.personName,
  at: draft.at,
  lifted_at: null,
});
