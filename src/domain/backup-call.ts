import type { JsonObject } from './json.ts';

/** A program of a backup, whose bytes are streamed; no shell ever reads its words. */
export interface StreamedProgram {
  readonly argv: readonly string[];
  readonly cwd?: string;
  readonly user?: string;
  readonly sudo?: boolean;
}

/** Which backup of which service. */
export interface BackupOf {
  readonly service: string;
  readonly environment: string;
  readonly component: string;
  /** Its name in the service's file. */
  readonly name: string;
}

/** Where an artifact is kept. */
export interface StoragePlace {
  /** Its name in botswain.yaml. */
  readonly name: string;
  /** What that resolves to, so that one which is edited voids an approval; never a secret. */
  readonly where: JsonObject;
}

/** Streams what a program prints into a storage, as an artifact with a manifest. */
export interface BackupCall extends BackupOf {
  readonly kind: 'backup';
  /** The kind of backup: postgres, files, … */
  readonly how: string;
  readonly program: StreamedProgram;
  /** Exit codes that leave a good backup with a warning. */
  readonly warns: readonly number[];
  /** Prints which version of the tool makes it. */
  readonly version: StreamedProgram;
  /** How the plain stream is called: `dump`, `tar`. */
  readonly suffix: string;
  readonly storage: StoragePlace;
  /** By zstd. */
  readonly compress: boolean;
  /** age recipients; empty = it is not encrypted. */
  readonly encryptTo: readonly string[];
  /** What a person types to restore it without Botswain; goes into the manifest. */
  readonly byHand: string;
  /** The backup that is put back after this one is taken: then this may be of something broken. */
  readonly beforeRestoreOf?: string;
}

/** Reads an artifact back whole: its sums, and what its own tool says of it. */
export interface VerifyBackupCall extends BackupOf {
  readonly kind: 'verify backup';
  /** Which one, with the sum of what is stored; absent = what this change took last. */
  readonly artifact?: { readonly id: string; readonly sha256: string };
  /** Reads the plain stream, on the component's target, and alters nothing. */
  readonly program: StreamedProgram;
  readonly storage: StoragePlace;
}

/** One program of a restore. `{change}` in its words stands for the change's id, `c142`. */
export interface RestoreProgram {
  readonly title: string;
  readonly program: StreamedProgram;
  /** It reads the plain stream of the artifact. */
  readonly takesArtifact: boolean;
  /** It takes away what is in use: how it went, only a person can say where its end was not seen. */
  readonly replaces?: true;
}

/** Puts an artifact back, program by program; the first that fails ends it. */
export interface RestoreCall extends BackupOf {
  readonly kind: 'restore';
  readonly artifact: { readonly id: string; readonly sha256: string };
  readonly programs: readonly RestoreProgram[];
  readonly storage: StoragePlace;
}
