import { isUtf8 } from 'node:buffer';
import type { Kysely, Selectable, Transaction } from 'kysely';
import type { AlertReading } from '../domain/alert.ts';
import type { AlertDelivery, TakenDelivery } from '../incidents/incident-book.ts';
import type { AlertDeliveriesTable } from './alert-tables.ts';
import type { DeliveryKeeping } from './incidents.ts';
import type { Store } from './store.ts';
import { parseStored, toStored } from './stored.ts';
import type { Tables } from './tables.ts';

/** Rows a statement; of few sizes, so that few statements are prepared. SQLite takes 32,766 values at once. */
const SIZES = [100, 10, 1];
/** Characters of bodies that are handed out at once. */
const MOST_CHARACTERS = 16 * 1024 * 1024;
/** Fingerprints that are noted with a delivery. */
const MOST_FINGERPRINTS = 20;

type Tx = Transaction<Tables>;
type Taken = Parameters<DeliveryKeeping['markTaken']>[1][number];
type Received = Omit<AlertDelivery, 'number' | 'taken'>;

/** What senders of alerts delivered, as it came in. */
export function createAlertDeliveries(store: Store): DeliveryKeeping {
  return {
    receive: (deliveries) => store.write(({ tx }) => receive(tx, deliveries)),
    delivery: (number) =>
      store.read(async (db) => {
        const row = await db
          .selectFrom('alert_deliveries')
          .selectAll()
          .where('number', '=', number)
          .executeTakeFirst();
        return row === undefined ? undefined : deliveryOf(row);
      }),
    pending: (limit) =>
      store.read(async (db) => {
        const last = await lastInTurn(db, limit);
        if (last === undefined) return [];
        const rows = await db
          .selectFrom('alert_deliveries')
          .selectAll()
          .where('taken_at', 'is', null)
          .where('number', '<=', last)
          .orderBy('number')
          .execute();
        return rows.map(deliveryOf);
      }),
    markTaken: (tx, taken) => markTaken(tx, taken, store.now()),
  };
}

/** The last of as many as fit into memory together, one at least; undefined where none waits. */
async function lastInTurn(db: Kysely<Tables>, limit: number): Promise<number | undefined> {
  const rows = await db
    .selectFrom('alert_deliveries')
    .select((eb) => ['number', eb.fn<number>('length', ['body']).as('length')])
    .where('taken_at', 'is', null)
    .orderBy('number')
    .limit(limit)
    .execute();
  let total = 0;
  const fitting = rows.filter(({ length }, index) => {
    total += length;
    return index === 0 || total <= MOST_CHARACTERS;
  });
  return fitting.at(-1)?.number;
}

async function receive(tx: Tx, deliveries: readonly Received[]): Promise<readonly number[]> {
  if (deliveries.length === 0) return [];
  const { value: last } = await tx
    .updateTable('counters')
    .set((eb) => ({ value: eb('value', '+', deliveries.length) }))
    .where('name', '=', 'alert delivery')
    .returning('value')
    .executeTakeFirstOrThrow();
  const first = last - deliveries.length + 1;
  const rows = deliveries.map((delivery, index) => rowOf(delivery, first + index));
  for (let from = 0; from < rows.length; ) {
    const size = SIZES.find((each) => from + each <= rows.length) ?? 1;
    await tx
      .insertInto('alert_deliveries')
      .values(rows.slice(from, from + size))
      .execute();
    from += size;
  }
  return rows.map(({ number }) => number);
}

const rowOf = ({ integration, at, method, headers, query, body }: Received, number: number) => ({
  number,
  integration,
  at,
  method,
  headers: toStored(headers),
  query: toStored(query),
  ...bodyColumns(body),
  taken_at: null,
  came_to: null,
});

/** No database holds half characters as text, and PostgreSQL no NUL. */
function bodyColumns(body: Buffer): Pick<AlertDeliveriesTable, 'body' | 'coding'> {
  const isText = isUtf8(body) && !body.includes(0);
  return isText
    ? { body: body.toString('utf8'), coding: 'utf8' }
    : { body: body.toString('base64'), coding: 'base64' };
}

const deliveryOf = (row: Selectable<AlertDeliveriesTable>): AlertDelivery => ({
  number: row.number,
  integration: row.integration,
  at: row.at,
  method: row.method,
  headers: parseStored(row.headers),
  query: parseStored(row.query),
  body: Buffer.from(row.body, row.coding),
  ...(row.came_to === null ? {} : { taken: parseStored<TakenDelivery>(row.came_to) }),
});

/** Whoever takes something up a second time gets nothing of it. */
async function markTaken(tx: Tx, taken: readonly Taken[], at: number): Promise<readonly number[]> {
  if (taken.length === 0) return [];
  const numbers = taken.map(({ number }) => number);
  const open = await tx
    .selectFrom('alert_deliveries')
    .select(['number', 'integration'])
    .where('taken_at', 'is', null)
    .where('number', '>=', Math.min(...numbers))
    .where('number', '<=', Math.max(...numbers))
    .execute();
  const integrations = new Map(open.map(({ number, integration }) => [number, integration]));
  const fresh: number[] = [];
  for (const { number, reading } of taken) {
    const integration = integrations.get(number);
    // Named twice in one call it would be taken twice.
    if (integration === undefined || !integrations.delete(number)) continue;
    const repeats = await repeatOf(tx, { number, integration, at }, reading?.eventId);
    await tx
      .updateTable('alert_deliveries')
      .set({ taken_at: at, came_to: toStored(cameTo(reading, at, repeats)) })
      .where('number', '=', number)
      .execute();
    if (repeats === undefined) fresh.push(number);
  }
  return fresh;
}

/** The delivery that has this event id; undefined where it is this one's from now on. */
async function repeatOf(
  tx: Tx,
  { number, integration, at }: { readonly number: number; readonly integration: string; readonly at: number },
  eventId: string | undefined,
): Promise<number | undefined> {
  if (eventId === undefined) return undefined;
  const inserted = await tx
    .insertInto('alert_events')
    .values({ integration, event_id: eventId, delivery: number, at })
    .onConflict((conflict) => conflict.columns(['integration', 'event_id']).doNothing())
    .executeTakeFirstOrThrow();
  if (inserted.numInsertedOrUpdatedRows === 1n) return undefined;
  const before = await tx
    .selectFrom('alert_events')
    .select('delivery')
    .where('integration', '=', integration)
    .where('event_id', '=', eventId)
    .executeTakeFirstOrThrow();
  return before.delivery;
}

const cameTo = (
  reading: AlertReading | undefined,
  at: number,
  repeats: number | undefined,
): TakenDelivery => ({
  at,
  isKnown: reading !== undefined,
  ...(repeats === undefined ? {} : { repeats }),
  fingerprints: (reading?.reports ?? []).slice(0, MOST_FINGERPRINTS).map(({ fingerprint }) => fingerprint),
  reports: reading?.reports.length ?? 0,
  ...(reading?.truncated === undefined ? {} : { truncated: reading.truncated }),
  ...(reading?.note === undefined ? {} : { note: reading.note }),
});
