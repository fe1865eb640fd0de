import type { Kysely } from 'kysely';
import type { ChangeState } from '../domain/change.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

/** What the journal holds right now, in numbers. */
export interface Figures {
  /** Changes by state. */
  readonly changes: readonly { readonly state: ChangeState; readonly count: number }[];
  /** Messages that are to stand somewhere and do not yet, by platform, with the oldest wish. */
  readonly undelivered: readonly {
    readonly platform: string;
    readonly count: number;
    /** Epoch milliseconds. */
    readonly oldest: number;
  }[];
  /** Lines taken in and not worked on yet. */
  readonly pendingLines: number;
  readonly locks: number;
  readonly auditRecords: number;
}

/** Counts by what the tables have an index for; for metrics, a few times a minute. */
export const figuresOf = (store: Store): Promise<Figures> =>
  store.read(async (db) => ({
    changes: await changesByState(db),
    undelivered: await undelivered(db),
    pendingLines: (await db.selectFrom('inbox').select('id').where('done', '=', 0).execute()).length,
    locks: (await db.selectFrom('locks').select('key').execute()).length,
    auditRecords: (await db.selectFrom('audit_head').select('sequence').executeTakeFirst())?.sequence ?? 0,
  }));

async function changesByState(db: Kysely<Tables>): Promise<Figures['changes']> {
  const rows = await db
    .selectFrom('changes')
    .select((eb) => ['state', eb.fn.countAll<number>().as('count')])
    .groupBy('state')
    .execute();
  return rows.map(({ state, count }) => ({ state, count: Number(count) }));
}

async function undelivered(db: Kysely<Tables>): Promise<Figures['undelivered']> {
  const rows = await db
    .selectFrom('deliveries')
    .select((eb) => [
      'platform',
      eb.fn.countAll<number>().as('count'),
      eb.fn.min<number>('wanted_at').as('oldest'),
    ])
    .where('open', '=', 1)
    .groupBy('platform')
    .execute();
  return rows.map(({ platform, count, oldest }) => ({ platform, count: Number(count), oldest }));
}
