import { type Kysely, sql } from 'kysely';
import { type Delivery, LANES } from '../workflow/deliveries.ts';
import { deliveryOf } from './delivery-rows.ts';
import type { Tables } from './tables.ts';

/** Most messages taken over at once; the rest come with the next look. */
const MOST = 50;

/** See Deliveries.overdue. */
export async function overdue(
  db: Kysely<Tables>,
  platform: string,
  before: number,
): Promise<readonly Delivery[]> {
  const rows = await db
    .selectFrom('deliveries as wish')
    .leftJoin('deliveries as parent', 'parent.key', 'wish.parent')
    .selectAll('wish')
    .where('wish.open', '=', 1)
    .where('wish.platform', '=', platform)
    .where('wish.lane', '<=', LANES.indexOf('decision'))
    // What hangs below something that cannot be posted is not even tried.
    .where((eb) => eb.or([eb('wish.attempts', '>', 0), eb('parent.taken_revision', '>', 0)]))
    .where('wish.wanted_at', '<=', before)
    .whereRef('wish.delivered_revision', '<', 'wish.revision')
    .whereRef('wish.taken_revision', '<', 'wish.revision')
    .orderBy('wish.lane')
    .orderBy('wish.wanted_at')
    .orderBy('wish.key')
    .limit(MOST)
    .execute();
  return rows.map(deliveryOf);
}

/** See Deliveries.returned. */
export async function returned(db: Kysely<Tables>, platform: string): Promise<readonly Delivery[]> {
  const rows = await db
    .selectFrom('deliveries as taken')
    .selectAll('taken')
    .where('taken.taken_revision', '>', 0)
    .where('taken.platform', '=', platform)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('deliveries as waiting')
            .select(sql<number>`1`.as('one'))
            .where('waiting.taken_revision', '>', 0)
            .where('waiting.given_up', 'is', null)
            .whereRef('waiting.platform', '=', 'taken.platform')
            .whereRef('waiting.channel', '=', 'taken.channel')
            .whereRef('waiting.delivered_revision', '<', 'waiting.taken_revision'),
        ),
      ),
    )
    .orderBy('taken.key')
    .execute();
  return rows.map(deliveryOf);
}
