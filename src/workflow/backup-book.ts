import type { AuditEntry } from '../domain/audit-event.ts';
import type { BackupRecord } from '../domain/backup.ts';

/** A backup that begins; the journal gives it its id. */
export type BackupDraft = Omit<BackupRecord, 'id' | 'artifact' | 'state' | 'held'> & {
  /** Name of its artifact, from the id that it gets. */
  readonly artifactOf: (id: string) => string;
};

/** What may be learnt of a backup later. */
export type BackupPatch = Partial<Omit<BackupRecord, 'id' | 'receipt' | 'startedAt'>>;

/** Which backups are wanted, newest first. */
export interface BackupFilter {
  readonly service?: string;
  readonly environment?: string;
  readonly name?: string;
  readonly state?: BackupRecord['state'];
  readonly limit: number;
}

/** Every backup that was ever begun. */
export interface Backups {
  /** Allots the next id; the same receipt again is the same backup. */
  begin(draft: BackupDraft): Promise<BackupRecord>;
  /** Notes what was learnt; undefined when there is no such backup, or it is in none of these states any more. */
  note(
    id: string,
    patch: BackupPatch,
    of?: { readonly from?: readonly BackupRecord['state'][]; readonly audit?: AuditEntry },
  ): Promise<BackupRecord | undefined>;
  find(id: string): Promise<BackupRecord | undefined>;
  ofReceipt(receipt: string): Promise<BackupRecord | undefined>;
  list(filter: BackupFilter): Promise<readonly BackupRecord[]>;
}
