import { setImmediate } from 'node:timers/promises';
import type { Store } from './store.ts';

/** Rows a transaction: others get their turn in between. */
const ROWS = 200;

/** Forgets what senders of alerts delivered before this epoch millisecond, and was taken up; how many went. */
export async function pruneAlertDeliveries(store: Store, before: number): Promise<number> {
  let count = 0;
  for (;;) {
    const numbers = await store.read((db) =>
      db
        .selectFrom('alert_deliveries')
        .select('number')
        .where('at', '<', before)
        .where('taken_at', 'is not', null)
        .orderBy('number')
        .limit(ROWS)
        .execute(),
    );
    if (numbers.length === 0) return count;
    const gone = numbers.map(({ number }) => number);
    await store.write(async ({ tx }) => {
      await tx.deleteFrom('alert_events').where('delivery', 'in', gone).execute();
      await tx.deleteFrom('alert_deliveries').where('number', 'in', gone).execute();
    });
    count += gone.length;
    await setImmediate();
  }
}
