import type { Readable } from 'node:stream';
import type { ZodType } from 'zod';
import type { PlacedBackup } from '../domain/backup.ts';
import type { RestoreProgram, StreamedProgram } from '../domain/backup-call.ts';
import type { Outcome } from '../domain/outcome.ts';

/** The programs of a kind of backup with its settings; all run on the component's target. */
export interface BackupPrograms {
  /** How the plain stream is called: `dump`, `tar`. */
  readonly suffix: string;
  /** Prints the whole backup. */
  readonly dump: StreamedProgram;
  /** Exit codes of {@link dump} that leave a good backup with a warning. */
  readonly warns: readonly number[];
  /** Prints which version of the tool makes it. */
  readonly version: StreamedProgram;
  /** Reads a whole backup, ends with 0 only where all of it is good, and alters nothing. */
  readonly verify: StreamedProgram;
  /** In order; empty = this kind cannot be put back from chat. */
  readonly restore: readonly RestoreProgram[];
  /** What a restore does to what is there: "the database chatai is replaced; …". */
  readonly loses: string;
  /** What a person types to restore the plain stream without us: `pg_restore -d NEW`. */
  readonly byHand: string;
}

/** One entry of `backups/registry.ts`. */
export interface BackupKind {
  /** The `kind` of an entry of `backups` in a service's file. */
  readonly kind: string;
  readonly summary: string;
  /** Its dump is small already, so zstd is off unless asked for. */
  readonly compressed?: true;
  /** Strict schema of its own keys. */
  readonly settings: ZodType<object>;
  /** Closes over settings that {@link settings} accepted (it parses them again). */
  bind(backup: Pick<PlacedBackup, 'settings'>): BackupPrograms;
}

/** Size and sha256 (hex) of a stream that has ended. */
export interface Sums {
  readonly bytes: number;
  readonly sha256: string;
}

/** A stream on its way into a storage or back, and what was counted of both ends once it has ended. */
export interface Coded {
  readonly content: Readable;
  readonly plain: () => Sums;
  readonly stored: () => Sums;
}

/** How an artifact is stored. */
export interface Coding {
  readonly compress: boolean;
  readonly encryptTo: readonly string[];
}

/** Turns plain streams into what is stored, and back; nothing is ever held whole. */
export interface Codec {
  /** `onBytes` hears how many plain bytes went through so far; failed, with the stream destroyed, for a recipient that is none. */
  encode(plain: Readable, how: Coding, onBytes: (bytes: number) => void): Promise<Outcome<Coded>>;
  /** With an identity it opens what is encrypted; failed where that identity does not. */
  decode(
    stored: Readable,
    how: { readonly compressed: boolean; readonly identity?: string },
    onBytes: (bytes: number) => void,
  ): Promise<Outcome<Coded>>;
  /** Sums of what is stored, where nobody can open it. */
  sums(stored: Readable, onBytes: (bytes: number) => void): Promise<Sums>;
}
