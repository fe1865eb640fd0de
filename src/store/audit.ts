import { setImmediate } from 'node:timers/promises';
import type { Kysely, Selectable } from 'kysely';
import { type AuditEntry, type AuditRecord, chainHash } from '../domain/audit-event.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Audit } from '../workflow/journal.ts';
import { type Head, type HeadFile, NO_RECORDS } from './audit-head.ts';
import type { Store } from './store.ts';
import { parseStored } from './stored.ts';
import type { AuditTable, Tables } from './tables.ts';

const PAGE = 500;
const MOST_LISTED = 10_000;

type Row = Selectable<AuditTable>;

/** The audit book; `verify` reads page by page and lets others in between. */
export function createAudit(store: Store, headFile: HeadFile): Audit {
  return {
    append: (entry) => store.write(({ audit }) => audit(entry)),
    list: ({ service, since, limit }) =>
      store.read(async (db) => {
        let query = db.selectFrom('audit').selectAll().orderBy('sequence', 'desc');
        if (service !== undefined) query = query.where('service', '=', service);
        if (since !== undefined) query = query.where('at', '>=', since);
        const rows = await query.limit(Math.max(1, Math.min(limit, MOST_LISTED))).execute();
        return rows.map(recordOf);
      }),
    async verify() {
      const fault = (await walk(store, headFile)) ?? headFile.evidence();
      if (fault !== undefined) return tampered(fault);
      const { sequence, hash } = await store.read(headRow);
      return succeeded({ records: sequence, head: hash });
    },
  };
}

/** Compares the head file with the log once, before anything is appended, and keeps a difference as evidence. */
export async function checkHeadFile(db: Kysely<Tables>, headFile: HeadFile): Promise<void> {
  const head = (await storedHead(db)) ?? (await mendHeadRow(db, headFile));
  const fault = await headFileFault(db, headFile.read(), head);
  if (fault !== undefined) headFile.setAside(fault);
  headFile.write(head);
}

/** Without its head row nothing could be appended any more; that it was gone is kept as evidence. */
async function mendHeadRow(db: Kysely<Tables>, headFile: HeadFile): Promise<Head> {
  headFile.setAside('the head row was gone');
  const last = await db
    .selectFrom('audit')
    .select(['sequence', 'hash'])
    .orderBy('sequence', 'desc')
    .limit(1)
    .executeTakeFirst();
  const head = last ?? NO_RECORDS;
  await db
    .insertInto('audit_head')
    .values({ id: 1, ...head })
    .execute();
  return head;
}

async function walk(store: Store, headFile: HeadFile): Promise<string | undefined> {
  const [noted, before] = [headFile.read(), await store.read(headRow)];
  let last = NO_RECORDS;
  for (;;) {
    const rows = await store.read((db) => rowsAfter(db, last.sequence));
    for (const row of rows) {
      const fault = linkFault(last, row) ?? headFault(row, before);
      if (fault !== undefined) return fault;
      last = row;
    }
    if (rows.length < PAGE) break;
    await setImmediate();
  }
  return store.read(async (db) => endFault(last, await headRow(db)) ?? headFileFault(db, noted, before));
}

const rowsAfter = (db: Kysely<Tables>, sequence: number): Promise<Row[]> =>
  db
    .selectFrom('audit')
    .selectAll()
    .where('sequence', '>', sequence)
    .orderBy('sequence')
    .limit(PAGE)
    .execute();

const storedHead = (db: Kysely<Tables>): Promise<Head | undefined> =>
  db.selectFrom('audit_head').select(['sequence', 'hash']).executeTakeFirst();

const headRow = async (db: Kysely<Tables>): Promise<Head> => (await storedHead(db)) ?? NO_RECORDS;

/** What is wrong with a record, given the one before it. */
function linkFault(before: Head, row: Row): string | undefined {
  const wanted = before.sequence + 1;
  if (row.sequence !== wanted)
    return `record ${wanted} is missing; ${row.sequence} follows ${before.sequence}`;
  const altered = `record ${row.sequence} is not what was written`;
  if (row.previous !== before.hash) return `${altered}: it does not follow from record ${before.sequence}`;
  return isSound(row) ? undefined : `${altered}: its hash does not fit`;
}

function isSound(row: Row): boolean {
  try {
    const entry = parseStored<AuditEntry>(row.entry);
    const sameForSearching = entry.at === row.at && (entry.service ?? null) === row.service;
    return sameForSearching && chainHash(row.previous, row.sequence, entry) === row.hash;
  } catch {
    // An entry that is no JSON, or no canonical JSON, was not written here.
    return false;
  }
}

const headFault = (row: Row, head: Head): string | undefined =>
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
async function headFileFault(
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

const recordOf = (row: Row): AuditRecord => ({
  ...parseStored<AuditEntry>(row.entry),
  sequence: row.sequence,
  previous: row.previous,
  hash: row.hash,
});

const tampered = (fault: string): Outcome<never> =>
  failed(
    'STORE_TAMPERED',
    `the audit log does not hold: ${fault}`,
    'Compare it with the last backup or export, and find out who could write to the data folder; once explained, remove audit-head.broken there if it exists.',
  );
