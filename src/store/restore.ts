import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { type Head, openHeadFile } from './audit-head.ts';
import { flush } from './back-up.ts';
import { whyInUse } from './in-use.ts';
import { SCHEMA_VERSION } from './migrations/migrate.ts';

/** A copy in the journal's place; nothing has opened it yet. */
export interface PutBack {
  /** Epoch milliseconds; 0 where the file was no copy but a journal that another restore put aside. */
  readonly copiedAt: number;
  readonly auditRecords: number;
  /** Where the journal that stood there is now. */
  readonly keptAs: string | undefined;
}

interface Checked {
  readonly copiedAt: number;
  readonly head: Head;
}

const refuse = (file: string, why: string): Outcome<never> =>
  failed('INPUT_INVALID_VALUE', `${file} ${why}`, 'Take a file that botswain backup-store wrote.');

/** Puts a copy that {@link ./back-up.ts} wrote in the place of the journal of a stopped bot; what stood there is kept. */
export async function restoreFrom(file: string, dataFolder: string): Promise<Outcome<PutBack>> {
  const from = resolve(file);
  if (!existsSync(from)) return refuse(from, 'is not there');
  const checked = check(from);
  if (checked.kind !== 'succeeded') return checked;
  const folder = resolve(dataFolder);
  const path = join(folder, 'botswain.db');
  const inUse = whyInUse(folder);
  if (inUse !== undefined) return inUse;
  const kept = `${path}.before-restore-${new Date().toISOString().replaceAll(':', '-')}`;
  try {
    return succeeded(putBack({ from, folder, path, kept }, checked.value));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const stood = existsSync(kept) ? `what stood there is ${kept} now` : 'what stood there still does';
    return failed(
      'STORE_UNAVAILABLE',
      `the copy could not be put into ${folder}, and ${stood}: ${why}`,
      'Give the user that runs Botswain room and the right to write there, then try again.',
    );
  }
}

interface Place {
  readonly from: string;
  readonly folder: string;
  readonly path: string;
  /** Where what stands there goes. */
  readonly kept: string;
}

/** The copy is on the disk before anything that stands there is moved. */
function putBack({ from, folder, path, kept }: Place, copy: Checked): PutBack {
  const partial = `${path}.restoring`;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  copyFileSync(from, partial);
  chmodSync(partial, 0o600);
  noteIds(partial, numbersIn(path));
  flush(partial);
  const keptAs = moveAway(path, kept) ? kept : undefined;
  renameSync(partial, path);
  if (keptAs !== undefined) markAsCopy(keptAs);
  // The head that was noted belongs to the journal that stood there; that the copy lacks records is told by `store restored`.
  rmSync(join(folder, 'audit-head'), { force: true });
  const headFile = openHeadFile(folder);
  headFile.write(copy.head);
  headFile.close();
  flush(folder);
  return { copiedAt: copy.copiedAt, auditRecords: copy.head.sequence, keptAs };
}

function check(file: string): Outcome<Checked> {
  let copy: DatabaseSync | undefined;
  try {
    copy = new DatabaseSync(file, { readOnly: true });
    const whole = copy.prepare('PRAGMA integrity_check(1)').get()?.integrity_check;
    if (whole !== 'ok') return refuse(file, `is damaged: ${String(whole)}`);
    const version = Number(copy.prepare('select max(version) as version from schema_version').get()?.version);
    if (version > SCHEMA_VERSION)
      return refuse(
        file,
        `was written by a newer Botswain (schema ${version}, this one knows ${SCHEMA_VERSION})`,
      );
    const mark = copy.prepare("select value from store_marks where name = 'copied'").get();
    if (mark === undefined) return refuse(file, 'is no copy that Botswain made: it has no mark of one');
    const head = copy.prepare('select sequence, hash from audit_head').get();
    if (head === undefined) return refuse(file, 'has lost the head of its audit');
    return succeeded({
      copiedAt: Number(mark.value),
      head: { sequence: Number(head.sequence), hash: String(head.hash) },
    });
  } catch (error) {
    return refuse(file, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    copy?.close();
  }
}

/** The last number that was allotted of each kind, its write-ahead log read along; none where nothing can be read. It alters nothing. */
function numbersIn(path: string): Readonly<Record<string, number>> {
  if (!existsSync(path)) return {};
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { readOnly: true });
    const rows = database.prepare('select name, value from counters').all();
    return Object.fromEntries(rows.map(({ name, value }) => [String(name), Number(value)]));
  } catch {
    // Damaged: then only the distance that every restore keeps is left.
    return {};
  } finally {
    database?.close();
  }
}

function noteIds(partial: string, numbers: Readonly<Record<string, number>>): void {
  const copy = new DatabaseSync(partial);
  try {
    copy
      .prepare("insert or replace into store_marks (name, value, detail) values ('ids', ?, ?)")
      .run(numbers.change ?? 0, JSON.stringify(numbers));
  } finally {
    copy.close();
  }
}

/**
 * Moves a journal with what lies beside it: a write-ahead log would be played into the copy, also where its database is
 * gone. All of it or, where the file system throws, nothing. False where no database stood there.
 */
function moveAway(path: string, kept: string): boolean {
  const there = ['', '-wal', '-shm', '-journal'].filter((suffix) => existsSync(path + suffix));
  const moved: string[] = [];
  try {
    for (const suffix of there) {
      renameSync(path + suffix, kept + suffix);
      moved.push(suffix);
    }
  } catch (error) {
    for (const suffix of moved) renameSync(kept + suffix, path + suffix);
    throw error;
  }
  return there.includes('');
}

/** Whoever restores what was put aside restores a copy too: time goes on without it from now on. */
function markAsCopy(path: string): void {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.prepare("insert or replace into store_marks (name, value) values ('copied', ?)").run(Date.now());
  } catch {
    // Damaged, or from before there were marks: restore-store refuses it, and says why.
    return;
  } finally {
    database?.close();
  }
}
