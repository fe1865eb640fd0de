import type { BackupOf } from './backup-call.ts';
import type { SecretReference } from './fleet.ts';

/** How many backups are kept: of each class the newest one of each of the last so many periods that hold any. */
export interface Keep {
  readonly last?: number;
  readonly daily?: number;
  readonly weekly?: number;
  readonly monthly?: number;
}

/** What of a service is backed up in one environment, and how; see config/backups.ts. */
export interface PlacedBackup extends BackupOf {
  /** postgres, files, …; one file each in src/backups/. */
  readonly kind: string;
  /** As its kind's schema accepted them. */
  readonly settings: unknown;
  /** Name of a storage in botswain.yaml. */
  readonly storage: string;
  /** Empty = nothing is ever deleted. */
  readonly keep: Keep;
  /** Milliseconds after which the newest one counts as too old; absent = never. */
  readonly maxAgeMs?: number;
  readonly compress: boolean;
  /** age recipients; empty = it is not encrypted. */
  readonly encryptTo: readonly string[];
  /** The age identity that opens it; absent = the bot cannot read what it encrypted. */
  readonly identity?: SecretReference;
  /** When the newest one is read back whole, as cron says it, in the configured zone; absent = never by itself. */
  readonly drill?: string;
  /** Components that are stopped before a restore, in this order, and started in reverse. */
  readonly stop: readonly string[];
  /** Milliseconds that taking it, reading it back or restoring it may take. */
  readonly timeoutMs: number;
}

/** A place for artifacts, as botswain.yaml says it. */
export interface PlacedStorage {
  readonly name: string;
  readonly kind: string;
  /** As its kind's schema accepted them. */
  readonly settings: unknown;
}

/** Where a backup stands. Only what is `there` may be restored. */
export type BackupState = 'running' | 'there' | 'failed' | 'deleted';

/** What a look at a whole artifact came to. */
export interface BackupLook {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly good: boolean;
  /** How far it went: the sums alone, or also what the tool reads in it. */
  readonly depth: 'sums' | 'content';
  /** In words. */
  readonly said: string;
}

/** One backup, as the journal knows it. Times are epoch milliseconds. */
export interface BackupRecord extends BackupOf {
  /** Read aloud as `B-31`. */
  readonly id: string;
  /** Of the step that took it. */
  readonly receipt: string;
  readonly change?: string;
  readonly kind: string;
  readonly storage: string;
  /** Name of the artifact in the storage; its manifest lies beside it. */
  readonly artifact: string;
  readonly state: BackupState;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** Bytes stored, and their sha256 (hex). */
  readonly bytes?: number;
  readonly sha256?: string;
  /** Bytes of the plain stream, and their sha256 (hex). */
  readonly plainBytes?: number;
  readonly plainSha256?: string;
  readonly encrypted: boolean;
  /** What was not quite right, though it counts: a file changed while it was read. */
  readonly warning?: string;
  /** Why it failed, or why it was deleted. */
  readonly message?: string;
  readonly verified?: BackupLook;
  readonly drill?: BackupLook;
  /** It was taken before this other one was put back, and may be of something broken: no copy to rely on. */
  readonly beforeRestoreOf?: string;
  /** Somebody wants it kept, whatever retention says. */
  readonly held: boolean;
}

/** Name of the manifest of an artifact. */
export const manifestName = (artifact: string): string => `${artifact}.json`;

/** Whether somebody may rely on it: it was read back whole and was good, the last time somebody looked. */
export function isVerified({ state, verified, drill }: BackupRecord): boolean {
  const looks = [verified, drill].filter((look) => look !== undefined);
  const last = looks.toSorted((a, b) => b.at - a.at)[0];
  return state === 'there' && last?.good === true;
}

const UNITS = ['KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Writes a number of bytes as people read it: `1.4 GiB`. */
export function sizeText(bytes: number): string {
  let size = bytes;
  let unit = 'B';
  for (const next of UNITS) {
    if (size < 1024) break;
    size /= 1024;
    unit = next;
  }
  return unit === 'B' ? `${bytes} B` : `${size.toFixed(size < 10 ? 1 : 0)} ${unit}`;
}
