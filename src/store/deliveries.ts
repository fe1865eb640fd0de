import type { Kysely, Selectable, Transaction } from 'kysely';
import type { Conversation, Posted } from '../chat/chat.ts';
import type { Deliveries, Delivery } from '../workflow/journal.ts';
import type { Store } from './store.ts';
import { parsePresent, parseStored, toStored } from './stored.ts';
import type { DeliveriesTable, Tables } from './tables.ts';

/** Most deliveries handed out at once; the rest come when these are through. */
const MOST_PENDING = 500;
/** Sorts after every key with the same beginning, in the order of code points. */
const AFTER_ALL = '\u{10FFFF}';

type Row = Selectable<DeliveriesTable>;
type Wish = Parameters<Deliveries['want']>[0];

/** The durable outbox. */
export function createDeliveries(store: Store): Deliveries {
  const one = (key: string) =>
    store.read(async (db) => {
      const row = await db.selectFrom('deliveries').selectAll().where('key', '=', key).executeTakeFirst();
      return row === undefined ? undefined : deliveryOf(row);
    });
  return {
    want: (wish, at) => store.conclude(({ tx }) => want(tx, wish, at)),
    pending: (platform, now) => store.read((db) => pending(db, platform, now)),
    find: one,
    withPrefix: (prefix) =>
      store.read(async (db) => {
        const rows = await db
          .selectFrom('deliveries')
          .selectAll()
          .where('key', '>=', prefix)
          .where('key', '<', prefix + AFTER_ALL)
          .orderBy('key')
          .execute();
        return rows.map(deliveryOf);
      }),
    at: ({ platform, channel, message }) =>
      store.read(async (db) => {
        const row = await db
          .selectFrom('deliveries')
          .selectAll()
          .where('platform', '=', platform)
          .where('posted_channel', '=', channel)
          .where('posted_message', '=', message)
          .executeTakeFirst();
        return row === undefined ? undefined : deliveryOf(row);
      }),
    delivered: (key, revision, posted) =>
      store.conclude(({ tx }) => delivered(tx, { key, revision, posted })),
    retryLater: (key, { notBefore, ambiguous, givenUp }) =>
      store.conclude(async ({ tx }) => {
        await tx
          .updateTable('deliveries')
          .set((eb) => ({
            attempts: eb('attempts', '+', 1),
            not_before: notBefore,
            ambiguous: ambiguous ? 1 : 0,
            given_up: givenUp ?? null,
          }))
          .where('key', '=', key)
          .execute();
      }),
  };
}

async function pending(db: Kysely<Tables>, platform: string, now: number): Promise<readonly Delivery[]> {
  const rows = await db
    .selectFrom('deliveries as wish')
    .leftJoin('deliveries as parent', 'parent.key', 'wish.parent')
    .selectAll('wish')
    .where('wish.platform', '=', platform)
    .whereRef('wish.delivered_revision', '<', 'wish.revision')
    .where('wish.given_up', 'is', null)
    .where('wish.not_before', '<=', now)
    .where((eb) => eb.or([eb('wish.parent', 'is', null), eb('parent.posted_message', 'is not', null)]))
    .orderBy('wish.wanted_at')
    .orderBy('wish.key')
    .limit(MOST_PENDING)
    .execute();
  return rows.map(deliveryOf);
}

async function delivered(
  tx: Transaction<Tables>,
  now: { readonly key: string; readonly revision: number; readonly posted: Posted | undefined },
): Promise<void> {
  const { key, revision, posted } = now;
  const place =
    posted === undefined ? {} : { posted_channel: posted.channel, posted_message: posted.message };
  await tx
    .updateTable('deliveries')
    .set({ delivered_revision: revision, ambiguous: 0, attempts: 0, not_before: 0, ...place })
    .where('key', '=', key)
    .where('delivered_revision', '<=', revision)
    .execute();
}

async function want(tx: Transaction<Tables>, wish: Wish, at: number): Promise<void> {
  const message = toStored(wish.message);
  const conversation = toStored(wish.conversation);
  const parent = wish.parent ?? null;
  const inserted = await tx
    .insertInto('deliveries')
    .values({
      key: wish.key,
      platform: wish.conversation.platform,
      conversation,
      parent,
      message,
      revision: 1,
      delivered_revision: 0,
      posted_channel: null,
      posted_message: null,
      ambiguous: 0,
      attempts: 0,
      not_before: 0,
      given_up: null,
      wanted_at: at,
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .executeTakeFirstOrThrow();
  if (inserted.numInsertedOrUpdatedRows === 1n) return;
  const row = await tx
    .updateTable('deliveries')
    .set({ conversation, parent })
    .where('key', '=', wish.key)
    .returningAll()
    .executeTakeFirstOrThrow();
  const edit = editOf(row, message, at);
  if (edit !== undefined) await tx.updateTable('deliveries').set(edit).where('key', '=', wish.key).execute();
}

/** What a repeated wish changes: nothing when the same message stands or is on its way. A pause a platform asked for goes on. */
function editOf(row: Row, message: string, at: number) {
  const givenUp = row.given_up !== null;
  if (!givenUp && row.message === message) return undefined;
  const waits = row.delivered_revision < row.revision && !givenUp;
  const fresh = { attempts: 0, given_up: null, wanted_at: at };
  return {
    message,
    revision: row.revision + 1,
    ...(waits ? {} : fresh),
    ...(givenUp ? { not_before: 0 } : {}),
  };
}

function deliveryOf(row: Row): Delivery {
  const conversation = parseStored<Conversation>(row.conversation);
  const { posted_channel: channel, posted_message: message } = row;
  const isPosted = channel !== null && message !== null;
  return {
    key: row.key,
    conversation,
    ...parsePresent({ parent: row.parent, givenUp: row.given_up }),
    message: parseStored(row.message),
    revision: row.revision,
    deliveredRevision: row.delivered_revision,
    ...(isPosted ? { posted: { platform: conversation.platform, channel, message } } : {}),
    ambiguous: row.ambiguous === 1,
    attempts: row.attempts,
    notBefore: row.not_before,
  };
}
