import type { Kysely } from 'kysely';
import type { Alert } from '../domain/alert.ts';
import type { Incident, TimelineEntry } from '../domain/incident.ts';
import type { OnCallOverride } from '../domain/on-call.ts';
import type { Silence } from '../domain/silence.ts';
import type { IncidentFilter, IncidentLook } from '../incidents/incident-book.ts';
import { parseStored } from './stored.ts';
import type { Tables } from './tables.ts';

type Row = { readonly record: string };

/** What a row holds. */
export const incidentOf = (row: Row): Incident => parseStored<Incident>(row.record);

const alertOf = (row: Row): Alert => parseStored<Alert>(row.record);

/** Looks things up, inside a transaction or outside. */
export const incidentLook = (db: Kysely<Tables>): IncidentLook => ({
  find: async (id) => {
    const row = await db.selectFrom('incidents').select('record').where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : incidentOf(row);
  },
  list: (filter) => list(db, filter),
  withKey: async (key) => {
    const row = await db
      .selectFrom('incidents')
      .select('record')
      .where('key', '=', key)
      .orderBy('number', 'desc')
      .executeTakeFirst();
    return row === undefined ? undefined : incidentOf(row);
  },
  timeline: async (id) => {
    const rows = await db
      .selectFrom('timeline')
      .select('record')
      .where('incident', '=', id)
      .orderBy('number')
      .execute();
    return rows.map((row) => parseStored<TimelineEntry>(row.record));
  },
  alertsOf: async (incident, filter) => {
    const of = db.selectFrom('alerts').select('record').where('incident', '=', incident);
    const rows = await (filter?.firing === true ? of.where('status', '!=', 'resolved') : of)
      .orderBy('first_seen')
      .orderBy('key')
      .limit(500)
      .execute();
    return rows.map(alertOf);
  },
  ...counting(db),
  alert: async (key) => {
    const row = await db.selectFrom('alerts').select('record').where('key', '=', key).executeTakeFirst();
    return row === undefined ? undefined : alertOf(row);
  },
  alerts: (filter) => alerts(db, filter),
  ...firing(db),
  silences: async (at) => (await spans(db, 'silences', at)).map((row) => parseStored<Silence>(row.record)),
  overrides: async (at) =>
    (await spans(db, 'overrides', at)).map((row) => parseStored<OnCallOverride>(row.record)),
});

const counting = (db: Kysely<Tables>): Pick<IncidentLook, 'alertCounts' | 'newAlerts'> => ({
  alertCounts: async (incident) => {
    const rows = await db
      .selectFrom('alerts')
      .select((eb) => ['status', eb.fn.countAll<number>().as('count')])
      .where('incident', '=', incident)
      .groupBy('status')
      .execute();
    const firing = rows.filter(({ status }) => status !== 'resolved');
    const sum = (some: typeof rows): number => some.reduce((total, { count }) => total + Number(count), 0);
    return { all: sum(rows), firing: sum(firing) };
  },
  newAlerts: async (integration, since) => {
    // `/` ends the name in a key, and 0 comes after it.
    const row = await db
      .selectFrom('alerts')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .where('key', '>=', `${integration}/`)
      .where('key', '<', `${integration}0`)
      .where('first_seen', '>', since)
      .executeTakeFirst();
    return Number(row?.count ?? 0);
  },
});

const firing = (db: Kysely<Tables>): Pick<IncidentLook, 'firingAfter' | 'leftFiring'> => ({
  firingAfter: async (after, limit) => {
    const rows = await db
      .selectFrom('alerts')
      .select('record')
      .where('key', '>', after)
      .where('status', '!=', 'resolved')
      .orderBy('key')
      .limit(limit)
      .execute();
    return rows.map(alertOf);
  },
  leftFiring: async (limit) => {
    const rows = await db
      .selectFrom('alerts')
      .innerJoin('incidents', 'incidents.id', 'alerts.incident')
      .select('alerts.record')
      .where('alerts.status', '!=', 'resolved')
      .where('incidents.state', '=', 'resolved')
      .orderBy('alerts.last_seen')
      .limit(limit)
      .execute();
    return rows.map(alertOf);
  },
});

async function list(db: Kysely<Tables>, filter: IncidentFilter): Promise<readonly Incident[]> {
  const { states, service, environment, since, limit } = filter;
  let query = db.selectFrom('incidents').select('record').orderBy('number', 'desc').limit(limit);
  if (states !== undefined) query = query.where('state', 'in', [...states]);
  if (service !== undefined) query = query.where('service', '=', service);
  if (environment !== undefined) query = query.where('environment', '=', environment);
  if (since !== undefined) query = query.where('opened_at', '>', since);
  return (await query.execute()).map(incidentOf);
}

async function alerts(
  db: Kysely<Tables>,
  { firing, unannounced, since, limit }: Parameters<IncidentLook['alerts']>[0],
): Promise<readonly Alert[]> {
  let query = db.selectFrom('alerts').select('record').orderBy('last_seen', 'desc').limit(limit);
  if (firing !== undefined) query = query.where('status', firing ? '!=' : '=', 'resolved');
  if (unannounced === true) query = query.where('unannounced', '=', 1);
  if (since !== undefined) query = query.where('last_seen', '>', since);
  return (await query.execute()).map(alertOf);
}

const spans = (
  db: Kysely<Tables>,
  table: 'silences' | 'overrides',
  at: number,
): Promise<readonly { readonly record: string }[]> =>
  db
    .selectFrom(table)
    .select('record')
    .where('ended_at', 'is', null)
    .where('until', '>', at)
    .orderBy('number')
    .execute();
