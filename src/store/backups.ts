import type { BackupRecord } from '../domain/backup.ts';
import type { BackupDraft, BackupFilter, Backups } from '../workflow/backup-book.ts';
import type { Store, Writing } from './store.ts';
import { parseStored, toStored } from './stored.ts';

const recordOf = (row: { readonly record: string }): BackupRecord => parseStored<BackupRecord>(row.record);

/** Every backup that was ever begun; an id is never given twice, whatever became of its backup. */
export function createBackups(store: Store): Backups {
  return {
    begin: (draft) => store.write((writing) => begin(writing, draft)),
    // The end of something begun, too: a full disk must not keep a good backup from being known.
    note: (id, patch, { from, audit: entry } = {}) =>
      store.conclude(async ({ tx, audit, undo }) => {
        const row = await tx.selectFrom('backups').select('record').where('id', '=', id).executeTakeFirst();
        if (row === undefined) return undefined;
        const before = recordOf(row);
        if (from !== undefined && !from.includes(before.state)) return undo(undefined);
        const after: BackupRecord = { ...before, ...patch };
        await tx
          .updateTable('backups')
          .set({ state: after.state, record: toStored(after) })
          .where('id', '=', id)
          .execute();
        if (entry !== undefined) await audit(entry);
        return after;
      }),
    find: (id) => one(store, 'id', id),
    ofReceipt: (receipt) => one(store, 'receipt', receipt),
    list: (filter) => list(store, filter),
  };
}

const one = (store: Store, column: 'id' | 'receipt', value: string): Promise<BackupRecord | undefined> =>
  store.read(async (db) => {
    const row = await db.selectFrom('backups').select('record').where(column, '=', value).executeTakeFirst();
    return row === undefined ? undefined : recordOf(row);
  });

const list = (store: Store, { limit, ...wanted }: BackupFilter): Promise<readonly BackupRecord[]> =>
  store.read(async (db) => {
    let query = db.selectFrom('backups').select('record').orderBy('number', 'desc').limit(limit);
    for (const column of ['service', 'environment', 'name', 'state'] as const) {
      const value = wanted[column];
      if (value !== undefined) query = query.where(column, '=', value);
    }
    return (await query.execute()).map(recordOf);
  });

async function begin({ tx, undo }: Writing<BackupRecord>, draft: BackupDraft): Promise<BackupRecord> {
  const { value: number } = await tx
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', 1) }))
    .where('name', '=', 'backup')
    .returning('value')
    .executeTakeFirstOrThrow();
  const earlier = await tx
    .selectFrom('backups')
    .select('record')
    .where('receipt', '=', draft.receipt)
    .executeTakeFirst();
  if (earlier !== undefined) return undo(recordOf(earlier));
  const { artifactOf, ...given } = draft;
  const id = `B-${number}`;
  const record: BackupRecord = { ...given, id, artifact: artifactOf(id), state: 'running', held: false };
  const { service, environment, name, receipt, state, startedAt } = record;
  await tx
    .insertInto('backups')
    .values({
      number,
      id,
      receipt,
      service,
      environment,
      name,
      state,
      started_at: startedAt,
      record: toStored(record),
    })
    .execute();
  return record;
}
