import { DateTime } from 'luxon';
import { type BackupRecord, isVerified, type Keep } from './backup.ts';

/** Why a backup is kept: the classes it counts in, and what nothing may delete. */
export interface Kept {
  readonly record: BackupRecord;
  /** `last`, `daily 2026-11-20`, `held`, `newest verified`; empty = it is to be deleted. */
  readonly because: readonly string[];
}

/** What becomes of the backups of one name. */
export interface RetentionPlan {
  /** Newest first. */
  readonly backups: readonly Kept[];
  /** Why nothing is deleted now, though it might be. */
  readonly halted?: string;
}

/** Copies of what was there before a restore: so many are kept, and none counts as a backup to rely on. */
const COPIES_BEFORE_RESTORE = 3;

/** ISO weeks begin on Monday, and their year is the one that most of their days are in. */
const PERIODS: readonly (readonly [keyof Keep, string])[] = [
  ['daily', 'yyyy-LL-dd'],
  ['weekly', "kkkk-'W'WW"],
  ['monthly', 'yyyy-LL'],
];

const takenAt = ({ endedAt, startedAt }: BackupRecord): number => endedAt ?? startedAt;

/** The newest of each of the last so many distinct periods that hold any. */
function newestOfEach(
  newestFirst: readonly BackupRecord[],
  count: number,
  periodOf: (record: BackupRecord) => string,
): ReadonlyMap<BackupRecord, string> {
  const kept = new Map<BackupRecord, string>();
  const seen = new Set<string>();
  for (const record of newestFirst) {
    const period = periodOf(record);
    if (seen.has(period)) continue;
    if (seen.size === count) break;
    seen.add(period);
    kept.set(record, period);
  }
  return kept;
}

function reasonsOf(
  newestFirst: readonly BackupRecord[],
  keep: Keep,
  zone: string,
): ReadonlyMap<BackupRecord, readonly string[]> {
  const reasons = new Map<BackupRecord, string[]>(newestFirst.map((record) => [record, []]));
  const add = (record: BackupRecord, reason: string) => reasons.get(record)?.push(reason);
  for (const record of newestFirst.slice(0, keep.last ?? 0)) add(record, 'last');
  for (const [name, format] of PERIODS) {
    const periodOf = (record: BackupRecord) =>
      DateTime.fromMillis(takenAt(record), { zone }).toFormat(format);
    for (const [record, period] of newestOfEach(newestFirst, keep[name] ?? 0, periodOf))
      add(record, `${name} ${period}`);
  }
  const trusted = newestFirst.find(isVerified);
  if (trusted !== undefined) add(trusted, 'newest verified');
  for (const record of newestFirst) if (record.held) add(record, 'held');
  return reasons;
}

/** Why nothing may be deleted at all: whoever cannot take backups must not lose those there are. */
function whyHalted(records: readonly BackupRecord[], there: readonly BackupRecord[]): string | undefined {
  const latest = records.toSorted((a, b) => b.startedAt - a.startedAt)[0];
  if (latest?.state === 'failed')
    return `the last run failed (${latest.id}: ${latest.message ?? 'no reason known'})`;
  if (latest?.state === 'running') return `${latest.id} is being taken`;
  if (there.length > 0 && !there.some(isVerified)) return 'none of them is verified';
  const [newest] = there;
  return newest?.verified?.good === false ? `the newest one (${newest.id}) is no good` : undefined;
}

/**
 * Decides what is kept of the backups of one name, in this zone. One may count in several classes; failed runs count in none.
 * Never deleted are the newest verified one, those that are held, and anything while the last run failed. What was copied
 * before a restore stands apart: it may be of what was broken, and must not push out what it was mended with.
 */
export function planRetention(records: readonly BackupRecord[], keep: Keep, zone: string): RetentionPlan {
  const all = records.filter(({ state }) => state === 'there').toSorted((a, b) => takenAt(b) - takenAt(a));
  const there = all.filter(({ beforeRestoreOf }) => beforeRestoreOf === undefined);
  const copies = all.filter(({ beforeRestoreOf }) => beforeRestoreOf !== undefined);
  if (Object.values(keep).every((count) => count === 0))
    return { backups: all.map((record) => ({ record, because: ['everything is kept'] })) };
  const reasons = reasonsOf(there, keep, zone);
  const becauseOf = (record: BackupRecord): readonly string[] =>
    reasons.get(record) ?? [
      ...(copies.indexOf(record) < COPIES_BEFORE_RESTORE
        ? [`before ${record.beforeRestoreOf} was put back`]
        : []),
      ...(record.held ? ['held'] : []),
    ];
  const backups = all.map((record) => ({ record, because: becauseOf(record) }));
  const halted = whyHalted(records, there);
  return { backups, ...(halted === undefined ? {} : { halted }) };
}
