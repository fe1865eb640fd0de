import { setImmediate } from 'node:timers/promises';
import type { Transaction } from 'kysely';
import { incidentOf } from './incident-look.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

/** Rows a transaction: others get their turn in between. */
const ROWS = 200;

/** Forgets incidents that were resolved before this epoch millisecond, and alerts that were over by then; how many incidents went. */
export async function pruneIncidents(store: Store, before: number): Promise<number> {
  let count = 0;
  for (let after: number | undefined = 0; after !== undefined; ) {
    const from: number = after;
    const found = await store.read((db) =>
      db
        .selectFrom('incidents')
        .select(['number', 'record'])
        .where('number', '>', from)
        .where('state', '=', 'resolved')
        .where('opened_at', '<', before)
        .orderBy('number')
        .limit(ROWS)
        .execute(),
    );
    const old = found
      .map(incidentOf)
      .filter(({ resolvedAt }) => resolvedAt !== undefined && resolvedAt < before);
    for (const { id, version } of old)
      if (await store.write(({ tx }) => forget(tx, { id, version }))) count += 1;
    after = found.length < ROWS ? undefined : found.at(-1)?.number;
    await setImmediate();
  }
  await pruneAlerts(store, before);
  return count;
}

/** False where somebody altered it since, where it still waits for something, or where one of its alerts fires. */
async function forget(
  tx: Transaction<Tables>,
  { id, version }: { readonly id: string; readonly version: number },
): Promise<boolean> {
  const waits = await tx.selectFrom('incident_timers').select('kind').where('incident', '=', id).execute();
  const fires = await tx
    .selectFrom('alerts')
    .select('key')
    .where('incident', '=', id)
    .where('status', '!=', 'resolved')
    .limit(1)
    .execute();
  if (waits.length > 0 || fires.length > 0) return false;
  const gone = await tx
    .deleteFrom('incidents')
    .where('id', '=', id)
    .where('version', '=', version)
    .where('shown', '=', version)
    .executeTakeFirstOrThrow();
  if (gone.numDeletedRows === 0n) return false;
  await tx.deleteFrom('timeline').where('incident', '=', id).execute();
  await tx.deleteFrom('alerts').where('incident', '=', id).execute();
  return true;
}

/** Those that are over and belong to no incident that is kept. */
async function pruneAlerts(store: Store, before: number): Promise<void> {
  for (let gone = ROWS; gone === ROWS; await setImmediate()) {
    const rows = await store.read((db) =>
      db
        .selectFrom('alerts')
        .select('key')
        .where('status', '=', 'resolved')
        .where('last_seen', '<', before)
        .where('incident', 'is', null)
        .limit(ROWS)
        .execute(),
    );
    gone = rows.length;
    const keys = rows.map(({ key }) => key);
    if (gone > 0)
      await store.write(({ tx }) =>
        tx
          .deleteFrom('alerts')
          .where('key', 'in', keys)
          .where('status', '=', 'resolved')
          .where('last_seen', '<', before)
          .where('incident', 'is', null)
          .execute(),
      );
  }
}
