import { setImmediate } from 'node:timers/promises';
import type { Kysely, Selectable } from 'kysely';
import { type AuditEntry, type AuditRecord, chainHash } from '../domain/audit-event.ts';
import type { NotedHead } from '../workflow/journal.ts';
import { type Head, type HeadFile, NO_RECORDS } from './audit-head.ts';
import { noteFault, type Seen, seenIn } from './audit-noted.ts';
import type { Store } from './store.ts';
import { parseStored } from './stored.ts';
import type { AuditTable, Tables } from './tables.ts';

const PAGE = 500;

/** A record as it lies in the store. */
export type AuditRow = Selectable<AuditTable>;

/** What a walk along the chain is made with. */
export interface Walk {
  readonly read: Store['read'];
  readonly headFile: Pick<HeadFile, 'read'>;
  /** Heads that were noted elsewhere: each must be in the chain. */
  readonly noted: readonly NotedHead[];
  /** Gets each good record in order. */
  readonly see?: (record: AuditRecord) => Promise<void> | void;
}

/** Where a walk ended: at the first thing that is wrong, or at the end of the chain. */
export interface Walked {
  readonly fault?: string;
  readonly last: Head;
  /** What was met on the way of the noted heads. */
  readonly seen: readonly Seen[];
}

/** Walks the whole chain page by page and lets others in between; ends at the first bad record. */
export async function walkChain(walk: Walk): Promise<Walked> {
  const { read, headFile } = walk;
  const [noted, before] = [headFile.read(), await read(storedHead)];
  if (before === undefined) return { fault: 'the head row is gone', last: NO_RECORDS, seen: [] };
  const seen: Seen[] = [];
  let last = NO_RECORDS;
  for await (const row of rowsOf(read)) {
    const fault = linkFault(last, row) ?? headFault(row, before) ?? noteFault(walk.noted, seen, row);
    if (fault !== undefined) return { fault, last, seen };
    last = row;
    seen.push(...seenIn(walk.noted, row));
    await walk.see?.(recordOf(row));
  }
  const fault = await read(
    async (db) =>
      endFault(last, (await storedHead(db)) ?? NO_RECORDS) ??
      noteFault(walk.noted, seen, undefined) ??
      headFileFault(db, noted, before),
  );
  return { ...(fault === undefined ? {} : { fault }), last, seen };
}

/** All rows from the first one on, page by page. */
async function* rowsOf(read: Store['read']): AsyncGenerator<AuditRow> {
  for (let last = 0; ; ) {
    const rows = await read((db) => rowsAfter(db, last));
    yield* rows;
    if (rows.length < PAGE) return;
    last = rows.at(-1)?.sequence ?? last;
    await setImmediate();
  }
}

const rowsAfter = (db: Kysely<Tables>, sequence: number): Promise<AuditRow[]> =>
  db
    .selectFrom('audit')
    .selectAll()
    .where('sequence', '>', sequence)
    .orderBy('sequence')
    .limit(PAGE)
    .execute();

/** The head row; undefined when somebody took it away. */
export const storedHead = (db: Kysely<Tables>): Promise<Head | undefined> =>
  db.selectFrom('audit_head').select(['sequence', 'hash']).executeTakeFirst();

/** What is wrong with a record, given the one before it. */
function linkFault(before: Head, row: AuditRow): string | undefined {
  const wanted = before.sequence + 1;
  if (row.sequence !== wanted)
    return `record ${wanted} is missing; ${row.sequence} follows ${before.sequence}`;
  const altered = `record ${row.sequence} is not what was written`;
  if (row.previous !== before.hash) return `${altered}: it does not follow from record ${before.sequence}`;
  return isSound(row) ? undefined : `${altered}: its hash does not fit`;
}

function isSound(row: AuditRow): boolean {
  try {
    const entry = parseStored<AuditEntry>(row.entry);
    const sameForSearching = entry.at === row.at && (entry.service ?? null) === row.service;
    return sameForSearching && chainHash(row.previous, row.sequence, entry) === row.hash;
  } catch {
    // An entry that is no JSON, or no canonical JSON, was not written here.
    return false;
  }
}

const headFault = (row: AuditRow, head: Head): string | undefined =>
  row.sequence === head.sequence && row.hash !== head.hash
    ? `record ${row.sequence} is not what was written: the head row has another hash`
    : undefined;

function endFault(last: Head, head: Head): string | undefined {
  if (head.sequence > last.sequence)
    return `record ${last.sequence + 1} is missing: the log ends at ${last.sequence}, its head row says ${head.sequence}`;
  if (head.sequence < last.sequence)
    return `record ${head.sequence + 1} was not written by Botswain: the head row ends at ${head.sequence}`;
  return undefined;
}

/** The file may lag behind the log; it may not run ahead of it, contradict it, or be gone. */
export async function headFileFault(
  db: Kysely<Tables>,
  noted: Head | undefined,
  head: Head,
): Promise<string | undefined> {
  if (noted === undefined)
    return head.sequence === 0
      ? undefined
      : 'the file audit-head is gone or unreadable, so nobody can tell whether records were cut off at the end';
  if (noted.sequence > head.sequence)
    return `record ${head.sequence + 1} is missing: the log ends at ${head.sequence}, the file audit-head says ${noted.sequence}`;
  if (noted.sequence === 0) return undefined;
  const row = await db
    .selectFrom('audit')
    .select('hash')
    .where('sequence', '=', noted.sequence)
    .executeTakeFirst();
  return row?.hash === noted.hash
    ? undefined
    : `record ${noted.sequence} is not what was written: the file audit-head has another hash`;
}

/** What the walk found, and what an earlier start of the bot found before it set the evidence aside. */
export function together(fault: string | undefined, evidence: string | undefined): string | undefined {
  if (fault === undefined || evidence === undefined) return fault ?? evidence;
  return `${fault}; and a start of Botswain found: ${evidence}`;
}

/** A record as it was written. */
export const recordOf = (row: AuditRow): AuditRecord => ({
  ...parseStored<AuditEntry>(row.entry),
  sequence: row.sequence,
  previous: row.previous,
  hash: row.hash,
});
