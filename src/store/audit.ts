import type { Kysely } from 'kysely';
import { type Failed, failed, succeeded } from '../domain/outcome.ts';
import type { Audit, AuditFilter } from '../workflow/journal.ts';
import { type Head, type HeadFile, NO_RECORDS } from './audit-head.ts';
import { type AuditRow, headFileFault, recordOf, storedHead, together, walkChain } from './audit-verify.ts';
import type { Store } from './store.ts';
import type { Tables } from './tables.ts';

const MOST_LISTED = 10_000;
const EVER = Number.MAX_SAFE_INTEGER;

/** The audit book; `verify` reads page by page and lets others in between. */
export function createAudit(store: Store, headFile: HeadFile): Audit {
  return {
    append: (entry) => store.write(({ audit }) => audit(entry)),
    list: (filter) => store.read(async (db) => (await listed(db, filter)).map(recordOf)),
    async verify(noted = []) {
      const { fault, last } = await walkChain({ read: store.read, headFile, noted });
      const wrong = together(fault, headFile.evidence());
      return wrong === undefined ? succeeded({ records: last.sequence, head: last.hash }) : tampered(wrong);
    },
    doubt: () => headFile.evidence(),
  };
}

function listed(db: Kysely<Tables>, filter: AuditFilter): Promise<readonly AuditRow[]> {
  const { service, since = 0, until = EVER, before = EVER, limit } = filter;
  const query = db
    .selectFrom('audit')
    .selectAll()
    .where('at', '>=', since)
    .where('at', '<', until)
    .where('sequence', '<', before)
    .orderBy('sequence', 'desc')
    .limit(Math.max(1, Math.min(limit, MOST_LISTED)));
  return (service === undefined ? query : query.where('service', '=', service)).execute();
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

/** What is said of a log that does not hold. */
export const tampered = (fault: string): Failed =>
  failed(
    'STORE_TAMPERED',
    `the audit log does not hold: ${fault}`,
    'Compare it with the last backup or export, and find out who could write to the data folder. Once it is explained (a backup was restored), remove audit-head.broken there, and from the file of heads the lines about records that are gone.',
  );
