import type { Kysely, Selectable, Transaction } from 'kysely';
import type { StatusApproval, StatusDraft } from '../domain/status-draft.ts';
import type { ComponentStatuses, PublicIncident } from '../domain/status-update.ts';
import type { DuePublication, Publication, StatusBook, UntoldUpdate } from '../incidents/status-book.ts';
import { isComponentStatus, publishDraft } from './status-publish.ts';
import type { StatusPublicationsTable } from './status-tables.ts';
import type { Store } from './store.ts';
import { parsePresent, parseStored, toStored } from './stored.ts';
import type { Tables } from './tables.ts';

const incidentOf = (row: { readonly record: string }): PublicIncident =>
  parseStored<PublicIncident>(row.record);

const draftOf = (row: { readonly record: string }): StatusDraft => parseStored<StatusDraft>(row.record);

const publicationOf = (row: Selectable<StatusPublicationsTable>): Publication => ({
  incident: row.incident,
  update: row.number,
  backend: row.backend,
  state: row.state,
  attempts: row.attempts,
  notBefore: row.not_before,
  ...parsePresent({ remoteId: row.remote_id, why: row.why }),
  isTold: row.told === 1,
});

/** Milliseconds that a draft nobody published is kept after it expired, so that it can be told why it is none any more. */
const KEPT_MS = 7 * 86_400_000;

/** What the public was told, what is on its way to it, and what was only shown to us so far. */
export function createStatusBook(store: Store): StatusBook {
  return {
    ...drafts(store),
    ...looks(store),
    ...deliveries(store),
    publish: (publishing, audit) => store.write((writing) => publishDraft(writing, publishing, audit)),
  };
}

const drafts = (store: Store): Pick<StatusBook, 'keepDraft' | 'draft' | 'approve'> => ({
  keepDraft: (draft) =>
    store.write(async ({ tx }) => {
      await tx
        .deleteFrom('status_drafts')
        .where('expires_at', '<', draft.at - KEPT_MS)
        .execute();
      const { digest, expiresAt } = draft;
      await tx
        .insertInto('status_drafts')
        .values({ digest, expires_at: expiresAt, used: 0, record: toStored(draft) })
        .onConflict((conflict) => conflict.column('digest').doNothing())
        .execute();
    }),
  draft: (digest) =>
    store.read(async (db) => {
      const row = await db
        .selectFrom('status_drafts')
        .selectAll()
        .where('digest', '=', digest)
        .executeTakeFirst();
      return row === undefined ? undefined : draftOf(row);
    }),
  approve: (digest, approval) => store.write(({ tx }) => approve(tx, digest, approval)),
});

async function approve(
  tx: Transaction<Tables>,
  digest: string,
  approval: StatusApproval,
): Promise<StatusDraft | undefined> {
  const row = await tx
    .selectFrom('status_drafts')
    .selectAll()
    .where('digest', '=', digest)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const draft = draftOf(row);
  if (draft.approvals.some(({ person }) => person === approval.person)) return draft;
  const after: StatusDraft = { ...draft, approvals: [...draft.approvals, approval] };
  await tx
    .updateTable('status_drafts')
    .set({ record: toStored(after) })
    .where('digest', '=', digest)
    .execute();
  return after;
}

const looks = (
  store: Store,
): Pick<StatusBook, 'find' | 'open' | 'latest' | 'components' | 'publications'> => ({
  find: (id) =>
    store.read(async (db) => {
      const row = await db
        .selectFrom('status_incidents')
        .select('record')
        .where((eb) => eb.or([eb('id', '=', id), eb('of', '=', id)]))
        .executeTakeFirst();
      return row === undefined ? undefined : incidentOf(row);
    }),
  open: () =>
    store.read(async (db) => {
      const rows = await db
        .selectFrom('status_incidents')
        .select('record')
        .where('open', '=', 1)
        .orderBy('updated_at', 'desc')
        .execute();
      return rows.map(incidentOf);
    }),
  latest: (kind, limit) =>
    store.read(async (db) => {
      const rows = await db
        .selectFrom('status_incidents')
        .select('record')
        .where('kind', '=', kind)
        .orderBy('updated_at', 'desc')
        .limit(limit)
        .execute();
      return rows.map(incidentOf);
    }),
  components: () =>
    store.read(async (db) => {
      const rows = await db.selectFrom('status_components').selectAll().execute();
      return rows.flatMap(({ name, status, since }) =>
        isComponentStatus(status) ? [{ name, status, since }] : [],
      );
    }),
  publications: (incident) =>
    store.read(async (db) => {
      const rows = await db
        .selectFrom('status_publications')
        .selectAll()
        .where('incident', '=', incident)
        .orderBy('number')
        .orderBy('backend')
        .execute();
      return rows.map(publicationOf);
    }),
});

