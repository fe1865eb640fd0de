import type { Transaction } from 'kysely';
import type { IncidentTimer } from '../domain/incident.ts';
import type { IncidentBook, IncidentLook } from '../incidents/incident-book.ts';
import { incidentDesk } from './incident-desk.ts';
import { incidentLook, incidentOf } from './incident-look.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

/** How raw deliveries are kept. */
export interface DeliveryKeeping extends Pick<IncidentBook, 'receive' | 'delivery' | 'pending'> {
  /** Numbers of those that were not taken up before, neither they nor another with their event id. */
  markTaken(
    tx: Transaction<Tables>,
    taken: Parameters<IncidentBook['takeUp']>[0],
  ): Promise<readonly number[]>;
}

/** Alerts, incidents and all that belongs to them. */
export function createIncidents(store: Store, deliveries: DeliveryKeeping): IncidentBook {
  const { receive, delivery, pending } = deliveries;
  return {
    ...lookEachTime(store),
    receive,
    delivery,
    pending,
    takeUp: (taken, work) =>
      store.write(async (writing) => {
        const fresh = await deliveries.markTaken(writing.tx, taken);
        await work(incidentDesk(writing), fresh);
      }),
    write: (work) => store.write((writing) => work(incidentDesk(writing))),
    conclude: (work) => store.conclude((writing) => work(incidentDesk(writing))),
    due: (at, limit) => due(store, at, limit),
    nextDue: () =>
      store.read(async (db) => {
        const row = await db
          .selectFrom('incident_timers')
          .select((eb) => eb.fn.min('due_at').as('at'))
          .executeTakeFirst();
        return row?.at ?? undefined;
      }),
    unshown: (limit) =>
      store.read(async (db) => {
        const rows = await db
          .selectFrom('incidents')
          .select(['record', 'shown'])
          .whereRef('shown', '<', 'version')
          .orderBy('number')
          .limit(limit)
          .execute();
        return rows.map((row) => ({ incident: incidentOf(row), isNew: row.shown === 0 }));
      }),
    // How people hear of it: a full disk must not keep an alarm from being shown as such.
    shown: (id, version) =>
      store.conclude(async ({ tx }) => {
        await tx
          .updateTable('incidents')
          .set({ shown: version })
          .where('id', '=', id)
          .where('shown', '<', version)
          .execute();
      }),
  };
}

/** Each look is a read of its own. */
const lookEachTime = (store: Store): IncidentLook => ({
  find: (id) => store.read((db) => incidentLook(db).find(id)),
  list: (filter) => store.read((db) => incidentLook(db).list(filter)),
  withKey: (key) => store.read((db) => incidentLook(db).withKey(key)),
  timeline: (id) => store.read((db) => incidentLook(db).timeline(id)),
  alertsOf: (incident, filter) => store.read((db) => incidentLook(db).alertsOf(incident, filter)),
  alertCounts: (incident) => store.read((db) => incidentLook(db).alertCounts(incident)),
  alert: (key) => store.read((db) => incidentLook(db).alert(key)),
  newAlerts: (integration, since) => store.read((db) => incidentLook(db).newAlerts(integration, since)),
  alerts: (filter) => store.read((db) => incidentLook(db).alerts(filter)),
  firingAfter: (after, limit) => store.read((db) => incidentLook(db).firingAfter(after, limit)),
  leftFiring: (limit) => store.read((db) => incidentLook(db).leftFiring(limit)),
  silences: (at) => store.read((db) => incidentLook(db).silences(at)),
  overrides: (at) => store.read((db) => incidentLook(db).overrides(at)),
});

const due = (store: Store, at: number, limit: number): Promise<readonly IncidentTimer[]> =>
  store.read(async (db) => {
    const rows = await db
      .selectFrom('incident_timers')
      .selectAll()
      .where('due_at', '<=', at)
      .orderBy('due_at')
      .limit(limit)
      .execute();
    return rows.map(({ incident, kind, due_at: dueAt }) => ({ incident, kind, dueAt }));
  });
