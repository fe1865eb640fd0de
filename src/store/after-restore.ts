import type { Kysely, Transaction } from 'kysely';
import type { AuditEntry } from '../domain/audit-event.ts';
import type { Change } from '../domain/change.ts';
import type { Restored } from '../workflow/journal.ts';
import type { HeadFile } from './audit-head.ts';
import { changeOf } from './change-rows.ts';
import { releaseLocks } from './locks.ts';
import { loseOrphans } from './steps.ts';
import type { Store, Writing } from './store.ts';
import { parseStored, toStored } from './stored.ts';
import type { Tables } from './tables.ts';

/** Ids allotted after the copy was made exist in chats and in people's heads: none of them may come again. */
const SKIPPED_IDS = 1000;

/** Stands as who stopped a change; what such a change left out may well have been done after the copy. */
const STOPPED_BY = 'the restore of the journal (what is left out here may have been done since)';

/**
 * Marks this file as a copy put in the journal's place where only the head file shows that (it knows later records),
 * and at once, because from here on it no longer does; a copy that has its mark keeps that one.
 */
export async function noticeCopy(db: Kysely<Tables>, headFile: HeadFile): Promise<void> {
  const head = await db.selectFrom('audit_head').select('sequence').executeTakeFirst();
  if ((headFile.read()?.sequence ?? 0) <= (head?.sequence ?? 0)) return;
  await db
    .insertInto('store_marks')
    .values({ name: 'copied', value: 0, detail: null })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
}

/**
 * Makes a restored copy safe to work with: what happened after it was made is not in it. Every started step becomes unknown
 * (the engine asks the targets), nothing goes on by itself, and everything asked for or approved before is void.
 */
export async function settleRestored(store: Store): Promise<void> {
  const mark = await markOf(store, 'copied');
  if (mark !== undefined) await store.conclude((writing) => settle(writing, mark.value, store.now()));
}

/** What the latest {@link settleRestored} came to, for ever after; undefined for a journal that was never a copy. */
export async function restoredOf(store: Store): Promise<Restored | undefined> {
  const mark = await markOf(store, 'restored');
  if (mark === undefined || mark.detail === null) return undefined;
  const isTold = (await markOf(store, 'told')) !== undefined;
  // The mark is moved where the clock is set back, its detail is not.
  return { ...parseStored<Omit<Restored, 'isTold'>>(mark.detail), at: mark.value, isTold };
}

/** Everybody was told of {@link restoredOf}. */
export const noteRestoreTold = (store: Store): Promise<void> =>
  store.conclude(async ({ tx }) => {
    await tx
      .insertInto('store_marks')
      .values({ name: 'told', value: store.now(), detail: null })
      .onConflict((conflict) => conflict.column('name').doNothing())
      .execute();
  });

const markOf = (store: Store, name: 'copied' | 'restored' | 'told') =>
  store.read((db) => db.selectFrom('store_marks').selectAll().where('name', '=', name).executeTakeFirst());

async function settle(writing: Writing<void>, copiedAt: number, at: number): Promise<void> {
  const { tx, audit } = writing;
  await audit(restoreEntry(copiedAt, at));
  const voided = await endAll(writing, { at, from: ['requested', 'awaiting approval'], ...VOIDED });
  await loseOrphans(writing, 'nobody', at);
  const given = await endAll(writing, { at, from: ['running', 'verifying'], ...GIVEN_UP });
  await tx.updateTable('changes').set({ cancelled_by: STOPPED_BY }).where('state', '=', 'unknown').execute();
  const unknown = await tx.selectFrom('changes').select('id').where('state', '=', 'unknown').execute();
  await forgetOpenDoors(tx);
  await skipIds(tx);
  const restored: Omit<Restored, 'isTold'> = {
    at,
    ...(copiedAt === 0 ? {} : { copiedAt }),
    voided: voided.map(({ id }) => id),
    givenUp: given.map(({ id }) => id),
    unknown: unknown.map(({ id }) => id),
  };
  // What was heard is as old as the copy: what waits at a chat since then may have been done already.
  await tx.deleteFrom('store_marks').where('name', '!=', 'heard').execute();
  await tx
    .insertInto('store_marks')
    .values({ name: 'restored', value: at, detail: toStored(restored) })
    .execute();
}

