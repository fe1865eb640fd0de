import { setImmediate } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { AuditEntry } from '../domain/audit-event.ts';
import { FINAL_STATES } from '../domain/change.ts';
import { holdFeed } from './console-feed.ts';
import { pruneAlertDeliveries } from './prune-alerts.ts';
import { pruneIncidents } from './prune-incidents.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

/** What is older than these epoch milliseconds is forgotten. */
export interface Borders {
  /** Messages, console entries, the lines behind buttons, and what senders of alerts delivered. */
  readonly chats: number;
  /** Ended changes with their steps and decisions, resolved incidents with their timelines and alerts. */
  readonly changes: number;
}

/** How many rows went. */
export interface Pruned {
  readonly messages: number;
  readonly entries: number;
  readonly buttons: number;
  readonly changes: number;
  readonly incidents: number;
  /** What senders of alerts delivered. */
  readonly alerts: number;
}

/** Rows a transaction: others get their turn in between. */
const ROWS = 200;

/** Forgets what is old, and what has ended only; the audit stays. Rejects with StoreError, having forgotten a part. */
export async function prune(store: Store, borders: Borders): Promise<Pruned> {
  const pruned = {
    changes: await inPortions(store, borders.changes, CHANGES),
    incidents: await pruneIncidents(store, borders.changes),
    messages: await inPortions(store, borders.chats, MESSAGES),
    entries: await inPortions(store, borders.chats, THREADS),
    buttons: await inPortions(store, borders.chats, BUTTONS),
    alerts: await pruneAlertDeliveries(store, borders.chats),
  };
  if (Object.values(pruned).some((rows) => rows > 0))
    await store.write(({ audit }) => audit(entryOf(pruned, store.now())));
  return pruned;
}

const entryOf = (pruned: Pruned, at: number): AuditEntry => ({
  event: 'journal pruned',
  at,
  actor: 'botswain',
  detail: { ...pruned },
});

/** Some old rows in the order of their keys: which of them may go, and where the next portion begins. */
interface Portion {
  readonly keys: readonly string[];
  /** Undefined after the last. */
  readonly last: string | undefined;
}

/** Something found, which may have come into use again since: whoever forgets it asks once more. */
interface Found {
  readonly keys: readonly string[];
  readonly before: number;
}

type Tx = Transaction<Tables>;

/** One kind of rows that grow old. */
interface Kind {
  find(db: Kysely<Tables>, before: number, after: string): Promise<Portion>;
  /** How many rows went. */
  forget(tx: Tx, found: Found): Promise<number>;
}

async function inPortions(store: Store, before: number, kind: Kind): Promise<number> {
  let count = 0;
  for (let after: string | undefined = ''; after !== undefined; ) {
    const from: string = after;
    const { keys, last }: Portion = await store.read((db) => kind.find(db, before, from));
    if (keys.length > 0) count += await store.write<number>(({ tx }) => kind.forget(tx, { keys, before }));
    after = last;
    await setImmediate();
  }
  return count;
}

const portion = (found: readonly string[], keys: readonly string[] = found): Portion => ({
  keys,
  last: found.length < ROWS ? undefined : found.at(-1),
});

/**
 * Nothing that is still to be posted; and what speaks of a change or an incident is kept as long as that is: it may be its card,
 * and what stands in its thread would be said once more.
 */
async function oldMessages(db: Kysely<Tables>, before: number, after: string): Promise<Portion> {
  const rows = await db
    .selectFrom('deliveries')
    .select('key')
    .where('key', '>', after)
    .where('open', '=', 0)
    .where('wanted_at', '<', before)
    .orderBy('key')
    .limit(ROWS)
    .execute();
  const found = rows.map(({ key }) => key);
  const kept = [...(await keptOf(db, 'changes', found)), ...(await keptOf(db, 'incidents', found))];
  return portion(
    found,
    found.filter((key) => !kept.some((id) => id === subjectOf(key))),
  );
}

/** `C-12` or `INC-7`, of the key of a message that speaks of it. */
const subjectOf = (key: string): string => /^((?:C|INC)-\d+) /.exec(key)?.[1] ?? '';

async function keptOf(
  db: Kysely<Tables>,
  table: 'changes' | 'incidents',
  keys: readonly string[],
): Promise<readonly string[]> {
  const ids = [...new Set(keys.map(subjectOf))].filter((id) => id !== '');
  if (ids.length === 0) return [];
  const rows = await db.selectFrom(table).select('id').where('id', 'in', ids).execute();
  return rows.map(({ id }) => id);
}

