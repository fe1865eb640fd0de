import { type BackupLook, type BackupRecord, sizeText } from '../domain/backup.ts';
import type { StreamedProgram, VerifyBackupCall } from '../domain/backup-call.ts';
import type { CallResult } from '../domain/call.ts';
import type { Target } from '../domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { RunRequest } from '../executors/executor.ts';
import { type BackupPorts, writeManifest, wrongCall } from './backup-ports.ts';
import { StoreError } from './journal.ts';
import type { OwnExecutor } from './own-calls.ts';
import { manifestOf, readArtifact } from './read-artifact.ts';

/** Reads artifacts back whole. It alters no target, so what nobody saw the end of did not happen. */
export function verifyBackupExecutor(ports: BackupPorts): OwnExecutor {
  return {
    observe: async () => succeeded({}),
    async run(request) {
      const { call } = request;
      if (call.kind !== 'verify backup') return wrongCall(call.kind);
      try {
        return await run(ports, request, call);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        return failed(error.code, `it was read, and that cannot be noted: ${error.message}`);
      }
    },
    reconcile: async () => ({ kind: 'did not happen' }),
  };
}

/** Which backup a step is about: the one that is named, or what its change took last under this name. */
export async function backupOf(
  { journal }: Pick<BackupPorts, 'journal'>,
  call: Pick<VerifyBackupCall, 'service' | 'environment' | 'name' | 'artifact'>,
  change: string | undefined,
): Promise<Outcome<BackupRecord>> {
  const { service, environment, name, artifact } = call;
  if (artifact === undefined) {
    const latest = await journal.backups.list({ service, environment, name, state: 'there', limit: 20 });
    const own = latest.find((record) => record.change !== undefined && record.change === change);
    return own === undefined
      ? failed('TARGET_NOT_FOUND', `this change took no backup ${name} of ${service}`)
      : succeeded(own);
  }
  const record = await journal.backups.find(artifact.id);
  if (record === undefined) return failed('TARGET_NOT_FOUND', `there is no ${artifact.id}`);
  if (record.service !== service || record.environment !== environment || record.name !== name)
    return failed('TARGET_NOT_VERIFIED', `${record.id} is another backup than the one that was planned`);
  if (record.sha256 !== artifact.sha256)
    return failed('TARGET_NOT_VERIFIED', `${record.id} has another sum than when this was planned`);
  return succeeded(record);
}

async function run(
  ports: BackupPorts,
  { target, deadlineMs, of }: RunRequest,
  call: VerifyBackupCall,
): Promise<Outcome<CallResult>> {
  const startedAt = performance.now();
  const record = await backupOf(ports, call, of?.change);
  if (record.kind !== 'succeeded') return record;
  const { backups } = ports.journal;
  const looked = await lookAtBackup(ports, record.value, {
    target,
    program: call.program,
    deadlineMs,
    ...(of === undefined ? {} : { of }),
  });
  if (looked.kind !== 'succeeded') {
    const verified = badLook(looked, ports.now());
    if (verified !== undefined) await backups.note(record.value.id, { verified });
    return looked;
  }
  await backups.note(record.value.id, { verified: looked.value });
  return succeeded({
    code: 0,
    stdout: `${record.value.id}: ${looked.value.said}`,
    stderr: '',
    truncated: false,
    durationMs: Math.round(performance.now() - startedAt),
  });
}

/** Reads a backup back whole, with the tool on the target that it was made with; failed where anything is wrong with it. */
export async function lookAtBackup(
  ports: BackupPorts,
  record: BackupRecord,
  by: {
    readonly target: Target;
    readonly program: StreamedProgram;
    readonly deadlineMs: number;
    readonly of?: { readonly change: string; readonly step: string };
  },
): Promise<Outcome<BackupLook>> {
  const storage = ports.storage(record.storage);
  if (storage.kind !== 'succeeded') return storage;
  const manifest = await manifestOf(storage.value, record);
  if (manifest.kind !== 'succeeded') return manifest;
  const read = await readArtifact(ports, { ...by, record, storage: storage.value, manifest: manifest.value });
  if (read.kind !== 'succeeded') return read;
  const { depth } = read.value;
  const size = sizeText(record.bytes ?? 0);
  const said =
    depth === 'content'
      ? `read back whole (${size}), its sums are right, and ${toolOf(by.program)} found nothing wrong`
      : `read back whole (${size}), its sums are right; what is in it only its identity can open, which Botswain does not have`;
  const at = ports.now();
  const verified = { at: new Date(at).toISOString(), depth, said };
  // What the journal knows counts; the manifest says it to whoever finds the artifact without us.
  await writeManifest(storage.value, { ...manifest.value, verified });
  return succeeded({ at, good: true, depth, said });
}

/** The program people know: `docker exec -i NAME mongorestore` is mongorestore, and a script is called by what it checks. */
function toolOf({ argv }: StreamedProgram): string {
  const [first = '', ...rest] = argv;
  if (first === 'sh') return rest[2]?.replace(/^botswain-/, '').replace('-', ' ') ?? 'its own check';
  if (first === 'docker') return rest.slice(3)[0] ?? first;
  return first.split('/').at(-1) ?? first;
}

/** What is wrong with the artifact itself is remembered; that it could not be looked at says nothing of it. */
export function badLook(
  { code, message }: Exclude<Outcome<never>, { kind: 'succeeded' }>,
  at: number,
): BackupLook | undefined {
  const isItsFault = code === 'TARGET_NOT_VERIFIED' || code === 'TARGET_COMMAND_FAILED';
  return isItsFault ? { at, good: false, depth: 'content', said: message } : undefined;
}
