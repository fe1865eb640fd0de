import { type BackupRecord, isVerified, type PlacedBackup } from './backup.ts';
import { formatDuration } from './duration.ts';

/** How the backups of one name stand, for whoever must rely on them. */
export interface BackupHealth {
  readonly good: boolean;
  /** In words, loudest first; empty where all is well. */
  readonly says: readonly string[];
}

/** What is wrong with the newest backup there is. */
function newestSays(
  { name, maxAgeMs }: Pick<PlacedBackup, 'name' | 'maxAgeMs'>,
  newest: BackupRecord,
  now: number,
): readonly string[] {
  const which = `The newest backup of ${name} (${newest.id})`;
  const says: string[] = [];
  const ageMs = now - (newest.endedAt ?? newest.startedAt);
  if (maxAgeMs !== undefined && ageMs > maxAgeMs) {
    const age = formatDuration(Math.max(60_000, Math.floor(ageMs / 60_000) * 60_000));
    says.push(`${which} is TOO OLD: ${age}, and at most ${formatDuration(maxAgeMs)} is wanted.`);
  }
  const bad = [newest.verified, newest.drill].find((look) => look?.good === false);
  if (bad !== undefined && !isVerified(newest)) says.push(`${which} is NO GOOD: ${bad.said}.`);
  else if (newest.verified === undefined && newest.drill === undefined)
    says.push(`${which} was never read back.`);
  return says;
}

/** Judges the backups of one name, newest first. */
export function backupHealth(
  placed: Pick<PlacedBackup, 'name' | 'maxAgeMs'>,
  newestFirst: readonly BackupRecord[],
  now: number,
): BackupHealth {
  const { name } = placed;
  const own = newestFirst.filter(({ beforeRestoreOf }) => beforeRestoreOf === undefined);
  const ended = own.filter(({ state }) => state !== 'running' && state !== 'deleted');
  const newest = own.find(({ state }) => state === 'there');
  const [latest] = ended;
  const says = [
    ...(newest === undefined ? [`There is NO backup of ${name}.`] : []),
    ...(latest?.state === 'failed'
      ? [`The LAST RUN of ${name} FAILED (${latest.id}): ${latest.message ?? 'no reason known'}.`]
      : []),
    ...(newest === undefined ? [] : newestSays(placed, newest, now)),
  ];
  return { good: says.length === 0, says };
}