const deliveries = (
  store: Store,
): Pick<StatusBook, 'due' | 'published' | 'failed' | 'retry' | 'untold' | 'told'> => ({
  due: (at, limit) => store.read((db) => due(db, at, limit)),
  published: ({ incident, update, backend }, remoteId) =>
    store.conclude(async ({ tx }) => {
      await tx
        .updateTable('status_publications')
        .set({ state: 'published', why: null, ...(remoteId === undefined ? {} : { remote_id: remoteId }) })
        .where('incident', '=', incident)
        .where('number', '=', update)
        .where('backend', '=', backend)
        .execute();
    }),
  failed: ({ incident, update, backend, attempts }, { state, notBefore, isTold, why }, entry) =>
    store.conclude(async ({ tx, audit }) => {
      await tx
        .updateTable('status_publications')
        .set({ state, why, attempts: attempts + 1, not_before: notBefore, told: isTold ? 1 : 0 })
        .where('incident', '=', incident)
        .where('number', '=', update)
        .where('backend', '=', backend)
        .execute();
      if (entry !== undefined) await audit(entry);
    }),
  retry: (incident, at) =>
    store.write(async ({ tx }) => {
      const rows = await tx
        .updateTable('status_publications')
        .set({ state: 'wished', attempts: 0, not_before: at, told: 0 })
        .where('incident', '=', incident)
        .where('state', '!=', 'published')
        .returning('number')
        .execute();
      return rows.length;
    }),
  untold: (limit) => store.read((db) => untold(db, limit)),
  told: (incident, update) =>
    store.conclude(async ({ tx }) => {
      await tx
        .updateTable('status_updates')
        .set({ told: 1 })
        .where('incident', '=', incident)
        .where('number', '=', update)
        .execute();
    }),
});

async function due(db: Kysely<Tables>, at: number, limit: number): Promise<readonly DuePublication[]> {
  const rows = await db
    .selectFrom('status_publications')
    .innerJoin('status_updates', (join) =>
      join
        .onRef('status_updates.incident', '=', 'status_publications.incident')
        .onRef('status_updates.number', '=', 'status_publications.number'),
    )
    .innerJoin('status_incidents', 'status_incidents.id', 'status_publications.incident')
    .selectAll('status_publications')
    .select(['status_incidents.record', 'status_updates.components'])
    .where('state', '=', 'wished')
    .orderBy('status_publications.number')
    .execute();
  // A later update waits for the one before it, also where that has to wait.
  const oldest = Map.groupBy(rows, ({ incident, backend }) => `${incident} ${backend}`).values();
  const found: DuePublication[] = [];
  for (const [row] of oldest) {
    const incident = row === undefined ? undefined : incidentOf(row);
    const update = incident?.updates.find(({ number }) => number === row?.number);
    if (row === undefined || incident === undefined || update === undefined || row.not_before > at) continue;
    const publication = publicationOf({ ...row, remote_id: await remoteId(db, row) });
    found.push({ publication, incident, update, components: parseStored<ComponentStatuses>(row.components) });
  }
  return found.slice(0, limit);
}

/** What the page called the incident when it took an earlier update. */
async function remoteId(
  db: Kysely<Tables>,
  { incident, backend }: Pick<StatusPublicationsTable, 'incident' | 'backend'>,
): Promise<string | null> {
  const row = await db
    .selectFrom('status_publications')
    .select('remote_id')
    .where('incident', '=', incident)
    .where('backend', '=', backend)
    .where('remote_id', 'is not', null)
    .orderBy('number', 'desc')
    .executeTakeFirst();
  return row?.remote_id ?? null;
}

async function untold(db: Kysely<Tables>, limit: number): Promise<readonly UntoldUpdate[]> {
  const rows = await db
    .selectFrom('status_updates')
    .innerJoin('status_incidents', 'status_incidents.id', 'status_updates.incident')
    .select(['status_updates.number', 'status_updates.detail', 'status_incidents.record'])
    .where('told', '=', 0)
    .orderBy('at')
    .limit(limit)
    .execute();
  return rows.flatMap((row) => {
    const incident = incidentOf(row);
    const update = incident.updates.find(({ number }) => number === row.number);
    const detail = parseStored<Pick<UntoldUpdate, 'by' | 'approvals' | 'anyway'>>(row.detail);
    return update === undefined ? [] : [{ incident, update, ...detail }];
  });
}
