import { type Expression, expressionBuilder, type Selectable, type SqlBool, type Transaction } from 'kysely';
import type { AuditEntry } from '../domain/audit-event.ts';
import { type Holding, isOver, isPersons, type Lock } from '../domain/lock.ts';
import type { Locks } from '../workflow/lock-books.ts';
import type { Store, Writing } from './store.ts';
import { parsePresent, parseStored, toStored } from './stored.ts';
import type { LocksTable, Tables } from './tables.ts';

type Tx = Transaction<Tables>;

const lockOf = ({ key, holder, holder_name, reason, at, until, under }: Selectable<LocksTable>): Lock => ({
  key,
  holder,
  holderName: holder_name,
  reason,
  at,
  ...parsePresent({ until }),
  ...(under === null ? {} : { under: parseStored<Holding>(under) }),
});

const columnsOf = ({ holder, holderName, reason, at, until, under }: Holding & Pick<Lock, 'under'>) => ({
  holder,
  holder_name: holderName,
  reason,
  at,
  until: until ?? null,
  under: under === undefined ? null : toStored(under),
});

/** Locks on components, whoever holds them. */
export function createLocks(store: Store): Locks {
  return {
    all: () =>
      store.read(async (db) =>
        (await db.selectFrom('locks').selectAll().orderBy('key').execute()).map(lockOf),
      ),
    take: (locks, entry) =>
      store.write<Lock | undefined>(async ({ tx, audit, undo }) => {
        const inTheWay = await takeLocks(tx, locks, { audit });
        if (inTheWay !== undefined) return undo(inTheWay);
        await audit(entry);
        return undefined;
      }),
    release: (keys, holder, entry) =>
      store.conclude(async ({ tx, audit }) => {
        let count = 0;
        for (const { key } of await locksOn(tx, keys)) if (await letGoOf(tx, key, holder)) count += 1;
        if (count > 0) await audit(entry);
        return count;
      }),
    expire: (at) => store.conclude((writing) => expireLocks(writing, at)),
  };
}

async function locksOn(tx: Tx, keys: readonly string[]): Promise<readonly Lock[]> {
  if (keys.length === 0) return [];
  const rows = await tx
    .selectFrom('locks')
    .selectAll()
    .where('key', 'in', [...new Set(keys)])
    .orderBy('key')
    .execute();
  return rows.map(lockOf);
}

/** A lock that stands as it was read: the same holder may have said another end meanwhile, or the one below. */
function unchanged(was: Lock): Expression<SqlBool> {
  const { holder, at, until, under } = columnsOf(was);
  const eb = expressionBuilder<Tables, 'locks'>();
  return eb.and([
    eb.and({ key: was.key, holder, at }),
    until === null ? eb('until', 'is', null) : eb('until', '=', until),
    under === null ? eb('under', 'is', null) : eb('under', '=', under),
  ]);
}

/** Writes a lock as it is to stand from now on, if nobody else has touched it; undefined takes it away. */
async function replace(tx: Tx, was: Lock, by: Holding | undefined): Promise<boolean> {
  if (by === undefined) {
    const deleted = await tx.deleteFrom('locks').where(unchanged(was)).executeTakeFirstOrThrow();
    return deleted.numDeletedRows > 0n;
  }
  const updated = await tx
    .updateTable('locks')
    .set(columnsOf(by))
    .where(unchanged(was))
    .executeTakeFirstOrThrow();
  return updated.numUpdatedRows > 0n;
}

/** A holder lets go of what it holds on a key, also of what it said anew meanwhile. */
async function letGoOf(tx: Tx, key: string, holder: string): Promise<boolean> {
  const [lock] = await locksOn(tx, [key]);
  if (lock === undefined || (lock.holder !== holder && lock.under?.holder !== holder)) return false;
  return (await letGo(tx, lock, holder)) || letGoOf(tx, key, holder);
}

/** A holder lets go of a lock, or of the one below the change that runs under it; false where it stands otherwise by now. */
async function letGo(tx: Tx, lock: Lock, holder: string): Promise<boolean> {
  if (lock.holder === holder) return replace(tx, lock, lock.under);
  if (lock.under?.holder !== holder) return false;
  const { under: _, ...above } = lock;
  return replace(tx, lock, above);
}

