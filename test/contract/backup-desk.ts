import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { codec } from '../../src/backups/codec.ts';
import { backupKinds } from '../../src/backups/registry.ts';
import { storageKinds } from '../../src/backups/storages/registry.ts';
import type { BackupRecord, PlacedBackup } from '../../src/domain/backup.ts';
import type { Call, CallResult } from '../../src/domain/call.ts';
import type { Configuration } from '../../src/domain/configuration.ts';
import type { Target } from '../../src/domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../../src/domain/outcome.ts';
import type { Executor, Reconciliation, TransferRequest } from '../../src/executors/executor.ts';
import type { OpenJournal } from '../../src/store/open-journal.ts';
import type { BackupPorts } from '../../src/workflow/backup-ports.ts';
import { bindBackups } from '../../src/workflow/bind-backups.ts';
import { backupExecutor } from '../../src/workflow/own-backup.ts';
import type { OwnExecutor } from '../../src/workflow/own-calls.ts';
import { restoreExecutor } from '../../src/workflow/own-restore.ts';
import { verifyBackupExecutor } from '../../src/workflow/own-verify-backup.ts';
import { backupDrafts, backupNamed, verifyDraft } from '../../src/workflow/plan-backup.ts';
import { configuration } from '../unit/workflow/yard.ts';
import { sqliteBench } from './journal-sqlite.ts';

/** Takes, reads back and puts back one backup on a real target, step by step as a change would. */
export interface BackupDesk {
  readonly ports: BackupPorts;
  readonly journal: OpenJournal;
  /** The folder of the storage. */
  readonly storage: string;
  /** What was said of how far it is. */
  readonly progress: readonly string[];
  backup(): Promise<Outcome<CallResult>>;
  verify(id: string): Promise<Outcome<CallResult>>;
  restore(id: string): Promise<Outcome<CallResult>>;
  latest(): Promise<BackupRecord>;
  reconcile(receipt: string): Promise<Reconciliation>;
  close(): Promise<void>;
}

/** What differs from a plain backup of the component `app`. */
export interface DeskSettings {
  readonly executor: Executor;
  readonly target: Target;
  readonly kind: string;
  readonly settings: object;
  readonly more?: Partial<PlacedBackup>;
  /** By variable. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Where artifacts go; a folder of its own unless told. */
  readonly storage?: string;
}

const placedBackupOf = ({ kind, settings, more }: DeskSettings): PlacedBackup => ({
  service: 'karmabot',
  environment: 'production',
  component: 'app',
  name: 'everything',
  kind,
  settings,
  storage: 'main',
  keep: {},
  compress: true,
  encryptTo: [],
  stop: [],
  timeoutMs: 120_000,
  ...more,
});

/** Opens a desk; whoever opened the executor closes it. */
export async function openDesk(given: DeskSettings): Promise<BackupDesk> {
  const { executor, target, secrets = {} } = given;
  const bench = await sqliteBench();
  const made = given.storage === undefined ? await mkdtemp(join(tmpdir(), 'artifacts-')) : undefined;
  const storage = given.storage ?? made ?? '';
  const backup = placedBackupOf(given);
  const all: Configuration = {
    ...configuration(),
    storages: [{ name: 'main', kind: 'folder', settings: { path: storage } }],
  };
  const services = all.services.map((service) =>
    service.name === 'karmabot' ? { ...service, backups: [backup] } : service,
  );
  const kinds = { backups: backupKinds, storages: storageKinds };
  const secret: BackupPorts['secret'] = (reference) => {
    const value = 'env' in reference ? secrets[reference.env] : undefined;
    return value === undefined ? failed('CONFIG_SECRET_MISSING', 'it is not set') : succeeded(value);
  };
  const bound = bindBackups(all, kinds, { secret });
  const progress: string[] = [];
  const transfer = (request: TransferRequest) =>
    executor.transfer?.(request) ?? Promise.reject(new Error('it transfers nothing'));
  const ports: BackupPorts = {
    configuration: { ...all, services },
    journal: bench.journal,
    transfer,
    storage: bound.storage,
    codec,
    secret,
    now: Date.now,
    progress: (_, text) => progress.push(text),
  };
  const placed = services[0]?.components[0];
  if (placed === undefined) throw new Error('the configuration has no component');
  const planning = { fleet: { backup: bound.backup } };
  const carry = (own: OwnExecutor, call: Call) =>
    own.run({
      target,
      call,
      receipt: randomUUID(),
      deadlineMs: backup.timeoutMs,
      outputCapBytes: 10_000,
      of: { change: 'C-1', step: '1' },
    });
  const artifactOf = async (id: string) => ({
    id,
    sha256: (await ports.journal.backups.find(id))?.sha256 ?? '',
  });
  return {
    ports,
    journal: bench.journal,
    storage,
    progress,
    backup: () => {
      const drafts = backupDrafts(planning, { backup, placed });
      const first = drafts.kind === 'succeeded' ? drafts.value[0] : undefined;
      if (first === undefined) throw new Error('nothing to do');
      return carry(backupExecutor(ports), first.call);
    },
    verify: async (id) =>
      carry(
        verifyBackupExecutor(ports),
        verifyDraft(planning, { backup, placed }, await artifactOf(id)).call,
      ),
    restore: async (id) => {
      const { programs, storage: where } = bound.backup(backup);
      const artifact = await artifactOf(id);
      return carry(restoreExecutor(ports), {
        kind: 'restore',
        ...backupNamed(backup),
        artifact,
        programs: programs.restore,
        storage: where,
      });
    },
    latest: async () => {
      const [latest] = await ports.journal.backups.list({ limit: 1 });
      if (latest === undefined) throw new Error('there is none');
      return latest;
    },
    reconcile: (receipt) =>
      backupExecutor(ports).reconcile({
        target,
        call: { kind: 'wait', ms: 1 },
        begun: { receipt, startedAt: 0, evidence: {} },
      }),
    close: async () => {
      await bound.close();
      await bench.remove();
      if (made !== undefined) await rm(made, { recursive: true, force: true });
    },
  };
}
