import { type Kysely, sql } from 'kysely';
import type { Deliveries, Delivery } from '../workflow/deliveries.ts';
import { deliveryOf, markOf } from './delivery-rows.ts';
import { claim, delivered, filed, keepRoom, lost, missing, opened, retryLater } from './delivery-sends.ts';
import { overdue, returned } from './delivery-takeovers.ts';
import { want, wantOnce } from './delivery-wishes.ts';
import type { Store } from './store.ts';
import { toStored } from './stored.ts';
import type { Tables } from './tables.ts';

/** Most posts, and most edits, handed out at once for one channel; the rest come when these are through. */
const MOST_OF_A_CHANNEL = 20;
/** Whose turn it is in its channel; posts and edits are counted apart, because many platforms do so too. */
const TURN = sql<number>`row_number() over (
  partition by wish.channel, wish.posted_message is null
  order by wish.lane, wish.wanted_at, wish.key)`;
/** Sorts after every key with the same beginning, in the order of code points. */
const AFTER_ALL = '\u{10FFFF}';

/** The durable outbox. */
export function createDeliveries(store: Store): Deliveries {
  return {
    want: (wish, at) => store.conclude(({ tx }) => want(tx, wish, at)),
    wantOnce: (wishes, at, entry) => store.conclude((writing) => wantOnce(writing, { wishes, at, entry })),
    claim: (key, now, room) => store.conclude(({ tx }) => claim(tx, { key, now, room })),
    opened: (key, topic, ambiguous) => store.conclude(({ tx }) => opened(tx, { key, topic, ambiguous })),
    delivered: (key, revision, posted) =>
      store.conclude(({ tx }) => delivered(tx, { key, revision, posted })),
    missing: (key) => store.conclude(({ tx }) => missing(tx, key)),
    filed: (key, file) => store.conclude(({ tx }) => filed(tx, key, markOf(file))),
    retryLater: (key, later) => store.conclude(({ tx }) => retryLater(tx, key, later)),
    lost: (key) => store.conclude(({ tx }) => lost(tx, key)),
    takenOver: (key, revision) =>
      store.conclude(async ({ tx }) => {
        const taken = { taken_revision: revision };
        await tx.updateTable('deliveries').set(taken).where('key', '=', key).execute();
      }),
    keepRoom: (room) => store.conclude(({ tx }) => keepRoom(tx, room)),
    ...reads(store),
  };
}

type Reads = 'pending' | 'find' | 'withPrefix' | 'at' | 'ofTopic' | 'rooms' | 'overdue' | 'returned';

const reads = (store: Store): Pick<Deliveries, Reads> => ({
  overdue: (platform, before) => store.read((db) => overdue(db, platform, before)),
  returned: (platform) => store.read((db) => returned(db, platform)),
  pending: (platform, now) => store.read((db) => pending(db, platform, now)),
  find: (key) =>
    store.read(async (db) => {
      const row = await db.selectFrom('deliveries').selectAll().where('key', '=', key).executeTakeFirst();
      return row === undefined ? undefined : deliveryOf(row);
    }),
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
  ofTopic: ({ platform, channel, thread }) =>
    store.read(async (db) => {
      const rows = await db
        .selectFrom('deliveries')
        .selectAll()
        .where('platform', '=', platform)
        .where('posted_channel', '=', channel)
        .where('parent', 'is', null)
        .where('conversation', '=', toStored({ platform, channel, thread }))
        .execute();
      // What else was asked for in the topic opened none.
      return rows.map(deliveryOf).find(({ message }) => message.topic !== undefined);
    }),
  rooms: () =>
    store.read((db) =>
      db.selectFrom('rooms').select(['place', 'paced_out as pacedOut', 'rest_until as restUntil']).execute(),
    ),
});

/** A few of each channel, posts and edits apart, so that no channel and no pace hides what others could do. */
async function pending(db: Kysely<Tables>, platform: string, now: number): Promise<readonly Delivery[]> {
  const due = db
    .selectFrom('deliveries as wish')
    .leftJoin('deliveries as parent', 'parent.key', 'wish.parent')
    .selectAll('wish')
    .select(TURN.as('turn'))
    .where('wish.open', '=', 1)
    .where('wish.platform', '=', platform)
    .where('wish.not_before', '<=', now)
    .where((eb) =>
      eb.or([
        eb('wish.parent', 'is', null),
        eb('parent.posted_message', 'is not', null),
        // Better outside of the thread than never.
        eb('parent.given_up', 'is not', null),
      ]),
    );
  const rows = await db
    .selectFrom(due.as('due'))
    .selectAll()
    .where('turn', '<=', MOST_OF_A_CHANNEL)
    .orderBy('lane')
    .orderBy('wanted_at')
    .orderBy('key')
    .execute();
  return rows.map(deliveryOf);
}
