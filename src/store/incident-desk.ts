import type { Transaction } from 'kysely';
import { alertKey } from '../domain/alert.ts';
import type { Incident, TimelineEntry } from '../domain/incident.ts';
import type { OnCallOverride } from '../domain/on-call.ts';
import type { Silence } from '../domain/silence.ts';
import type { IncidentDesk } from '../incidents/incident-book.ts';
import { incidentLook } from './incident-look.ts';
import type { Writing } from './store.ts';
import { parseStored, toStored } from './stored.ts';
import type { Tables } from './tables.ts';

type Tx = Transaction<Tables>;

/** Everything about incidents inside one transaction. */
export const incidentDesk = ({ tx, audit }: Pick<Writing<unknown>, 'tx' | 'audit'>): IncidentDesk => ({
  ...incidentLook(tx),
  create: async (draft) => {
    const number = await nextNumber(tx, 'incident');
    const incident: Incident = { ...draft, number, id: `INC-${number}`, version: 1 };
    await tx
      .insertInto('incidents')
      .values({ ...columnsOf(incident), number, shown: 0 })
      .execute();
    return incident;
  },
  put: async (given) => {
    const incident: Incident = { ...given, version: given.version + 1 };
    await tx.updateTable('incidents').set(columnsOf(incident)).where('id', '=', given.id).execute();
    return incident;
  },
  say: (incident, entries) => say(tx, incident, entries),
  putAlert: async (alert) => {
    const row = {
      key: alertKey(alert),
      status: alert.status,
      incident: alert.incident ?? null,
      unannounced: alert.unannounced === undefined ? 0 : 1,
      first_seen: alert.firstSeen,
      last_seen: alert.lastSeen,
      record: toStored(alert),
    };
    await tx
      .insertInto('alerts')
      .values(row)
      .onConflict((conflict) => conflict.column('key').doUpdateSet(row))
      .execute();
  },
  setTimer: async (incident, kind, dueAt) => {
    await tx
      .deleteFrom('incident_timers')
      .where('incident', '=', incident)
      .where('kind', '=', kind)
      .execute();
    if (dueAt !== undefined)
      await tx.insertInto('incident_timers').values({ incident, kind, due_at: dueAt }).execute();
  },
  addSilence: async (draft) => {
    const number = await nextNumber(tx, 'silence');
    return addSpan<Silence>(tx, 'silences', { ...draft, number, id: `S-${number}` });
  },
  endSilence: (id, at) => endSpan<Silence>(tx, 'silences', { id, at }),
  addOverride: async (draft) => {
    const number = await nextNumber(tx, 'override');
    return addSpan<OnCallOverride>(tx, 'overrides', { ...draft, number, id: `O-${number}` });
  },
  endOverride: (id, at) => endSpan<OnCallOverride>(tx, 'overrides', { id, at }),
  audit: async (entry) => {
    await audit(entry);
  },
});

const columnsOf = (incident: Incident) => ({
  id: incident.id,
  state: incident.state,
  severity: incident.severity,
  service: incident.service ?? null,
  environment: incident.environment ?? null,
  key: incident.key ?? null,
  opened_at: incident.openedAt,
  record: toStored(incident),
  version: incident.version,
});

async function nextNumber(tx: Tx, name: 'incident' | 'silence' | 'override'): Promise<number> {
  const { value } = await tx
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', 1) }))
    .where('name', '=', name)
    .returning('value')
    .executeTakeFirstOrThrow();
  return value;
}

async function say(tx: Tx, incident: string, entries: Parameters<IncidentDesk['say']>[1]): Promise<void> {
  if (entries.length === 0) return;
  const last = await tx
    .selectFrom('timeline')
    .select((eb) => eb.fn.max('number').as('number'))
    .where('incident', '=', incident)
    .executeTakeFirst();
  const first = (last?.number ?? 0) + 1;
  const rows = entries.map((draft, index) => {
    const entry: TimelineEntry = { ...draft, incident, number: first + index };
    return { incident, number: entry.number, at: entry.at, kind: entry.kind, record: toStored(entry) };
  });
  await tx.insertInto('timeline').values(rows).execute();
}

interface Span {
  readonly number: number;
  readonly id: string;
  readonly until: number;
  readonly endedAt?: number;
}

async function addSpan<T extends Span>(tx: Tx, table: 'silences' | 'overrides', span: T): Promise<T> {
  const { number, id, until } = span;
  await tx
    .insertInto(table)
    .values({ number, id, until, ended_at: null, record: toStored(span) })
    .execute();
  return span;
}

async function endSpan<T extends Span>(
  tx: Tx,
  table: 'silences' | 'overrides',
  { id, at }: { readonly id: string; readonly at: number },
): Promise<T | undefined> {
  const row = await tx
    .selectFrom(table)
    .select('record')
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .where('until', '>', at)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const ended = { ...parseStored<T>(row.record), endedAt: at };
  await tx
    .updateTable(table)
    .set({ ended_at: at, record: toStored(ended) })
    .where('id', '=', id)
    .execute();
  return ended;
}