const VOIDED = {
  to: 'voided',
  event: 'change voided',
  code: 'DENIED_RESTORED',
  ending:
    'The journal was restored from a copy in which this still waited. Whether it was done after the copy is not known here: look at the target before you ask again.',
} as const;

const GIVEN_UP = {
  to: 'failed',
  event: 'change failed',
  code: 'TARGET_INTERRUPTED',
  ending:
    'The journal was restored from a copy in which this was under way, and nobody here knows how it went on. It stays locked: look at the target, then unlock it.',
} as const;

type Ended = (typeof VOIDED | typeof GIVEN_UP) & {
  readonly at: number;
  readonly from: readonly Change['state'][];
};

async function endAll({ tx, audit }: Writing<void>, end: Ended): Promise<readonly Change[]> {
  const rows = await tx
    .updateTable('changes')
    .set({ state: end.to, code: end.code, ending: end.ending, ended_at: end.at })
    .where('state', 'in', [...end.from])
    .returningAll()
    .execute();
  const changes = rows.map(changeOf);
  for (const change of changes) {
    await audit(endEntry(change, end));
    if (end.to === 'voided') await releaseLocks(tx, change.id);
    else await keepLocked(tx, change);
  }
  return changes;
}

function endEntry(change: Change, end: Ended): AuditEntry {
  const [first] = change.plan.components;
  return {
    event: end.event,
    at: end.at,
    actor: 'botswain',
    ...(first === undefined ? {} : { service: first.service }),
    subject: change.id,
    code: end.code,
    detail: { summary: change.plan.summary, digest: change.digest, ending: end.ending },
  };
}

/** A later step of it may be running this moment; whoever has looked unlocks it like a person's lock. */
async function keepLocked(tx: Transaction<Tables>, { id }: Change): Promise<void> {
  const reason = `${id} was under way when the journal was copied: look at the target, then unlock`;
  await tx
    .updateTable('locks')
    .set({ holder: 'person:restore', holder_name: 'the restore of the journal', reason })
    .where('holder', '=', id)
    .execute();
}

/**
 * Sessions that were ended since must not open again, lines that were worked on since must not be worked on twice, and
 * what may have been posted since is looked for before it is posted.
 */
async function forgetOpenDoors(tx: Transaction<Tables>): Promise<void> {
  await tx.deleteFrom('sessions').execute();
  await tx.deleteFrom('sign_in_links').execute();
  await tx.deleteFrom('link_codes').execute();
  await tx.updateTable('inbox').set({ done: 1 }).where('done', '=', 0).execute();
  await tx
    .updateTable('deliveries')
    .set({ ambiguous: 1 })
    .where('open', '=', 1)
    .where('posted_message', 'is', null)
    .execute();
}

async function skipIds(tx: Transaction<Tables>): Promise<void> {
  const ids = await tx.selectFrom('store_marks').selectAll().where('name', '=', 'ids').executeTakeFirst();
  const allotted: Readonly<Record<string, number>> =
    typeof ids?.detail === 'string' ? parseStored(ids.detail) : { change: ids?.value ?? 0 };
  // Entries of the console are numbered for their order only.
  const counters = await tx.selectFrom('counters').selectAll().where('name', '!=', 'feed').execute();
  for (const { name, value } of counters)
    await tx
      .updateTable('counters')
      .set({ value: Math.max(value, allotted[name] ?? 0) + SKIPPED_IDS })
      .where('name', '=', name)
      .execute();
}

const restoreEntry = (copiedAt: number, at: number): AuditEntry => ({
  event: 'store restored',
  at,
  actor: 'botswain',
  detail: copiedAt === 0 ? {} : { copiedAt },
});
