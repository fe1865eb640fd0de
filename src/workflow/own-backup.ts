import type { Coded } from '../backups/backup.ts';
import type { Storage } from '../backups/storages/storage.ts';
import { type BackupRecord, sizeText } from '../domain/backup.ts';
import type { BackupCall } from '../domain/backup-call.ts';
import type { Manifest } from '../domain/backup-manifest.ts';
import type { CallResult } from '../domain/call.ts';
import { formatDuration } from '../domain/duration.ts';
import { type Failed, failed, type Outcome, succeeded, unknown } from '../domain/outcome.ts';
import type { Begun, Reconciliation, RunRequest, Transfer, TransferEnd } from '../executors/executor.ts';
import {
  type BackupPorts,
  progressOf,
  readManifest,
  removeArtifact,
  toolVersion,
  writeManifest,
  wrongCall,
} from './backup-ports.ts';
import { StoreError } from './journal.ts';
import type { OwnExecutor } from './own-calls.ts';
import { within } from './patience.ts';

/** Milliseconds for what comes after the stream: its storage, its manifest. */
const GRACE_MS = 120_000;

/** `karmabot/production/mongodb/2026-11-20T03-00-00Z.B-12.archive.zst.age` */
function artifactName(call: BackupCall, startedAt: number, id: string): string {
  const stamp = `${new Date(startedAt).toISOString().slice(0, 19).replaceAll(':', '-')}Z`;
  const ends = [call.suffix, call.compress ? 'zst' : '', call.encryptTo.length > 0 ? 'age' : ''];
  return `${call.service}/${call.environment}/${call.name}/${[stamp, id, ...ends].filter(Boolean).join('.')}`;
}

const resultOf = ({ id, bytes = 0, plainBytes = 0, ...of }: BackupRecord): CallResult => ({
  code: 0,
  stdout: [
    `${id}: ${sizeText(bytes)} in ${of.storage}, of ${sizeText(plainBytes)}, in ${formatDuration(Math.max(1, (of.endedAt ?? of.startedAt) - of.startedAt))}`,
    ...(of.warning === undefined ? [] : [`With a warning: ${of.warning}`]),
  ].join('\n'),
  stderr: '',
  truncated: false,
  durationMs: (of.endedAt ?? of.startedAt) - of.startedAt,
});

/** Takes backups: the program on the target, compressed and encrypted on the way, into a storage. */
export function backupExecutor(ports: BackupPorts): OwnExecutor {
  return {
    observe: async () => succeeded({}),
    async run(request) {
      try {
        const taken = await within(run(ports, request), request.deadlineMs + GRACE_MS);
        return taken ?? unknown('TARGET_TIMEOUT', 'the storage did not take it in time, and hangs');
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        return failed(error.code, `no backup was begun: ${error.message}`);
      }
    },
    reconcile: ({ begun }) => reconcile(ports, begun),
  };
}

interface Taking {
  readonly ports: BackupPorts;
  readonly request: RunRequest;
  readonly call: BackupCall;
  readonly storage: Storage;
  readonly record: BackupRecord;
}

async function run(ports: BackupPorts, request: RunRequest): Promise<Outcome<CallResult>> {
  const { call } = request;
  if (call.kind !== 'backup') return wrongCall(call.kind);
  const storage = ports.storage(call.storage.name);
  if (storage.kind !== 'succeeded') return storage;
  const startedAt = ports.now();
  const { service, environment, component, name } = call;
  const record = await ports.journal.backups.begin({
    ...{ service, environment, component, name },
    receipt: request.receipt ?? '',
    ...(request.of === undefined ? {} : { change: request.of.change }),
    kind: call.how,
    ...(call.beforeRestoreOf === undefined ? {} : { beforeRestoreOf: call.beforeRestoreOf }),
    storage: call.storage.name,
    artifactOf: (id) => artifactName(call, startedAt, id),
    startedAt,
    encrypted: call.encryptTo.length > 0,
  });
  const taking = { ports, request, call, storage: storage.value, record };
  const taken = await take(taking);
  return taken.kind === 'succeeded' ? succeeded(resultOf(taken.value)) : giveUp(taking, taken);
}

/** Leaves nothing behind that looks like a backup, and says why there is none. */
async function giveUp(
  { ports, record, storage }: Taking,
  why: Exclude<Outcome<never>, { kind: 'succeeded' }>,
): Promise<Failed> {
  await removeArtifact(storage, record.artifact);
  const message = `${record.id} came to nothing: ${why.message}`;
  await ports.journal.backups.note(record.id, {
    state: 'failed',
    endedAt: ports.now(),
    message: why.message,
  });
  return failed(why.code, message, why.kind === 'failed' ? why.remedy : undefined);
}

