import { closeSync, mkdirSync, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import type { ConsoleFeed } from '../chat/console/feed.ts';
import { type Failed, failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { SessionStore } from '../web/sessions.ts';
import { type Journal, StoreError, type StoreTrouble } from '../workflow/journal.ts';
import { createAccountLinks } from './account-links.ts';
import { noteRestoreTold, noticeCopy, restoredOf, settleRestored } from './after-restore.ts';
import { createAlertDeliveries } from './alert-deliveries.ts';
import { checkHeadFile, createAudit } from './audit.ts';
import { openHeadFile } from './audit-head.ts';
import { backUpStore, type StoreCopy } from './back-up.ts';
import { createBackups } from './backups.ts';
import { createChanges } from './changes.ts';
import { createCheckStates } from './check-states.ts';
import { createConfirmations } from './confirmations.ts';
import { createConsoleFeed } from './console-feed.ts';
import { createDeliveries } from './deliveries.ts';
import { troubleOf } from './errors.ts';
import { type Figures, figuresOf } from './figures.ts';
import { createFreezes } from './freezes.ts';
import { createHeartbeats } from './heartbeats.ts';
import { createInbox } from './inbox.ts';
import { createIncidents } from './incidents.ts';
import { createLockWaits } from './lock-waits.ts';
import { createLocks } from './locks.ts';
import { migrate } from './migrations/migrate.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import { type Borders, type Pruned, prune } from './prune.ts';
import { openReserve } from './reserve.ts';
import { createSchedules } from './schedules.ts';
import { createSessions } from './sessions.ts';
import { createStatusBook } from './status-page.ts';
import { createSteps } from './steps.ts';
import { createStore, type Store, type StoreParts } from './store.ts';
import { sweep } from './sweep.ts';
import type { Tables } from './tables.ts';
import { createTimeBook, mendClock } from './time-book.ts';
import { createTokens } from './tokens.ts';

/** The journal with what the console keeps in the same file. */
export interface OpenJournal extends Journal {
  readonly feed: ConsoleFeed;
  readonly sessions: SessionStore;
  /** Forgets what is older than these borders; rejects with StoreError, having forgotten a part. */
  prune(borders: Borders): Promise<Pruned>;
  figures(): Promise<Figures>;
  /** Whether something can be written right now; rejects with StoreError when not. */
  probe(): Promise<void>;
  /** Tells of every audit entry once it is committed; the return value ends that. */
  onAudited: Store['onAudited'];
  /** Copies the journal into a new file while it is in use; restored, the copy is known as one. */
  backUp(path: string): Promise<Outcome<StoreCopy>>;
  /** Why nothing new can be written at this moment, as far as somebody tried. */
  readonly trouble: () => StoreTrouble | undefined;
}

/** Milliseconds a busy database is waited for; it is synchronous, so nothing else happens meanwhile. */
const BUSY_MS = 100;
/** Up to this size the whole file is checked for damage when it is opened (about 1 ms a megabyte). */
const CHECKED_BYTES = 256 * 1024 * 1024;
/** What the file system may say when the folder is no good. */
const FILE_TROUBLE = [
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EEXIST',
  'EISDIR',
  'ENOSPC',
  'ENOENT',
  'ENAMETOOLONG',
];

/**
 * Opens the journal in a folder (made with mode 0700 if need be) for this process alone. Failed with `STORE_IN_USE` when
 * another process has it, `STORE_UNAVAILABLE` when it cannot be read, is damaged or was written by a newer Botswain.
 */
export async function openJournal(
  dataFolder: string,
  options: { readonly now?: () => number } = {},
): Promise<Outcome<OpenJournal>> {
  const folder = resolve(dataFolder);
  const path = `${folder}/botswain.db`;
  const now = options.now ?? Date.now;
  const file = openFile(folder, path);
  if (file.kind !== 'succeeded') return file;
  const database = file.value;
  const db = new Kysely<Tables>({ dialect: nodeSqliteDialect(database) });
  const headFile = openHeadFile(folder);
  const reserve = openReserve(`${folder}/reserve`, folder);
  try {
    const ready = await prepare({ db, path, headFile, reserve, now }, database);
    if (ready.kind === 'succeeded') return ready;
    database.close();
    return ready;
  } catch (error) {
    database.close();
    return refusal(error, path);
  }
}

async function prepare(parts: StoreParts, database: DatabaseSync): Promise<Outcome<OpenJournal>> {
  const { db, path, headFile, now } = parts;
  const damage = damageIn(database, path);
  if (damage !== undefined)
    return failed(
      'STORE_UNAVAILABLE',
      `the journal ${path} is damaged: ${damage}`,
      'Move it away and restore the last backup; Botswain changes nothing in a damaged journal.',
    );
  const migrated = await migrate(db, now());
  if (migrated.kind !== 'succeeded') return migrated;
  await noticeCopy(db, headFile);
  await checkHeadFile(db, headFile);
  const store = createStore(parts);
  await settleRestored(store);
  const found = await mendClock(store);
  let restored = await restoredOf(store);
  const readAgain = async (): Promise<void> => {
    restored = await restoredOf(store);
  };
  await sweep(store);
  return succeeded({
    ...booksOf(store),
    audit: createAudit(store, headFile),
    time: createTimeBook(store, { found, moved: readAgain }),
    get restored() {
      return restored;
    },
    restoreTold: () => noteRestoreTold(store).then(readAgain),
    prune: async (borders) => {
      await sweep(store);
      return prune(store, borders);
    },
    figures: () => figuresOf(store),
    probe: () => probe(store),
    onAudited: (listener) => store.onAudited(listener),
    backUp: (path) => backUp(store, database, path),
    trouble: () => store.trouble(),
    close: () => store.close(),
  });
}

/** Every book that needs the store alone. */
const booksOf = (store: Store) => ({
  inbox: createInbox(store),
  changes: createChanges(store),
  steps: createSteps(store),
  confirmations: createConfirmations(store),
  locks: createLocks(store),
  lockWaits: createLockWaits(store),
  freezes: createFreezes(store),
  schedules: createSchedules(store),
  deliveries: createDeliveries(store),
  checks: createCheckStates(store),
  heartbeats: createHeartbeats(store),
  backups: createBackups(store),
  incidents: createIncidents(store, createAlertDeliveries(store)),
  statusPage: createStatusBook(store),
  tokens: createTokens(store),
  accountLinks: createAccountLinks(store),
  feed: createConsoleFeed(store),
  sessions: createSessions(store),
});

/** The copy is good even where the disk of the journal has no room to record that it was made. */
async function backUp(store: Store, database: DatabaseSync, path: string): Promise<Outcome<StoreCopy>> {
  const alone = (work: () => Promise<void>): Promise<void> =>
    store.read((db) => db.connection().execute(work));
  const copied = await backUpStore(database, { path, at: store.now(), alone });
  if (copied.kind !== 'succeeded') return copied;
  const { bytes, auditRecords } = copied.value;
  const detail = { path: copied.value.path, bytes, auditRecords };
  const recorded = store.write(({ audit }) =>
    audit({ event: 'store backed up', at: store.now(), actor: 'botswain', detail }),
  );
  await recorded.catch((error: unknown) => {
    if (!(error instanceof StoreError)) throw error;
  });
  return copied;
}

/** Notes the moment: what every write needs, and not the same as before, which SQLite would not write at all. */
const probe = (store: Store): Promise<void> =>
  store.write(async ({ tx }) => {
    await tx.updateTable('clock').set({ seen_at: store.now() }).where('id', '=', 1).execute();
  });

function openFile(folder: string, path: string): Outcome<DatabaseSync> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    closeSync(openSync(path, 'a', 0o600));
  } catch (error) {
    return refusal(error, path);
  }
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: BUSY_MS });
    // Exclusive first: the other way round a second process reads and writes until our first write.
    database.exec('PRAGMA locking_mode=EXCLUSIVE');
    database.exec('PRAGMA journal_mode=WAL');
    database.exec('PRAGMA synchronous=FULL');
    database.exec('PRAGMA foreign_keys=ON');
    database.exec('PRAGMA temp_store=MEMORY');
    // Takes the lock now, not at the first write.
    database.exec('BEGIN EXCLUSIVE; COMMIT');
    return succeeded(database);
  } catch (error) {
    database?.close();
    return refusal(error, path);
  }
}

/** What SQLite finds wrong with its file, if anything. */
function damageIn(database: DatabaseSync, path: string): string | undefined {
  if (statSync(path).size > CHECKED_BYTES) return undefined;
  const found = database.prepare('PRAGMA quick_check(1)').get()?.quick_check;
  return found === 'ok' ? undefined : String(found);
}

/** What the world says to opening; anything else is a bug and is thrown on. */
function refusal(error: unknown, path: string): Failed {
  if (error instanceof StoreError) return failed(error.code, error.message);
  const trouble = troubleOf(error);
  if (trouble !== undefined)
    return failed(trouble.code, `the journal ${path} ${trouble.what}`, trouble.remedy);
  const why = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (!FILE_TROUBLE.includes(why)) throw error;
  return failed(
    why === 'ENOSPC' ? 'STORE_FULL' : 'STORE_UNAVAILABLE',
    `the data folder ${dirname(path)} cannot be used: ${why}`,
    'Give the user that runs Botswain the right to write there, or name another folder in BOTSWAIN_DATA.',
  );
}