/** Releases all that a change holds; what its requester had locked before is locked again. */
export async function releaseLocks(tx: Tx, holder: string): Promise<void> {
  const rows = await tx
    .selectFrom('locks')
    .select('key')
    .where('holder', '=', holder)
    .orderBy('key')
    .execute();
  for (const { key } of rows) await letGoOf(tx, key, holder);
}

const overEntry = (key: string, { holder, reason, until = 0 }: Holding, at: number): AuditEntry => ({
  event: 'lock released',
  at,
  actor: 'botswain',
  service: key.replace(/[/@].*$/, ''),
  subject: key,
  detail: { keys: [key], holder, reason, why: 'its time was over', until },
});

/** Frees what has come to its end, each on record. */
async function free(
  { tx, audit }: Pick<Writing<unknown>, 'tx' | 'audit'>,
  lock: Lock,
  at: number,
): Promise<readonly Lock[]> {
  const over = [lock, lock.under].find((held) => held !== undefined && isOver(held, at));
  if (over === undefined || !(await letGo(tx, lock, over.holder))) return [];
  await audit(overEntry(lock.key, over, at));
  return [{ ...over, key: lock.key }];
}

async function expireLocks(
  { tx, audit, undo }: Writing<readonly Lock[]>,
  at: number,
): Promise<readonly Lock[]> {
  const rows = await tx.selectFrom('locks').selectAll().orderBy('key').execute();
  const freed: Lock[] = [];
  for (const lock of rows.map(lockOf)) freed.push(...(await free({ tx, audit }, lock, at)));
  return freed.length === 0 ? undo([]) : freed;
}

/**
 * Takes locks in the order of their keys, so that two takers cannot wait for each other; the first in the way is returned, and
 * then the transaction must be undone. A change may go `under` its requester's lock.
 */
export async function takeLocks(
  tx: Tx,
  locks: readonly Lock[],
  by: { readonly audit: Writing<unknown>['audit']; readonly under?: string },
): Promise<Lock | undefined> {
  for (const lock of [...locks].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const standing = await takeLock(tx, lock, by);
    if (standing !== undefined) return standing;
  }
  return undefined;
}

/** The lock in the way. What the same holder says again replaces reason and end, not the time since when. */
async function takeLock(
  tx: Tx,
  lock: Lock,
  by: { readonly audit: Writing<unknown>['audit']; readonly under?: string },
): Promise<Lock | undefined> {
  const inserted = await tx
    .insertInto('locks')
    .values({ key: lock.key, ...columnsOf(lock) })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .executeTakeFirstOrThrow();
  if (inserted.numInsertedOrUpdatedRows === 1n) return undefined;
  const [standing] = await locksOn(tx, [lock.key]);
  if (standing !== undefined) {
    const after = whatStandsThen(standing, lock, by.under);
    if (after !== undefined && (await replace(tx, standing, after))) return undefined;
    if (after === undefined && (await free({ tx, audit: by.audit }, standing, lock.at)).length === 0)
      return standing;
  }
  // It was freed just now; on PostgreSQL also the one in the way may have let go between two statements.
  return takeLock(tx, lock, by);
}

/** What a lock becomes when this holder takes it; undefined where it is in the way. */
function whatStandsThen(
  standing: Lock,
  { key: _wanted, ...wanted }: Lock,
  under: string | undefined,
): (Holding & Pick<Lock, 'under'>) | undefined {
  if (isOver(standing, wanted.at)) return undefined;
  const { key: _key, until: _until, ...kept } = standing;
  if (standing.holder === wanted.holder) return { ...kept, ...wanted, at: standing.at };
  if (standing.under?.holder === wanted.holder)
    return { ...kept, under: { ...wanted, at: standing.under.at } };
  if (standing.holder !== under || !isPersons(standing)) return undefined;
  const { key: _below, ...below } = standing;
  return { ...wanted, under: below };
}
