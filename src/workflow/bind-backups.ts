import type { BackupKind } from '../backups/backup.ts';
import type { Storage, StorageKind, StoragePorts } from '../backups/storages/storage.ts';
import type { PlacedBackup } from '../domain/backup.ts';
import type { Configuration } from '../domain/configuration.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { BoundBackup } from './bound-backup.ts';

/** The kinds of backups and storages there are. */
export interface BackupKinds {
  readonly backups?: readonly BackupKind[];
  readonly storages?: readonly StorageKind[];
}

/** Backups as they are configured, with what carries them out. */
export interface BoundBackups {
  backup(placed: PlacedBackup): BoundBackup;
  /** Failed where the settings have none of this name any more. */
  storage(name: string): Outcome<Storage>;
  close(): Promise<void>;
}

/** Puts the backups of the configuration together with their kinds. */
export function bindBackups(
  { storages = [] }: Pick<Configuration, 'storages'>,
  kinds: BackupKinds,
  ports: StoragePorts,
): BoundBackups {
  const opened = new Map<string, Storage>();
  const storage = (name: string): Outcome<Storage> => {
    const placed = storages.find((candidate) => candidate.name === name);
    const kind = kinds.storages?.find((candidate) => candidate.kind === placed?.kind);
    if (placed === undefined || kind === undefined)
      return failed(
        'CONFIG_INVALID',
        `there is no storage ${name} in botswain.yaml any more`,
        'Add it again, or take the backup anew into another one.',
      );
    const known = opened.get(name) ?? kind.create(placed.settings, ports);
    opened.set(name, known);
    return succeeded(known);
  };
  return {
    storage,
    backup(placed) {
      const kind = kinds.backups?.find((candidate) => candidate.kind === placed.kind);
      if (kind === undefined)
        throw new Error(`backup by ${placed.kind} passed the configuration without a kind`);
      const found = storage(placed.storage);
      const where = found.kind === 'succeeded' ? found.value.describe() : {};
      return { programs: kind.bind(placed), storage: { name: placed.storage, where } };
    },
    close: async () => {
      await Promise.allSettled([...opened.values()].map((each) => each.close()));
    },
  };
}