async function forgetMessages(tx: Tx, { keys, before }: Found): Promise<number> {
  const gone = await tx
    .deleteFrom('deliveries')
    .where('key', 'in', [...keys])
    .where('open', '=', 0)
    .where('wanted_at', '<', before)
    .executeTakeFirstOrThrow();
  return Number(gone.numDeletedRows);
}

const MESSAGES: Kind = { find: oldMessages, forget: forgetMessages };

/** Roots whose thread has been quiet for so long: whoever looks meets no orphans. */
async function oldThreads(db: Kysely<Tables>, before: number, after: string): Promise<Portion> {
  const rows = await db
    .selectFrom('feed_entries')
    .select('id')
    .where('id', '>', after)
    .where('thread', 'is', null)
    .where('at', '<', before)
    .orderBy('id')
    .limit(ROWS)
    .execute();
  const found = rows.map(({ id }) => id);
  return portion(found, await quiet(db, { keys: found, before }));
}

/** Those of these roots in whose thread nobody said anything since. */
async function quiet(db: Kysely<Tables>, { keys, before }: Found): Promise<readonly string[]> {
  if (keys.length === 0) return [];
  const alive = await db
    .selectFrom('feed_entries')
    .select('thread')
    .where('thread', 'in', [...keys])
    .where('at', '>=', before)
    .execute();
  return keys.filter((id) => !alive.some(({ thread }) => thread === id));
}

async function forgetThreads(tx: Tx, found: Found): Promise<number> {
  // Whoever replies comes before or after this transaction, never in between.
  await holdFeed(tx);
  const ids = await quiet(tx, found);
  if (ids.length === 0) return 0;
  const gone = await tx
    .deleteFrom('feed_entries')
    .where((eb) => eb.or([eb('thread', 'in', [...ids]), eb('id', 'in', [...ids])]))
    .executeTakeFirstOrThrow();
  return Number(gone.numDeletedRows);
}

const THREADS: Kind = { find: oldThreads, forget: forgetThreads };

async function oldButtons(db: Kysely<Tables>, before: number, after: string): Promise<Portion> {
  const rows = await db
    .selectFrom('tokens')
    .select('token')
    .where('token', '>', after)
    .where('at', '<', before)
    .orderBy('token')
    .limit(ROWS)
    .execute();
  return portion(rows.map(({ token }) => token));
}

async function forgetButtons(tx: Tx, { keys, before }: Found): Promise<number> {
  const gone = await tx
    .deleteFrom('tokens')
    .where('token', 'in', [...keys])
    .where('at', '<', before)
    .executeTakeFirstOrThrow();
  return Number(gone.numDeletedRows);
}

const BUTTONS: Kind = { find: oldButtons, forget: forgetButtons };

/** Ended long ago, and without a review that somebody still owes. */
async function oldChanges(db: Kysely<Tables>, before: number, after: string): Promise<Portion> {
  const rows = await db
    .selectFrom('changes')
    .select('id')
    .where('id', '>', after)
    .where('state', 'in', [...FINAL_STATES])
    .where('ended_at', '<', before)
    .where('review_open', '=', 0)
    .orderBy('id')
    .limit(ROWS)
    .execute();
  return portion(rows.map(({ id }) => id));
}

async function forgetChanges(tx: Tx, { keys, before }: Found): Promise<number> {
  // Asked first, and their rows are held by that: what hangs on a change goes before it.
  const held = await tx
    .updateTable('changes')
    .set((eb) => ({ version: eb('version', '+', 1) }))
    .where('id', 'in', [...keys])
    .where('state', 'in', [...FINAL_STATES])
    .where('ended_at', '<', before)
    .where('review_open', '=', 0)
    .returning('id')
    .execute();
  const ids = held.map(({ id }) => id);
  if (ids.length === 0) return 0;
  for (const table of ['steps', 'decisions', 'change_services'] as const)
    await tx.deleteFrom(table).where('change_id', 'in', ids).execute();
  const gone = await tx.deleteFrom('changes').where('id', 'in', ids).executeTakeFirstOrThrow();
  return Number(gone.numDeletedRows);
}

const CHANGES: Kind = { find: oldChanges, forget: forgetChanges };
