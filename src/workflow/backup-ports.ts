import { Readable } from 'node:stream';
import type { Codec } from '../backups/backup.ts';
import type { Storage } from '../backups/storages/storage.ts';
import { manifestName, type PlacedBackup } from '../domain/backup.ts';
import type { BackupOf, StreamedProgram } from '../domain/backup-call.ts';
import { MANIFEST_BYTES, type Manifest, manifestText, parseManifest } from '../domain/backup-manifest.ts';
import type { Configuration } from '../domain/configuration.ts';
import type { SecretReference, Target } from '../domain/fleet.ts';
import { failed, type Outcome } from '../domain/outcome.ts';
import type { Transfer, TransferRequest } from '../executors/executor.ts';
import type { Journal } from './journal.ts';

/** Streams a program of a target; failed where its executor has no way to. */
export type Transferring = (request: TransferRequest) => Promise<Outcome<Transfer>>;

/** What carrying backups out needs of the world. */
export interface BackupPorts {
  readonly configuration: Configuration;
  readonly journal: Pick<Journal, 'backups'>;
  readonly transfer: Transferring;
  readonly storage: (name: string) => Outcome<Storage>;
  readonly codec: Codec;
  readonly secret: (reference: SecretReference) => Outcome<string>;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Shows how far a step is, in words; as often as is bearable. */
  readonly progress: (of: { readonly change: string; readonly step: string }, text: string) => void;
}

/** A backup as it is configured now. */
export const placedBackup = (
  { services }: Pick<Configuration, 'services'>,
  of: Pick<BackupOf, 'service' | 'environment' | 'name'>,
): PlacedBackup | undefined =>
  services
    .find(({ name, environment }) => name === of.service && environment === of.environment)
    ?.backups.find(({ name }) => name === of.name);

/** Milliseconds a tool gets to say its version. */
const VERSION_MS = 15_000;
const VERSION_CHARACTERS = 200;

/** The first line of what a tool says of its version; that it says nothing is no reason to go without a backup. */
export async function toolVersion(
  { transfer }: Pick<BackupPorts, 'transfer'>,
  target: Target,
  program: StreamedProgram,
): Promise<string> {
  const begun = await transfer({ target, program, acceptedCodes: [0], deadlineMs: VERSION_MS });
  if (begun.kind !== 'succeeded') return 'unknown';
  let said = '';
  try {
    for await (const chunk of begun.value.output) if (said.length < 4_096) said += String(chunk);
  } catch {
    return 'unknown';
  }
  return said.split('\n')[0]?.trim().slice(0, VERSION_CHARACTERS) || 'unknown';
}

/** Reads the manifest of an artifact; failed with `TARGET_NOT_FOUND` where there is none. */
export async function readManifest(
  storage: Pick<Storage, 'read'>,
  artifact: string,
): Promise<Outcome<Manifest>> {
  const stream = await storage.read(manifestName(artifact));
  if (stream.kind !== 'succeeded') return stream;
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream.value) {
      bytes += chunk.length;
      if (bytes > MANIFEST_BYTES) break;
      chunks.push(Buffer.from(chunk));
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return failed('STORE_UNAVAILABLE', `its manifest could not be read: ${why}`);
  }
  return parseManifest(Buffer.concat(chunks).toString('utf8'));
}

/** Writes the manifest, which is what makes an artifact a backup. */
export const writeManifest = (storage: Storage, manifest: Manifest): Promise<Outcome<void>> =>
  storage.write(manifestName(manifest.artifact), Readable.from([Buffer.from(manifestText(manifest))]));

/** Removes an artifact: its manifest first, so that nothing is left that looks like a backup. */
export async function removeArtifact(storage: Storage, artifact: string): Promise<Outcome<void>> {
  const manifest = await storage.remove(manifestName(artifact));
  return manifest.kind === 'succeeded' ? storage.remove(artifact) : manifest;
}

/** Milliseconds between two words on how far a step is. */
const PROGRESS_MS = 3_000;

/** Says every few seconds how many bytes went through, and how fast. */
export function progressOf(
  { progress }: Pick<BackupPorts, 'progress'>,
  of: { readonly change: string; readonly step: string } | undefined,
  text: (bytes: number, perSecond: number) => string,
): (bytes: number) => void {
  let at = performance.now();
  let before = 0;
  return (bytes) => {
    const passed = performance.now() - at;
    if (of === undefined || passed < PROGRESS_MS) return;
    progress(of, text(bytes, ((bytes - before) / passed) * 1_000));
    at = performance.now();
    before = bytes;
  };
}

/** What is said of a call that is not of this kind: only a bug asks for it. */
export const wrongCall = (kind: string): never => {
  throw new Error(`this executor carries out no ${kind} calls`);
};
