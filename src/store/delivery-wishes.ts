import type { Transaction } from 'kysely';
import type { AuditEntry } from '../domain/audit-event.ts';
import type { Message } from '../domain/message.ts';
import type { Wish } from '../workflow/deliveries.ts';
import { type DeliveryRow, holdDelivery, markOf, rankOf } from './delivery-rows.ts';
import type { Writing } from './store.ts';
import { parseStored, toStored } from './stored.ts';
import type { Tables } from './tables.ts';

/** Notes a wish: a new delivery, an edit of one, or nothing when the same stands or is on its way. */
export async function want(tx: Transaction<Tables>, wish: Wish, at: number): Promise<void> {
  if (await wantNew(tx, wish, at)) return;
  const row = await holdDelivery(tx, wish.key);
  if (row === undefined) return want(tx, wish, at);
  // What was posted anew stays where it could be posted.
  const place = row.reposted === 1 || hasTopic(row, wish) ? {} : placeOf(wish);
  const edit = { ...place, ...editOf(row, wish, at) };
  if (Object.keys(edit).length > 0)
    await tx.updateTable('deliveries').set(edit).where('key', '=', wish.key).execute();
}

/** See Deliveries.wantOnce. */
export async function wantOnce(
  { tx, audit }: Pick<Writing<boolean>, 'tx' | 'audit'>,
  once: { readonly wishes: readonly Wish[]; readonly at: number; readonly entry: AuditEntry | undefined },
): Promise<boolean> {
  const { wishes, at, entry } = once;
  let count = 0;
  // In the order of their keys, so that two who say the same cannot wait for each other.
  for (const wish of wishes.toSorted((a, b) => (a.key < b.key ? -1 : 1)))
    if (await wantNew(tx, wish, at)) count += 1;
  const isFirst = count > 0 && count === wishes.length;
  if (isFirst && entry !== undefined) await audit(entry);
  return isFirst;
}

/** Whether a topic was opened for it where it is wished. */
function hasTopic(row: DeliveryRow, { message, conversation }: Wish): boolean {
  if (message.topic === undefined || row.channel !== conversation.channel) return false;
  return parseStored<Wish['conversation']>(row.conversation).thread !== undefined;
}

const placeOf = ({ conversation, parent }: Wish) => ({
  conversation: toStored(conversation),
  parent: parent ?? null,
  channel: conversation.channel,
});

/** False where something stands under its key already, which is left as it is. */
async function wantNew(tx: Transaction<Tables>, wish: Wish, at: number): Promise<boolean> {
  if (wish.parent !== undefined) await lendUrgency(tx, wish.parent, rankOf(wish.lane));
  const inserted = await tx
    .insertInto('deliveries')
    .values({
      key: wish.key,
      platform: wish.conversation.platform,
      ...placeOf(wish),
      message: toStored(wish.message),
      lane: rankOf(wish.lane),
      revision: 1,
      delivered_revision: 0,
      sent_revision: 0,
      posted_channel: null,
      posted_message: null,
      ambiguous: 0,
      attempts: 0,
      not_before: 0,
      given_up: null,
      wanted_at: at,
      reposted: 0,
      file: markOf(wish.message.file),
      filed: null,
      file_ambiguous: 0,
      taken_revision: 0,
      open: 1,
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .executeTakeFirstOrThrow();
  return inserted.numInsertedOrUpdatedRows === 1n;
}

/** What waits for it is not to wait longer than it must. */
async function lendUrgency(tx: Transaction<Tables>, parent: string, rank: number): Promise<void> {
  await tx
    .updateTable('deliveries')
    .set({ lane: rank })
    .where('key', '=', parent)
    .where('posted_message', 'is', null)
    .where('lane', '>', rank)
    .execute();
}

/** A pause a platform asked for goes on, and an urgent wish that did not get through yet keeps its urgency. */
function editOf(row: DeliveryRow, wish: Wish, at: number) {
  const message = toStored(wish.message);
  const isGivenUp = row.given_up !== null;
  const rank = rankOf(wish.lane);
  if (!isGivenUp && row.message === message) return undefined;
  const waits = row.delivered_revision < row.revision && !isGivenUp;
  const file = markOf(wish.message.file);
  const isOtherFile = file !== markOf(parseStored<Message>(row.message).file);
  return {
    message,
    revision: row.revision + 1,
    // What is on its way takes its urgency along; only what nobody has sent yet keeps it for the newer wish.
    lane: waits && row.revision > row.sent_revision ? Math.min(row.lane, rank) : rank,
    file,
    open: 1,
    ...(isOtherFile ? { file_ambiguous: 0 } : {}),
    ...(waits ? {} : { attempts: 0, given_up: null, wanted_at: at }),
    ...(isGivenUp ? { not_before: 0 } : {}),
  };
}
