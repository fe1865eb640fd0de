import type { Transaction } from 'kysely';
import type { AuditEntry } from '../domain/audit-event.ts';
import type { ApprovalDemand, BreakGlass, ChangeState } from '../domain/change.ts';
import type { SetBack, TimeBook } from '../workflow/journal.ts';
import { moveIncidents } from './move-incidents.ts';
import type { Store, Writing } from './store.ts';
import { parseStored, toStored } from './stored.ts';
import type { Tables } from './tables.ts';

/** From this on a clock was set back and does not only differ by what lies between two readings. */
const STEP_MS = 1000;
/** Changes that wait for people, for their time or for a lock. */
const WAITING: readonly ChangeState[] = ['awaiting approval', 'requested'];

/** What the journal knows of time; `found` at its opening, `moved` is told of what was moved back since. */
export const createTimeBook = (
  store: Store,
  { found, moved }: { readonly found: SetBack | undefined; readonly moved: () => Promise<void> },
): TimeBook => ({
  setBackBefore: found,
  saw: (at) =>
    store.write(async ({ tx }) => {
      await tx.updateTable('clock').set({ seen_at: at }).where('id', '=', 1).execute();
    }),
  heard: () =>
    store.read(async (db) => {
      const mark = await db
        .selectFrom('store_marks')
        .select('value')
        .where('name', '=', 'heard')
        .executeTakeFirst();
      return mark?.value;
    }),
  noteHeard: (at) =>
    store.write(async ({ tx }) => {
      await tx
        .insertInto('store_marks')
        .values({ name: 'heard', value: at, detail: null })
        .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: at }))
        .execute();
    }),
  async setBack(byMs, at) {
    const back = await store.conclude<SetBack>((writing) => setBack(writing, byMs, at));
    await moved();
    return back;
  },
});

/** Compares with the latest moment that was seen before, and moves what waits where the clock was set back since. */
export async function mendClock(store: Store): Promise<SetBack | undefined> {
  const now = store.now();
  const clock = await store.read((db) => db.selectFrom('clock').select('seen_at').executeTakeFirstOrThrow());
  const byMs = clock.seen_at - now;
  return byMs < STEP_MS ? undefined : store.conclude((writing) => setBack(writing, byMs, now));
}

/** `at` is the time as it is now. What waits for a time of day keeps it; what waits for a while waits as long as before. */
async function setBack({ tx, audit }: Writing<SetBack>, byMs: number, at: number): Promise<SetBack> {
  const changes = await moveChanges(tx, byMs, at);
  await moveOutbox(tx, byMs);
  await moveSignIns(tx, byMs, at);
  await moveBudgets(tx, byMs, at);
  await moveRestore(tx, at);
  await moveIncidents(tx, byMs);
  await tx
    .updateTable('inbox')
    .set((eb) => ({ at: eb('at', '-', byMs) }))
    .where('done', '=', 0)
    .execute();
  await tx.updateTable('clock').set({ seen_at: at }).where('id', '=', 1).execute();
  await audit(setBackEntry(byMs, at, changes));
  return { byMs, changes };
}

const setBackEntry = (byMs: number, at: number, changes: readonly string[]): AuditEntry => ({
  event: 'clock set back',
  at,
  actor: 'botswain',
  detail: { byMs, changes: [...changes] },
});

async function moveChanges(tx: Transaction<Tables>, byMs: number, at: number): Promise<readonly string[]> {
  const waiting = await tx
    .selectFrom('changes')
    .select(['id', 'demand', 'requested_at', 'start_at', 'start_by'])
    .where('state', 'in', [...WAITING])
    .orderBy('number')
    .execute();
  for (const { id, demand, requested_at, start_at, start_by } of waiting) {
    const { expiresAt, escalatedAt, ...rest } = parseStored<ApprovalDemand>(demand);
    // A time of day that had not come before the step has not come now either.
    const isAhead = start_at > at + byMs;
    await tx
      .updateTable('changes')
      .set({
        demand: toStored({
          ...rest,
          expiresAt: expiresAt - byMs,
          ...(escalatedAt === undefined ? {} : { escalatedAt: escalatedAt - byMs }),
        }),
        requested_at: requested_at - byMs,
        ...(isAhead ? {} : { start_at: start_at - byMs, start_by: start_by - byMs }),
      })
      .where('id', '=', id)
      .execute();
  }
  return waiting.map(({ id }) => id);
}

async function moveOutbox(tx: Transaction<Tables>, byMs: number): Promise<void> {
  await tx
    .updateTable('deliveries')
    .set((eb) => ({ not_before: eb('not_before', '-', byMs), wanted_at: eb('wanted_at', '-', byMs) }))
    .where('open', '=', 1)
    .execute();
  await tx
    .updateTable('rooms')
    .set((eb) => ({ paced_out: eb('paced_out', '-', byMs), rest_until: eb('rest_until', '-', byMs) }))
    .execute();
}

/** What was tried within a while, as far as it lies ahead now (the clock may have gone ahead first), and reviews that are due after one. */
async function moveBudgets(tx: Transaction<Tables>, byMs: number, at: number): Promise<void> {
  await tx
    .updateTable('tries')
    .set((eb) => ({ at: eb('at', '-', byMs) }))
    .where('at', '>', at)
    .execute();
  const open = await tx
    .selectFrom('changes')
    .select(['id', 'break_glass'])
    .where('review_open', '=', 1)
    .execute();
  for (const { id, break_glass } of open) {
    if (break_glass === null) continue;
    const glass = parseStored<BreakGlass>(break_glass);
    const moved = toStored({ ...glass, reviewBy: glass.reviewBy - byMs });
    await tx.updateTable('changes').set({ break_glass: moved }).where('id', '=', id).execute();
  }
}

/** No restore lies ahead: what people say from now on would count as said before it. */
async function moveRestore(tx: Transaction<Tables>, at: number): Promise<void> {
  await tx
    .updateTable('store_marks')
    .set({ value: at })
    .where('name', '=', 'restored')
    .where('value', '>', at)
    .execute();
}

async function moveSignIns(tx: Transaction<Tables>, byMs: number, at: number): Promise<void> {
  const earlier = at + byMs;
  for (const table of ['sign_in_links', 'link_codes'] as const)
    await tx
      .updateTable(table)
      .set((eb) => ({ expires_at: eb('expires_at', '-', byMs) }))
      .where('expires_at', '>', earlier)
      .execute();
  await tx
    .updateTable('sessions')
    .set((eb) => ({ created_at: eb('created_at', '-', byMs), seen_at: eb('seen_at', '-', byMs) }))
    .execute();
}
