import type { BackupRecord, PlacedBackup } from '../domain/backup.ts';
import type { PlacedService } from '../domain/configuration.ts';
import { componentKey } from '../domain/fleet.ts';
import { planRetention } from '../domain/retention.ts';
import { latestTurn } from '../domain/schedule.ts';
import { type BackupPorts, removeArtifact } from './backup-ports.ts';
import type { BoundBackup } from './bound-backup.ts';
import { type Duty, inRounds } from './duty.ts';
import type { Journal } from './journal.ts';
import { type Noticing, tellOperations } from './notice.ts';
import { badLook, lookAtBackup } from './own-verify-backup.ts';

/** What looking after backups needs. */
export interface BackupRounds extends Noticing {
  readonly journal: Journal;
  readonly ports: BackupPorts;
  readonly bound: (backup: PlacedBackup) => BoundBackup;
}

/** When what nobody needs any more is deleted, every day, in the configured zone. */
const RETENTION = { cron: '30 4 * * *' } as const;
const RETENTION_KEY = 'backups/retention';

/** Milliseconds between two looks at the calendar. */
const LOOK_MS = 20_000;

/** Most backups of one name that are looked through. */
const LOOKED_THROUGH = 2_000;

interface At {
  readonly service: PlacedService;
  readonly backup: PlacedBackup;
}

const allBackups = ({ ports }: BackupRounds): readonly At[] =>
  ports.configuration.services.flatMap((service) => service.backups.map((backup) => ({ service, backup })));

/** Deletes what nobody needs any more, and reads the newest ones back when it is time for a drill. */
export const backupDuty = (rounds: BackupRounds, onError: (error: unknown) => void): Duty =>
  inRounds({
    name: 'backups',
    everyMs: LOOK_MS,
    run: async () => {
      if (await isTurn(rounds, RETENTION_KEY, RETENTION.cron)) await retain(rounds, onError);
      await drill(rounds, onError);
    },
    onError,
  });

/** Whether a time by the calendar has come since the last one that was attended to; notes it. One that was missed is made up for once. */
async function isTurn({ ports, journal, now }: BackupRounds, key: string, cron: string): Promise<boolean> {
  const at = now();
  const turn = latestTurn({ cron }, ports.configuration.timezone, at);
  const known = await journal.schedules.seen(key, at);
  if (turn === undefined || turn <= (known.latestTurn ?? known.since)) return false;
  await journal.schedules.had(key, turn);
  return true;
}

const recordsOf = ({ journal }: BackupRounds, { service, backup }: At): Promise<readonly BackupRecord[]> =>
  journal.backups.list({
    service: service.name,
    environment: service.environment,
    name: backup.name,
    limit: LOOKED_THROUGH,
  });

/** One round of retention over all backups. What somebody works on right now is left for the next one. */
export async function retain(rounds: BackupRounds, onError: (error: unknown) => void): Promise<void> {
  const locked = new Set((await rounds.journal.locks.all()).map(({ key }) => key));
  for (const at of allBackups(rounds)) {
    if (locked.has(componentKey(at.backup))) continue;
    await retainOne(rounds, at).catch(onError);
  }
}

async function retainOne(rounds: BackupRounds, at: At): Promise<void> {
  const { timezone } = rounds.ports.configuration;
  const plan = planRetention(await recordsOf(rounds, at), at.backup.keep, timezone);
  if (plan.halted !== undefined) return;
  const doomed = plan.backups.filter(({ because }) => because.length === 0);
  // The oldest first: whatever stops it, the newest ones are left.
  for (const { record } of doomed.toReversed()) if (!(await remove(rounds, at, record))) return;
}

/** The artifact first: a journal that has forgotten it would leave it lying there for ever. */
async function remove(rounds: BackupRounds, { backup }: At, record: BackupRecord): Promise<boolean> {
  const { ports, journal, now } = rounds;
  const storage = ports.storage(record.storage);
  const removed =
    storage.kind === 'succeeded' ? await removeArtifact(storage.value, record.artifact) : storage;
  if (removed.kind !== 'succeeded') {
    await tellOperations(rounds, {
      key: `retention ${record.storage}`,
      title: `Old backups could not be deleted from ${record.storage}`,
      tone: 'warning',
      says: [`${record.id}: ${removed.message}`, 'It is tried again tomorrow.'],
    });
    return false;
  }
  const keep = Object.entries(backup.keep).map(([what, count]) => `${what} ${count}`);
  const message = `retention (${keep.join(', ')})`;
  const { id, service, environment, name, artifact } = record;
  const detail = { name, environment, artifact, storage: record.storage, why: message };
  const audit = {
    event: 'backup deleted',
    at: now(),
    actor: 'botswain',
    service,
    subject: id,
    detail,
  } as const;
  await journal.backups.note(id, { state: 'deleted', message }, { from: ['there'], audit });
  return true;
}

/** Reads the newest backup of each name back whole, where its time has come. */
export async function drill(rounds: BackupRounds, onError: (error: unknown) => void): Promise<void> {
  for (const at of allBackups(rounds)) {
    const { service, environment, name, drill: cron } = at.backup;
    if (cron === undefined) continue;
    const key = `${service}/${name}@${environment} drill`;
    if (await isTurn(rounds, key, cron)) await drillOne(rounds, at).catch(onError);
  }
}

/** One drill: recorded, shown by `backups`, and told where it went wrong. */
export async function drillOne(rounds: BackupRounds, at: At): Promise<void> {
  const { ports, journal, now, bound } = rounds;
  const { backup, service } = at;
  const newest = (await recordsOf(rounds, at)).find(({ state }) => state === 'there');
  const placed = service.components.find(({ ref }) => ref.component === backup.component);
  if (placed === undefined) return;
  if (newest === undefined) return tell(rounds, backup, 'there is no backup to read back');
  const looked = await lookAtBackup(ports, newest, {
    target: placed.target,
    program: bound(backup).programs.verify,
    deadlineMs: backup.timeoutMs,
  });
  const look = looked.kind === 'succeeded' ? looked.value : badLook(looked, now());
  const said = looked.kind === 'succeeded' ? looked.value.said : looked.message;
  const audit = {
    event: 'backup read back',
    at: now(),
    actor: 'botswain',
    service: service.name,
    subject: newest.id,
    ...(looked.kind === 'succeeded' ? {} : { code: looked.code }),
    detail: { name: backup.name, environment: backup.environment, good: look?.good ?? null, said },
  } as const;
  await journal.backups.note(newest.id, look === undefined ? {} : { drill: look }, { audit });
  if (looked.kind !== 'succeeded') await tell(rounds, backup, `${newest.id}: ${said}`);
}

const tell = (
  rounds: BackupRounds,
  { service, environment, name }: PlacedBackup,
  why: string,
): Promise<void> =>
  tellOperations(rounds, {
    key: `drill ${service}/${name}@${environment} ${rounds.now()}`,
    title: `The restore drill of ${service} ${name} (${environment}) failed`,
    tone: 'bad',
    says: [
      `Read back by itself, and it is not good: ${why}.`,
      `See backups ${service}, and take another one: backup ${service} ${name}`,
    ],
  });
