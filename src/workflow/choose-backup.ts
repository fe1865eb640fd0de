import { type BackupRecord, isVerified } from '../domain/backup.ts';
import { showMoment } from '../domain/moment.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { type Subject, subjectText } from '../domain/subject.ts';
import type { BackupFilter, Backups } from './backup-book.ts';

/** What somebody named: `B-12`, or a backup by its name; and up to when it was taken. */
export interface BackupWish {
  readonly subject: Subject;
  /** `B-12`, `mongodb`, or nothing where the service has one backup only. */
  readonly named: string | undefined;
  /** Epoch milliseconds. */
  readonly asOf: number | undefined;
}

/** How they are looked through and shown. */
export interface Choosing {
  readonly backups: Pick<Backups, 'find' | 'list'>;
  readonly timezone: string;
  readonly now: number;
}

const ID = /^b-\d+$/i;

/** Most backups of one name that are looked through. */
const LOOKED_THROUGH = 1_000;

/** Finds the backup that is to be restored: the one named, or the newest taken by then that is not known to be bad. */
export async function chooseBackup(choosing: Choosing, wish: BackupWish): Promise<Outcome<BackupRecord>> {
  const { named = '' } = wish;
  const found = ID.test(named)
    ? await ofId(choosing, wish, named.toUpperCase())
    : await newestBy(choosing, wish);
  return found.kind === 'succeeded' ? whyNot(found.value) : found;
}

async function ofId({ backups }: Choosing, wish: BackupWish, id: string): Promise<Outcome<BackupRecord>> {
  if (wish.asOf !== undefined)
    return failed(
      'INPUT_INVALID_VALUE',
      `${id} is one backup, so --as-of has nothing to choose`,
      'Leave one out.',
    );
  const record = await backups.find(id);
  const { name, environment } = wish.subject.service;
  if (record === undefined) return failed('INPUT_NO_SUCH_ID', `there is no ${id}`, `See backups ${name}.`);
  if (record.service !== name || record.environment !== environment)
    return failed(
      'INPUT_INVALID_VALUE',
      `${id} is of ${record.service}@${record.environment}, not of ${name}@${environment}`,
      `See backups ${name}.`,
    );
  return succeeded(record);
}

async function newestBy(
  { backups, timezone, now }: Choosing,
  wish: BackupWish,
): Promise<Outcome<BackupRecord>> {
  const { subject, named, asOf } = wish;
  const { name: service, environment, backups: placed } = subject.service;
  const names = placed.map(({ name }) => name);
  const name = named ?? (names.length === 1 ? names[0] : undefined);
  if (name === undefined || !names.includes(name))
    return failed(
      'INPUT_INVALID_VALUE',
      named === undefined
        ? `${subjectText(subject)} has several backups`
        : `"${named}" is neither an id nor a backup of ${subjectText(subject)}`,
      `Name one: B-12, or with --as-of one of ${names.join(', ') || 'none'}.`,
    );
  if (asOf === undefined)
    return failed(
      'INPUT_INVALID_VALUE',
      `which backup ${name} is not said`,
      `Name one, see backups ${service}, or say --as-of TIME.`,
    );
  const filter: BackupFilter = { service, environment, name, state: 'there', limit: LOOKED_THROUGH };
  const all = await backups.list(filter);
  const record = all.find(({ endedAt = 0, verified }) => endedAt <= asOf && verified?.good !== false);
  return record === undefined
    ? failed(
        'INPUT_NO_SUCH_ID',
        `there is no good backup ${name} of ${service} from before ${showMoment(asOf, timezone, now)}`,
        `See backups ${service}.`,
      )
    : succeeded(record);
}

function whyNot(record: BackupRecord): Outcome<BackupRecord> {
  const { id, state, message, verified } = record;
  const see = `See backups ${record.service}.`;
  if (state === 'running') return failed('INPUT_INVALID_VALUE', `${id} is still being taken`, see);
  if (state === 'deleted')
    return failed('INPUT_NO_SUCH_ID', `${id} was deleted: ${message ?? 'nobody needed it any more'}`, see);
  if (state === 'failed')
    return failed('INPUT_INVALID_VALUE', `${id} came to nothing: ${message ?? ''}`, see);
  if (verified?.good === false && !isVerified(record))
    return failed('TARGET_NOT_VERIFIED', `${id} is no good: ${verified.said}`, see);
  return succeeded(record);
}
