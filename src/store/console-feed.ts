import type { ExpressionBuilder, Kysely, Selectable, Transaction } from 'kysely';
import type {
  ChangesQuery,
  ConsoleEntry,
  ConsoleFeed,
  EntryDraft,
  EntryRevision,
  FeedPage,
  PageQuery,
} from '../chat/console/feed.ts';
import type { AttachedFile } from '../domain/message.ts';
import type { Store } from './store.ts';
import { parsePresent, parseStored, toStored } from './stored.ts';
import type { FeedEntriesTable, Tables } from './tables.ts';

/** All but the file's text, which may be long. */
const SHOWN = [
  'id',
  'position',
  'revision',
  'thread',
  'visible_to',
  'at',
  'edited_at',
  'content',
  'file_name',
  'file_bytes',
] as const;

type Row = Pick<Selectable<FeedEntriesTable>, (typeof SHOWN)[number]>;

/** The durable feed of the console; a change is told to listeners once it is committed. */
export function createConsoleFeed(store: Store): ConsoleFeed {
  const listeners = new Set<() => void>();
  const tell = (): void => {
    for (const listener of listeners) setImmediate(listener);
  };
  const told = async <T>(written: Promise<T>): Promise<T> => {
    const result = await written;
    tell();
    return result;
  };
  return {
    append: (draft) => told(store.conclude(({ tx }) => append(tx, draft, store.now()))),
    replace: (id, next) => told(store.conclude(({ tx }) => replace(tx, { id, next, at: store.now() }))),
    find: (key) => store.read((db) => entryWhere(db, 'key', key)),
    entry: (id, viewer) =>
      store.read(async (db) => {
        const found = await entryWhere(db, 'id', id);
        return found === undefined || !sees(found, viewer) ? undefined : found;
      }),
    page: (query) => store.read((db) => page(db, query)),
    since: (query) => store.read((db) => since(db, query)),
    file: (id, viewer) => store.read((db) => fileOf(db, id, viewer)),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Taken first in a transaction: writers queue up behind this row, so revisions become visible in their order. */
async function nextRevision(tx: Transaction<Tables>): Promise<number> {
  const counter = await tx
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', 1) }))
    .where('name', '=', 'feed')
    .returning('value')
    .executeTakeFirstOrThrow();
  return counter.value;
}

/** Makes whoever writes to the feed wait for this transaction. */
export async function holdFeed(tx: Transaction<Tables>): Promise<void> {
  await tx
    .updateTable('counters')
    .set((eb) => ({ value: eb.ref('value') }))
    .where('name', '=', 'feed')
    .execute();
}

async function append(tx: Transaction<Tables>, draft: EntryDraft, at: number): Promise<ConsoleEntry> {
  const revision = await nextRevision(tx);
  const earlier = draft.key === undefined ? undefined : await entryWhere(tx, 'key', draft.key);
  if (earlier !== undefined) return earlier;
  const row = {
    id: `m${revision}`,
    position: revision,
    revision,
    thread: await rootOf(tx, draft.thread),
    visible_to: draft.visibleTo ?? null,
    at,
    edited_at: null,
    content: toStored(draft.content),
    ...fileColumns(draft.file),
  };
  await tx
    .insertInto('feed_entries')
    .values({ ...row, key: draft.key ?? null })
    .execute();
  return entryOf(row);
}

/** A reply to a reply hangs beneath the same root. */
async function rootOf(tx: Transaction<Tables>, thread: string | undefined): Promise<string | null> {
  if (thread === undefined) return null;
  const above = await entryWhere(tx, 'id', thread);
  return above?.thread ?? thread;
}

async function replace(
  tx: Transaction<Tables>,
  wanted: { readonly id: string; readonly next: EntryRevision; readonly at: number },
): Promise<ConsoleEntry | undefined> {
  const revision = await nextRevision(tx);
  const before = await tx
    .selectFrom('feed_entries')
    .selectAll()
    .where('id', '=', wanted.id)
    .executeTakeFirst();
  if (before === undefined) return undefined;
  const shown = { content: toStored(wanted.next.content), ...fileColumns(wanted.next.file) };
  const same =
    shown.content === before.content &&
    shown.file_name === before.file_name &&
    shown.file_text === before.file_text;
  if (same) return entryOf(before);
  const after = { ...shown, revision, edited_at: wanted.at };
  await tx.updateTable('feed_entries').set(after).where('id', '=', wanted.id).execute();
  return entryOf({ ...before, ...after });
}

async function entryWhere(
  db: Kysely<Tables>,
  column: 'id' | 'key',
  value: string,
): Promise<ConsoleEntry | undefined> {
  const row = await db.selectFrom('feed_entries').select(SHOWN).where(column, '=', value).executeTakeFirst();
  return row === undefined ? undefined : entryOf(row);
}

const sees = (entry: ConsoleEntry, viewer: string): boolean =>
  entry.visibleTo === undefined || entry.visibleTo === viewer;

const visibleTo = (viewer: string) => (eb: ExpressionBuilder<Tables, 'feed_entries'>) =>
  eb.or([eb('visible_to', 'is', null), eb('visible_to', '=', viewer)]);

async function page(db: Kysely<Tables>, { viewer, roots, before }: PageQuery): Promise<FeedPage> {
  const newest = await db
    .selectFrom('counters')
    .select('value')
    .where('name', '=', 'feed')
    .executeTakeFirstOrThrow();
  let query = db
    .selectFrom('feed_entries')
    .select(SHOWN)
    .where('thread', 'is', null)
    .where(visibleTo(viewer));
  if (before !== undefined) query = query.where('position', '<', before);
  // One more than asked for tells whether there are earlier ones.
  const found = await query
    .orderBy('position', 'desc')
    .limit(roots + 1)
    .execute();
  const chosen = found.slice(0, roots);
  const entries = [...chosen, ...(await repliesTo(db, chosen, viewer))];
  entries.sort((a, b) => a.position - b.position);
  return { entries: entries.map(entryOf), revision: newest.value, earlier: found.length > roots };
}

async function repliesTo(db: Kysely<Tables>, roots: readonly Row[], viewer: string): Promise<readonly Row[]> {
  if (roots.length === 0) return [];
  const ids = roots.map((root) => root.id);
  return db
    .selectFrom('feed_entries')
    .select(SHOWN)
    .where('thread', 'in', ids)
    .where(visibleTo(viewer))
    .execute();
}

async function since(
  db: Kysely<Tables>,
  { viewer, revision, limit }: ChangesQuery,
): Promise<readonly ConsoleEntry[]> {
  const rows = await db
    .selectFrom('feed_entries')
    .select(SHOWN)
    .where('revision', '>', revision)
    .where(visibleTo(viewer))
    .orderBy('revision')
    .limit(limit)
    .execute();
  return rows.map(entryOf);
}

async function fileOf(db: Kysely<Tables>, id: string, viewer: string): Promise<AttachedFile | undefined> {
  const row = await db
    .selectFrom('feed_entries')
    .select(['file_name', 'file_text'])
    .where('id', '=', id)
    .where(visibleTo(viewer))
    .executeTakeFirst();
  if (row === undefined || row.file_name === null || row.file_text === null) return undefined;
  return { name: row.file_name, text: row.file_text };
}

const fileColumns = (file: AttachedFile | undefined) => ({
  file_name: file?.name ?? null,
  file_bytes: file === undefined ? null : Buffer.byteLength(file.text),
  file_text: file?.text ?? null,
});

const entryOf = (row: Row): ConsoleEntry => ({
  id: row.id,
  position: row.position,
  revision: row.revision,
  ...parsePresent({ thread: row.thread, visibleTo: row.visible_to, editedAt: row.edited_at }),
  at: row.at,
  content: parseStored(row.content),
  ...(row.file_name === null || row.file_bytes === null
    ? {}
    : { file: { name: row.file_name, bytes: row.file_bytes } }),
});
