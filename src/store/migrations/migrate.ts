import { type Kysely, sql, type Transaction } from 'kysely';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { Tables } from '../tables.ts';
import { createJournal } from './0001-journal.ts';
import { addAccountLinks } from './0002-account-links.ts';
import { addDeliveryLanes } from './0003-delivery-lanes.ts';
import { addFreezes } from './0004-freezes.ts';
import { addApprovals } from './0005-approvals.ts';
import { addStoreMarks } from './0006-store-marks.ts';
import { addClock } from './0008-clock.ts';
import { addConfirmations } from './0009-confirmations.ts';
import { addBackups } from './0010-backups.ts';
import { addVerdicts } from './0011-verdicts.ts';
import { addSchedules } from './0012-schedules.ts';
import { addAlertDeliveries } from './0013-alert-deliveries.ts';
import { addIncidents } from './0014-incidents.ts';
import { addStatusUpdates } from './0015-status-updates.ts';

/** Forward only, in this order; a released one is never edited. The place in the list is its version. */
const MIGRATIONS: readonly ((tx: Transaction<Tables>) => Promise<void>)[] = [
  createJournal,
  addAccountLinks,
  addDeliveryLanes,
  addFreezes,
  addApprovals,
  addStoreMarks,
  addClock,
  addConfirmations,
  addBackups,
  addVerdicts,
  addSchedules,
  addAlertDeliveries,
  addIncidents,
  addStatusUpdates,
];

/** The schema version this code reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

/** Brings the schema up to date, each step in its own transaction; failed when a newer Botswain has written it. */
export async function migrate(db: Kysely<Tables>, now: number): Promise<Outcome<void>> {
  await sql`create table if not exists schema_version (version integer primary key, applied_at bigint not null)`.execute(
    db,
  );
  const newest = await db
    .selectFrom('schema_version')
    .select((eb) => eb.fn.max('version').as('version'))
    .executeTakeFirst();
  const found = newest?.version ?? 0;
  if (found > SCHEMA_VERSION)
    return failed(
      'STORE_UNAVAILABLE',
      `the journal has schema version ${found}, written by a newer Botswain; this one knows versions up to ${SCHEMA_VERSION}`,
      'Start the newer Botswain, or restore a backup made before the upgrade.',
    );
  for (const [index, apply] of MIGRATIONS.entries()) {
    const version = index + 1;
    if (version <= found) continue;
    await db.transaction().execute(async (tx) => {
      await apply(tx);
      await tx.insertInto('schema_version').values({ version, applied_at: now }).execute();
    });
  }
  return succeeded(undefined);
}
