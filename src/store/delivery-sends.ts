import { sql, type Transaction } from 'kysely';
import type { Conversation, Posted } from '../chat/chat.ts';
import type { Delivery, Later, Room } from '../workflow/deliveries.ts';
import { type DeliveryRow, deliveryOf, holdDelivery } from './delivery-rows.ts';
import { parseStored, toStored } from './stored.ts';
import type { Tables } from './tables.ts';

type Tx = Transaction<Tables>;

/** Whether anything is left to do; asked again after whatever alters one of these columns. */
async function settle(tx: Tx, key: string): Promise<void> {
  const left = sql<number>`case when given_up is null and
    (delivered_revision < revision or coalesce(file, '') <> coalesce(filed, '')) then 1 else 0 end`;
  await tx.updateTable('deliveries').set({ open: left }).where('key', '=', key).execute();
}

/** See Deliveries.claim. */
export async function claim(
  tx: Tx,
  { key, now, room }: { readonly key: string; readonly now: number; readonly room: Room },
): Promise<Delivery | undefined> {
  const row = await holdDelivery(tx, key);
  if (row === undefined || row.open === 0 || row.not_before > now) return undefined;
  await keepRoom(tx, room);
  await tx.updateTable('deliveries').set(doubtOf(row)).where('key', '=', key).execute();
  return deliveryOf(row);
}

/** What nobody will know if the process dies while it sends. An edit leaves no doubt: it is made again. */
function doubtOf(row: DeliveryRow) {
  if (row.posted_message === null) {
    const sent = row.ambiguous === 1 ? row.sent_revision : row.revision;
    return { ambiguous: 1, sent_revision: sent };
  }
  return row.delivered_revision < row.revision ? { ambiguous: 0 } : { file_ambiguous: 1 };
}

/** See Deliveries.opened. */
export async function opened(
  tx: Tx,
  now: { readonly key: string; readonly topic: Conversation; readonly ambiguous: boolean },
): Promise<void> {
  await tx
    .updateTable('deliveries')
    .set({ conversation: toStored(now.topic), ambiguous: now.ambiguous ? 1 : 0, attempts: 0 })
    .where('key', '=', now.key)
    .execute();
}

/** See Deliveries.delivered. */
export async function delivered(
  tx: Tx,
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
  await settle(tx, key);
}

/** See Deliveries.missing. */
export async function missing(tx: Tx, key: string): Promise<void> {
  await tx
    .updateTable('deliveries')
    .set({ ambiguous: 0, file_ambiguous: 0 })
    .where('key', '=', key)
    .execute();
}

/** See Deliveries.filed. */
export async function filed(tx: Tx, key: string, mark: string | null): Promise<void> {
  await tx
    .updateTable('deliveries')
    .set({ filed: mark, file_ambiguous: 0, attempts: 0, not_before: 0 })
    .where('key', '=', key)
    .execute();
  await settle(tx, key);
}

/** See Deliveries.retryLater. */
export async function retryLater(tx: Tx, key: string, later: Later): Promise<boolean> {
  const row = await holdDelivery(tx, key);
  if (row === undefined) return false;
  const { notBefore, ambiguous, givenUp } = later;
  const isNewer = row.revision > later.revision;
  const isFile = row.posted_message !== null && row.delivered_revision >= later.revision;
  const doubt = ambiguous ? 1 : 0;
  await tx
    .updateTable('deliveries')
    .set({
      attempts: row.attempts + 1,
      not_before: notBefore,
      ...(isFile ? { file_ambiguous: doubt } : { ambiguous: doubt }),
      given_up: isNewer ? null : (givenUp ?? null),
    })
    .where('key', '=', key)
    .execute();
  await settle(tx, key);
  return !(isNewer && givenUp !== undefined);
}

/** See Deliveries.lost. */
export async function lost(tx: Tx, key: string): Promise<boolean> {
  const row = await holdDelivery(tx, key);
  if (row === undefined || row.reposted === 1) return false;
  const { thread: _, ...outside } = parseStored<Delivery['conversation']>(row.conversation);
  await tx
    .updateTable('deliveries')
    .set({
      reposted: 1,
      posted_channel: null,
      posted_message: null,
      delivered_revision: Math.min(row.delivered_revision, row.revision - 1),
      ambiguous: 0,
      not_before: 0,
      filed: null,
      ...(row.posted_message === null ? { conversation: toStored(outside) } : {}),
    })
    .where('key', '=', key)
    .execute();
  await settle(tx, key);
  return true;
}

/** See Deliveries.keepRoom. */
export async function keepRoom(tx: Tx, { place, pacedOut, restUntil }: Room): Promise<void> {
  const room = { paced_out: pacedOut, rest_until: restUntil };
  await tx
    .insertInto('rooms')
    .values({ place, ...room })
    .onConflict((conflict) => conflict.column('place').doUpdateSet(room))
    .execute();
}
