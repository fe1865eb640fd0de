import { codec } from '../backups/codec.ts';
import type { PlacedBackup } from '../domain/backup.ts';
import type { BackupPorts } from '../workflow/backup-ports.ts';
import { backupDuty } from '../workflow/backup-rounds.ts';
import type { BoundBackup } from '../workflow/bound-backup.ts';
import type { Duty } from '../workflow/duty.ts';
import { backupExecutor } from '../workflow/own-backup.ts';
import type { OwnExecutors } from '../workflow/own-calls.ts';
import { restoreExecutor } from '../workflow/own-restore.ts';
import { verifyBackupExecutor } from '../workflow/own-verify-backup.ts';
import type { AppOptions, Core } from './core.ts';

/** What carrying backups out is made of. */
export const backupPorts = (
  { configuration, secret, log }: Pick<AppOptions, 'configuration' | 'secret' | 'log'>,
  { journal, bound, now, publish }: Pick<Core, 'journal' | 'bound' | 'now' | 'publish'>,
): BackupPorts => ({
  configuration,
  journal,
  transfer: bound.transfer,
  storage: bound.storage,
  codec,
  secret,
  now,
  progress: ({ change, step }, text) => {
    publish(change, { progress: { [step]: text } }).catch((error: unknown) =>
      log('warn', 'how far a backup is could not be shown', { change, error }),
    );
  },
});

/** Looks after backups in the background: retention and drills. */
export function backupRounds(
  options: Pick<AppOptions, 'configuration' | 'secret' | 'log'>,
  core: Core,
  onError: (error: unknown) => void,
): Duty {
  const bound = (backup: PlacedBackup): BoundBackup => {
    const made = core.bound.fleet.backup?.(backup);
    if (made === undefined) throw new Error(`nothing here takes a backup by ${backup.kind}`);
    return made;
  };
  return backupDuty({ ...core.publishing, ports: backupPorts(options, core), bound }, onError);
}

/** What takes backups, reads them back and puts them back. */
export const backupExecutors = (ports: BackupPorts): OwnExecutors => ({
  backup: backupExecutor(ports),
  'verify backup': verifyBackupExecutor(ports),
  restore: restoreExecutor(ports),
});
