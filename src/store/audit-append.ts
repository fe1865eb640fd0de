import type { Transaction } from 'kysely';
import { type AuditEntry, type AuditRecord, chainHash } from '../domain/audit-event.ts';
import { parseStored, toStored } from './stored.ts';
import type { Tables } from './tables.ts';

/** Appends the next link. Moving the head row first makes two writers queue up, in PostgreSQL too. */
export async function appendAudit(tx: Transaction<Tables>, given: AuditEntry): Promise<AuditRecord> {
  const entry = wellFormed(given);
  const head = await tx
    .updateTable('audit_head')
    .set((eb) => ({ sequence: eb('sequence', '+', 1) }))
    .where('id', '=', 1)
    .returning(['sequence', 'hash as previous'])
    .executeTakeFirstOrThrow();
  const { sequence, previous } = head;
  const hash = chainHash(previous, sequence, entry);
  await tx
    .insertInto('audit')
    .values({
      sequence,
      at: entry.at,
      service: entry.service ?? null,
      entry: toStored(entry),
      previous,
      hash,
    })
    .execute();
  await tx.updateTable('audit_head').set({ hash }).where('id', '=', 1).execute();
  return { ...entry, sequence, previous, hash };
}

/** Canonical JSON knows no lone surrogates, and an entry may quote what somebody typed. */
const wellFormed = (entry: AuditEntry): AuditEntry =>
  parseStored(
    JSON.stringify(entry, (_key, value: unknown) =>
      typeof value === 'string' ? value.toWellFormed() : value,
    ),
  );
