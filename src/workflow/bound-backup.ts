import type { BackupPrograms } from '../backups/backup.ts';
import type { StoragePlace } from '../domain/backup-call.ts';

/** A backup with its programs, and where its artifacts go. */
export interface BoundBackup {
  readonly programs: BackupPrograms;
  readonly storage: StoragePlace;
}
