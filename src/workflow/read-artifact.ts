import { finished } from 'node:stream/promises';
import type { Coded, Sums } from '../backups/backup.ts';
import type { Storage } from '../backups/storages/storage.ts';
import { type BackupRecord, sizeText } from '../domain/backup.ts';
import type { StreamedProgram } from '../domain/backup-call.ts';
import type { Manifest } from '../domain/backup-manifest.ts';
import type { Target } from '../domain/fleet.ts';
import { type Failed, failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { TransferEnd } from '../executors/executor.ts';
import { type BackupPorts, placedBackup, progressOf, readManifest } from './backup-ports.ts';

/** An artifact, and the program on a target that reads its plain stream. */
export interface Reading {
  readonly record: BackupRecord;
  readonly storage: Storage;
  readonly manifest: Manifest;
  readonly target: Target;
  readonly program: StreamedProgram;
  readonly deadlineMs: number;
  readonly of?: { readonly change: string; readonly step: string };
}

/** What reading an artifact whole came to; without an identity what is encrypted is only summed up. */
export type ReadWhole =
  | { readonly depth: 'content'; readonly end: TransferEnd; readonly said: string }
  | { readonly depth: 'sums' };

const tampered = (id: string, why: string): Failed =>
  failed(
    'TARGET_NOT_VERIFIED',
    `${id} is not what was stored: ${why}`,
    'Take another backup; see who altered or cut this one.',
  );

/** Why a manifest is not that of the backup the journal knows; undefined where it is. */
function whyNotOf(record: BackupRecord, manifest: Manifest): string | undefined {
  for (const key of ['id', 'receipt', 'service', 'environment', 'component', 'name', 'artifact'] as const)
    if (manifest[key] !== record[key])
      return `its manifest speaks of ${key} ${manifest[key]}, not ${record[key]}`;
  if (manifest.sha256 !== record.sha256 || manifest.bytes !== record.bytes)
    return 'the sums in its manifest are others than were noted when it was taken';
  return undefined;
}

/** The manifest of a backup, as long as it is the one that was written then. */
export async function manifestOf(
  storage: Pick<Storage, 'read'>,
  record: BackupRecord,
): Promise<Outcome<Manifest>> {
  const { id, state } = record;
  if (state !== 'there')
    return failed('TARGET_NOT_FOUND', `${id} is ${state === 'running' ? 'still being taken' : state}`);
  const manifest = await readManifest(storage, record.artifact);
  if (manifest.kind !== 'succeeded')
    return failed(manifest.code, `${id}: ${manifest.message}`, 'Take another backup.');
  const why = whyNotOf(record, manifest.value);
  return why === undefined ? manifest : tampered(id, why);
}

/** The age identity for what is encrypted; undefined where the settings have none. */
export function identityOf(
  ports: Pick<BackupPorts, 'configuration' | 'secret'>,
  record: BackupRecord,
): Outcome<string | undefined> {
  if (!record.encrypted) return succeeded(undefined);
  const identity = placedBackup(ports.configuration, record)?.identity;
  return identity === undefined ? succeeded(undefined) : ports.secret(identity);
}

/** Reads an artifact from its first byte to its last into a program; its sums must be those of the manifest. */
export async function readArtifact(ports: BackupPorts, reading: Reading): Promise<Outcome<ReadWhole>> {
  const { record, storage, manifest } = reading;
  const identity = identityOf(ports, record);
  if (identity.kind !== 'succeeded') return identity;
  const stream = await storage.read(record.artifact);
  if (stream.kind !== 'succeeded') return failed(stream.code, `${record.id}: ${stream.message}`);
  const onBytes = progressOf(
    ports,
    reading.of,
    (bytes, rate) =>
      `${record.id}: ${sizeText(bytes)} of ${sizeText(manifest.bytes)} read, ${sizeText(rate)}/s`,
  );
  if (record.encrypted && identity.value === undefined) {
    try {
      const stored = await ports.codec.sums(stream.value, onBytes);
      return (
        sameSums(record.id, 'stored', { wanted: manifest, found: stored }) ?? succeeded({ depth: 'sums' })
      );
    } catch (error) {
      return unreadable(record.id, error);
    }
  }
  const how = {
    compressed: manifest.compression === 'zstd',
    ...(identity.value === undefined ? {} : { identity: identity.value }),
  };
  const coded = await ports.codec.decode(stream.value, how, onBytes);
  if (coded.kind !== 'succeeded') return coded;
  return through(ports, reading, coded.value);
}

const unreadable = (id: string, error: unknown): Failed =>
  tampered(id, `it cannot be read to its end (${error instanceof Error ? error.message : String(error)})`);

/** Why what was read is not what its manifest says; undefined where it is. */
function sameSums(
  id: string,
  what: string,
  { wanted, found }: { readonly wanted: Sums; readonly found: Sums },
): Failed | undefined {
  if (found.bytes !== wanted.bytes)
    return tampered(id, `it has ${found.bytes} bytes (${what}) and had ${wanted.bytes}`);
  return found.sha256 === wanted.sha256 ? undefined : tampered(id, `its sha256 (${what}) is another`);
}

/** Bytes of what a program prints that are kept, from its beginning. */
const SAID_BYTES = 4_096;

async function through(
  { transfer }: Pick<BackupPorts, 'transfer'>,
  { record, manifest, target, program, deadlineMs }: Reading,
  coded: Coded,
): Promise<Outcome<ReadWhole>> {
  let broke: unknown;
  coded.content.once('error', (error) => {
    broke = error;
  });
  const begun = await transfer({ target, program, input: coded.content, acceptedCodes: [0], deadlineMs });
  if (begun.kind !== 'succeeded') {
    coded.content.destroy();
    return begun;
  }
  const said: Buffer[] = [];
  let bytes = 0;
  begun.value.output.on('data', (chunk: Buffer) => {
    if (bytes < SAID_BYTES) said.push(chunk.subarray(0, SAID_BYTES - bytes));
    bytes += chunk.length;
  });
  const end = await begun.value.ended;
  if (end.kind !== 'succeeded' && end.code !== 'TARGET_COMMAND_FAILED' && broke === undefined) {
    coded.content.destroy();
    return end;
  }
  // A program may stop reading before the last byte; the sums are of all of them.
  await finished(coded.content).catch(() => undefined);
  if (broke !== undefined) return unreadable(record.id, broke);
  const wrong =
    sameSums(record.id, 'stored', { wanted: manifest, found: coded.stored() }) ??
    sameSums(record.id, 'plain', { wanted: manifest.plain, found: coded.plain() });
  if (wrong !== undefined) return wrong;
  if (end.kind !== 'succeeded') return end;
  return succeeded({ depth: 'content', end: end.value, said: Buffer.concat(said).toString('utf8').trim() });
}
