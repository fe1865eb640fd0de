import { createHash } from 'node:crypto';
import type { Selectable, Transaction } from 'kysely';
import type { Conversation } from '../chat/chat.ts';
import type { AttachedFile, Message } from '../domain/message.ts';
import { type Delivery, LANES, type Lane } from '../workflow/deliveries.ts';
import { parsePresent, parseStored } from './stored.ts';
import type { DeliveriesTable, Tables } from './tables.ts';

/** A row of the outbox. */
export type DeliveryRow = Selectable<DeliveriesTable>;

/** Reads a delivery and keeps its row to this transaction: what is decided by it is right until the end of it. */
export const holdDelivery = (tx: Transaction<Tables>, key: string): Promise<DeliveryRow | undefined> =>
  tx
    .updateTable('deliveries')
    .set((eb) => ({ revision: eb.ref('revision') }))
    .where('key', '=', key)
    .returningAll()
    .executeTakeFirst();

/** The channel of a conversation in JSON. */
export const channelOf = (conversation: string): string => parseStored<Conversation>(conversation).channel;

/** The place of a lane in the order, 0 = the most urgent. */
export const rankOf = (lane: Lane = 'progress'): number => LANES.indexOf(lane);

/** Says of two files whether they are the same; null = no file. */
export const markOf = (file: AttachedFile | undefined): string | null =>
  file === undefined ? null : createHash('sha256').update(`${file.name}\n${file.text}`).digest('hex');

/** A row as the workflow sees it. */
export function deliveryOf(row: DeliveryRow): Delivery {
  const conversation = parseStored<Conversation>(row.conversation);
  const message = parseStored<Message>(row.message);
  const { posted_channel: channel, posted_message: at } = row;
  const isPosted = channel !== null && at !== null;
  return {
    key: row.key,
    conversation,
    ...parsePresent({ parent: row.parent, givenUp: row.given_up }),
    message,
    lane: LANES[row.lane] ?? 'progress',
    revision: row.revision,
    deliveredRevision: row.delivered_revision,
    sentRevision: row.sent_revision,
    ...(isPosted ? { posted: { platform: conversation.platform, channel, message: at } } : {}),
    ambiguous: row.ambiguous === 1,
    attempts: row.attempts,
    notBefore: row.not_before,
    wantedAt: row.wanted_at,
    ...fileDue(row, message),
  };
}

const fileDue = (row: DeliveryRow, { file }: Message): Pick<Delivery, 'fileDue'> =>
  file === undefined || row.file === null || row.file === row.filed
    ? {}
    : { fileDue: { file, ambiguous: row.file_ambiguous === 1 } };
