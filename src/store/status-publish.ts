import type { Transaction } from 'kysely';
import type { AuditEntry } from '../domain/audit-event.ts';
import { applyUpdate } from '../domain/status-draft.ts';
import { statusOf, turnsOf } from '../domain/status-rollup.ts';
import {
  COMPONENT_STATUSES,
  type ComponentStatus,
  type ComponentTurn,
  isClosing,
  isMaintenance,
  type PublicIncident,
} from '../domain/status-update.ts';
import type { PublishedDraft, Publishing } from '../incidents/status-book.ts';
import type { Writing } from './store.ts';
import { parseStored, toStored } from './stored.ts';
import type { Tables } from './tables.ts';

type Tx = Transaction<Tables>;

/** Whether a stored text is a status that this Botswain knows. */
export const isComponentStatus = (text: string): text is ComponentStatus =>
  COMPONENT_STATUSES.some((each) => each === text);

const recordOf = (row: { readonly record: string }): PublicIncident =>
  parseStored<PublicIncident>(row.record);

async function nextWork(tx: Tx): Promise<string> {
  const { value } = await tx
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', 1) }))
    .where('name', '=', 'maintenance')
    .returning('value')
    .executeTakeFirstOrThrow();
  return `M-${value}`;
}

async function standing(tx: Tx, of: string): Promise<PublicIncident | undefined> {
  const row = await tx
    .selectFrom('status_incidents')
    .select('record')
    .where('of', '=', of)
    .executeTakeFirst();
  return row === undefined ? undefined : recordOf(row);
}

async function openOnes(tx: Tx): Promise<readonly PublicIncident[]> {
  const rows = await tx.selectFrom('status_incidents').select('record').where('open', '=', 1).execute();
  return rows.map(recordOf);
}

/** One transaction: the draft is used, the incident has one update more, and every page is to get it. */
export async function publishDraft(
  { tx, audit, undo }: Writing<PublishedDraft>,
  publishing: Publishing,
  entry: (of: string) => AuditEntry,
): Promise<PublishedDraft> {
  const { draft } = publishing;
  const used = await tx
    .updateTable('status_drafts')
    .set({ used: 1 })
    .where('digest', '=', draft.digest)
    .where('used', '=', 0)
    .returning('digest')
    .executeTakeFirst();
  if (used === undefined) return again(tx, draft.digest);
  const of = draft.of === '' ? await nextWork(tx) : draft.of;
  const before = await standing(tx, of);
  if ((before?.updates[0]?.number ?? 0) !== draft.base) return undo({ kind: 'stale' });
  const incident = await apply(tx, publishing, { of, before });
  const update = incident.updates[0];
  if (update === undefined) throw new Error('an incident that was published has an update');
  await keepUpdate(tx, publishing, incident);
  await audit(entry(of));
  return { kind: 'published', incident, update };
}

async function again(tx: Tx, digest: string): Promise<PublishedDraft> {
  const row = await tx
    .selectFrom('status_updates')
    .innerJoin('status_incidents', 'status_incidents.id', 'status_updates.incident')
    .select(['status_incidents.record', 'status_updates.detail'])
    .where('status_updates.detail', 'like', `%"digest":"${digest}"%`)
    .executeTakeFirst();
  return row === undefined ? { kind: 'stale' } : { kind: 'again', incident: recordOf(row) };
}

/** The effect on the page is worked out here, where no other incident can move meanwhile. */
async function apply(
  tx: Tx,
  { draft, id, at, components }: Publishing,
  { of, before }: { readonly of: string; readonly before: PublicIncident | undefined },
): Promise<PublicIncident> {
  const { update, startedAt } = draft;
  const open = await openOnes(tx);
  const others = open.filter((each) => each.of !== of);
  const turns = turnsOf(components, open, [...others, update]);
  const incident = applyUpdate({ before, id, of, startedAt, update, turns, at });
  const row = {
    of,
    kind: isMaintenance(update.status) ? ('maintenance' as const) : ('incident' as const),
    open: isClosing(update.status) ? 0 : 1,
    updated_at: at,
    record: toStored(incident),
  };
  await tx
    .insertInto('status_incidents')
    .values({ ...row, id: incident.id })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
  await turn(tx, turns, at);
  return incident;
}

async function turn(tx: Tx, turns: readonly ComponentTurn[], at: number): Promise<void> {
  for (const { component, to } of turns)
    await tx
      .insertInto('status_components')
      .values({ name: component, status: to, since: at })
      .onConflict((conflict) => conflict.column('name').doUpdateSet({ status: to, since: at }))
      .execute();
}

async function keepUpdate(
  tx: Tx,
  { draft, at, components, backends }: Publishing,
  { id, updates }: PublicIncident,
): Promise<void> {
  const number = updates[0]?.number ?? 0;
  const open = await openOnes(tx);
  const stand = Object.fromEntries(components.map((name) => [name, statusOf(name, open)]));
  const { digest, by, approvals, anyway } = draft;
  await tx
    .insertInto('status_updates')
    .values({
      incident: id,
      number,
      at,
      components: toStored(stand),
      detail: toStored({ digest, by, approvals, ...(anyway === undefined ? {} : { anyway }) }),
      told: 0,
    })
    .execute();
  for (const backend of backends)
    await tx
      .insertInto('status_publications')
      .values({
        incident: id,
        number,
        backend,
        state: 'wished',
        attempts: 0,
        not_before: at,
        remote_id: null,
        why: null,
        told: 0,
      })
      .execute();
}
