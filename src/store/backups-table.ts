import type { BackupState } from '../domain/backup.ts';

/** `record` is JSON; the other columns repeat what is searched for. */
export interface BackupsTable {
  readonly number: number;
  readonly id: string;
  readonly receipt: string;
  readonly service: string;
  readonly environment: string;
  readonly name: string;
  readonly state: BackupState;
  readonly started_at: number;
  readonly record: string;
}
