import type { Transaction } from 'kysely';
import type { Message } from '../domain/message.ts';
import type { Wish } from '../workflow/deliveries.ts';
import { type DeliveryRow, markOf, rankOf } from './delivery-rows.ts';
import { parseStored, toStored } from './stored.ts';
import type { Tables } from './tables.ts';

/** Notes a wish: a new delivery, an edit of one, or nothing when the same stands or is on its way. */
export async function want(tx: Transaction<Tables>, wish: Wish, at: number): Promise<void> {
  const conversation = toStored(wish.conversation);
  const parent = wish.parent ?? null;
  const where = { conversation, parent, channel: wish.conversation.channel };
  if (parent !== null) await lendUrgency(tx, parent, rankOf(wish.lane));
  if (await insertedNew(tx, { ...where, wish, at })) return;
  const row = await tx
    .selectFrom('deliveries')
    .selectAll()
    .where('key', '=', wish.key)
    .executeTakeFirstOrThrow();
  // What was posted anew stays where it could be posted.
  const place = row.reposted === 1 ? {} : where;
  const edit = { ...place, ...editOf(row, wish, at) };
  if (Object.keys(edit).length > 0)
    await tx.updateTable('deliveries').set(edit).where('key', '=', wish.key).execute();
}

interface NewRow {
  readonly wish: Wish;
  readonly at: number;
  readonly conversation: string;
  readonly channel: string;
  readonly parent: string | null;
}

async function insertedNew(tx: Transaction<Tables>, { wish, at, ...where }: NewRow): Promise<boolean> {
  const inserted = await tx
    .insertInto('deliveries')
    .values({
      key: wish.key,
      platform: wish.conversation.platform,
      ...where,
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
