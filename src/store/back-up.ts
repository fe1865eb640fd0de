import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, rmSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';

/** A copy that was written and looked through. */
export interface StoreCopy {
  readonly path: string;
  readonly bytes: number;
  readonly auditRecords: number;
}

/** Pages copied before others get a turn (4 KiB each): under a millisecond at a time. */
const PAGES_A_TURN = 64;

/** What copying needs besides the database. */
export interface CopyWanted {
  readonly path: string;
  /** Epoch milliseconds, for the mark in the copy. */
  readonly at: number;
  /** Runs something while no transaction is open on the database, and lets none begin meanwhile. */
  readonly alone: (work: () => Promise<void>) => Promise<void>;
}

/**
 * Copies the open journal while it is in use (https://www.sqlite.org/backup.html), marks the copy as one, checks it, and
 * only then gives it its name; what stands there is never overwritten.
 */
export async function backUpStore(database: DatabaseSync, wanted: CopyWanted): Promise<Outcome<StoreCopy>> {
  const path = resolve(wanted.path);
  if (existsSync(path)) return isThere(path);
  const partial = `${path}.partial-${randomUUID()}`;
  try {
    closeSync(openSync(partial, 'wx', 0o600));
    await copyInto(partial, database, wanted.alone);
    const auditRecords = mark(partial, wanted.at);
    await checkWhole(partial);
    flush(partial);
    // Unlike a rename it fails where somebody else was quicker.
    linkSync(partial, path);
    flush(dirname(path));
    return succeeded({ path, bytes: statSync(path).size, auditRecords });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return isThere(path);
    const why = error instanceof Error ? error.message : String(error);
    return failed(
      'STORE_UNAVAILABLE',
      `the journal could not be copied to ${path}: ${why}`,
      'Name a folder that the user who runs Botswain may write to, with room for it.',
    );
  } finally {
    rmSync(partial, { force: true });
  }
}

/**
 * A transaction that is open when the first pages are copied ends the whole copy, with the words "not an error"; later on
 * it is waited for: `BackupJob` in https://github.com/nodejs/node/blob/v24.x/src/node_sqlite.cc goes on while pages remain,
 * and knows of none before the first step.
 */
async function copyInto(partial: string, database: DatabaseSync, alone: CopyWanted['alone']): Promise<void> {
  let copying: Promise<unknown> = Promise.resolve();
  await alone(async () => {
    const { promise: hasBegun, resolve: progress } = Promise.withResolvers<void>();
    copying = backup(database, partial, { rate: PAGES_A_TURN, progress: () => progress() });
    await Promise.race([hasBegun, copying]);
  });
  await copying;
}

const isThere = (path: string): Outcome<never> =>
  failed('INPUT_INVALID_VALUE', `${path} is there already`, 'Name a file that is not there yet.');

/** Marks the copy, so that whoever opens it knows that time went on without it; returns how many audit records it has. */
function mark(path: string, at: number): number {
  const copy = new DatabaseSync(path);
  try {
    copy.exec('PRAGMA journal_mode=DELETE');
    copy.exec("delete from store_marks where name not in ('copied', 'heard')");
    copy.prepare("insert or replace into store_marks (name, value) values ('copied', ?)").run(at);
    return Number(copy.prepare('select sequence from audit_head').get()?.sequence ?? 0);
  } finally {
    copy.close();
  }
}

/** Looks through every page of a file in a thread of its own, because that takes seconds; rejects with what is wrong. */
function checkWhole(path: string): Promise<void> {
  const worker = new Worker(new URL('./check-whole.ts', import.meta.url), { workerData: { path } });
  const { promise, resolve: pass, reject } = Promise.withResolvers<void>();
  worker.once('message', (found: unknown) =>
    found === 'ok' ? pass() : reject(new Error(`the copy is damaged: ${String(found)}`)),
  );
  worker.once('error', reject);
  // What it said may be delivered after its end.
  worker.once('exit', () => setImmediate(reject, new Error('the copy could not be checked')));
  return promise;
}

/** On the disk when it returns. */
export function flush(path: string): void {
  const descriptor = openSync(path, 'r');
  fsyncSync(descriptor);
  closeSync(descriptor);
}