async function take(taking: Taking): Promise<Outcome<BackupRecord>> {
  const { ports, request, call, storage, record } = taking;
  const { target, deadlineMs } = request;
  const version = await toolVersion(ports, target, call.version);
  const begun = await ports.transfer({
    target,
    program: call.program,
    acceptedCodes: [0, ...call.warns],
    deadlineMs,
  });
  if (begun.kind !== 'succeeded') return begun;
  const onBytes = progressOf(
    ports,
    request.of,
    (bytes, rate) => `${record.id}: ${sizeText(bytes)} read, ${sizeText(rate)}/s`,
  );
  const { compress, encryptTo } = call;
  const made = await ports.codec.encode(begun.value.output, { compress, encryptTo }, onBytes);
  if (made.kind !== 'succeeded') {
    await begun.value.ended;
    return made;
  }
  const coded = made.value;
  const written = await storage.write(record.artifact, coded.content);
  const ended = await begun.value.ended;
  const whole = whichFailed(written, ended);
  if (whole.kind !== 'succeeded') return whole;
  return conclude(taking, { coded, version, end: whole.value });
}

/** Where both failed, the one that was the cause: a program is ended when nobody can take what it prints. */
function whichFailed(written: Outcome<void>, ended: Awaited<Transfer['ended']>): Outcome<TransferEnd> {
  if (written.kind === 'succeeded') return ended;
  const isConsequence = ended.kind === 'succeeded' || ended.code === 'TARGET_INTERRUPTED';
  return isConsequence ? written : ended;
}

const warningOf = ({ code, stderr }: TransferEnd): string | undefined =>
  code === 0
    ? undefined
    : `it ended with code ${code}: ${stderr.split('\n').slice(-3).join('; ').slice(-400)}`;

async function conclude(
  { ports, request, call, storage, record }: Taking,
  of: { readonly coded: Coded; readonly version: string; readonly end: TransferEnd },
): Promise<Outcome<BackupRecord>> {
  const endedAt = ports.now();
  const [stored, plain] = [of.coded.stored(), of.coded.plain()];
  const warning = warningOf(of.end);
  const { id, receipt, service, environment, component, name, kind, artifact, startedAt } = record;
  const manifest: Manifest = {
    manifest: 1,
    ...{ id, receipt, service, environment, component, name, kind },
    ...(request.of === undefined ? {} : { change: request.of.change }),
    started: new Date(startedAt).toISOString(),
    ended: new Date(endedAt).toISOString(),
    duration_ms: endedAt - startedAt,
    artifact,
    ...stored,
    plain,
    tool: { command: call.program.argv[0] ?? '', version: of.version },
    compression: call.compress ? 'zstd' : 'none',
    encryption: call.encryptTo.length > 0 ? 'age' : 'none',
    recipients: [...call.encryptTo],
    ...(warning === undefined ? {} : { warning }),
    verified: null,
    by_hand: call.byHand,
  };
  const written = await writeManifest(storage, manifest);
  if (written.kind !== 'succeeded') return written;
  return succeeded(await noteThere(ports, record, manifest));
}

/** What a manifest says, as the journal keeps it. */
async function noteThere(
  { journal }: Pick<BackupPorts, 'journal'>,
  record: BackupRecord,
  manifest: Manifest,
): Promise<BackupRecord> {
  const patch = {
    state: 'there',
    endedAt: Date.parse(manifest.ended),
    bytes: manifest.bytes,
    sha256: manifest.sha256,
    plainBytes: manifest.plain.bytes,
    plainSha256: manifest.plain.sha256,
    ...(manifest.warning === undefined ? {} : { warning: manifest.warning }),
  } as const;
  return (await journal.backups.note(record.id, patch)) ?? { ...record, ...patch };
}

/** A manifest with the receipt is the proof; without one there is no backup, and what was begun is swept away. */
async function reconcile(ports: BackupPorts, begun: Begun): Promise<Reconciliation> {
  const { backups } = ports.journal;
  const record = await backups.ofReceipt(begun.receipt);
  if (record === undefined) return { kind: 'did not happen' };
  const storage = ports.storage(record.storage);
  if (storage.kind !== 'succeeded') return { kind: 'cannot tell', why: storage.message };
  const manifest = await readManifest(storage.value, record.artifact);
  if (manifest.kind === 'succeeded' && manifest.value.receipt === begun.receipt)
    return { kind: 'happened', result: resultOf(await noteThere(ports, record, manifest.value)) };
  if (manifest.kind !== 'succeeded' && manifest.code === 'STORE_UNAVAILABLE')
    return { kind: 'unreachable', why: manifest.message };
  const swept = await storage.value.sweep(record.artifact);
  const removed = swept.kind === 'succeeded' ? await removeArtifact(storage.value, record.artifact) : swept;
  if (removed.kind !== 'succeeded') return { kind: 'unreachable', why: removed.message };
  const message = 'Botswain ended before it was whole';
  await backups.note(record.id, { state: 'failed', endedAt: ports.now(), message }, { from: ['running'] });
  return { kind: 'did not happen' };
}
