import type { Kysely, Transaction } from 'kysely';
import type { AuditEntry, AuditRecord } from '../domain/audit-event.ts';
import { StoreError, type StoreTrouble } from '../workflow/journal.ts';
import { appendAudit } from './audit-append.ts';
import type { Head, HeadFile } from './audit-head.ts';
import { FULL, guarded, storeError } from './errors.ts';
import type { Reserve } from './reserve.ts';
import type { Tables } from './tables.ts';

/** One transaction being written. */
export interface Writing<T> {
  readonly tx: Transaction<Tables>;
  /** Appends to the audit in this transaction. */
  readonly audit: (entry: AuditEntry) => Promise<AuditRecord>;
  /** Ends the transaction without a trace and gives this result. */
  readonly undo: (result: T) => never;
}

/** What one book does inside a transaction. */
export type Work<T> = (writing: Writing<T>) => Promise<T>;

/** The one database behind every book. All three reject with StoreError when the world refuses. */
export interface Store {
  read<T>(look: (db: Kysely<Tables>) => Promise<T>): Promise<T>;
  /** Something new: refused while the disk is full, and as long as the reserve could not be taken back. */
  write<T>(work: Work<T>): Promise<T>;
  /** The end of something begun, or how people hear of it: may use up the reserve. */
  conclude<T>(work: Work<T>): Promise<T>;
  /** Set from a write that the world refused to the next one that it takes. */
  trouble(): StoreTrouble | undefined;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Tells of every audit entry once it is committed; the return value ends that. */
  onAudited(listener: (entry: AuditEntry) => void): () => void;
  /** A second call waits for the first. */
  close(): Promise<void>;
}

/** What a store is made of. */
export interface StoreParts {
  readonly db: Kysely<Tables>;
  /** Of the database, for error messages. */
  readonly path: string;
  readonly reserve: Reserve;
  readonly headFile: HeadFile;
  readonly now: () => number;
}

const UNDONE = Symbol('undone');

/** Transactions with the audit inside, one after the other, and what to do when the disk is full. */
export function createStore(parts: StoreParts): Store {
  const { db, path, reserve, headFile } = parts;
  let closing: Promise<void> | undefined;
  let trouble: StoreTrouble | undefined;

  const noted = (error: unknown): unknown => {
    if (error instanceof StoreError) trouble = { since: trouble?.since ?? parts.now(), error };
    return error;
  };
  const listeners = new Set<(entry: AuditEntry) => void>();

  const commit = async <T>(work: Work<T>): Promise<T> => {
    let undone: { readonly result: T } | undefined;
    const undo = (result: T): never => {
      undone = { result };
      throw UNDONE;
    };
    let head: Head | undefined;
    const audited: AuditEntry[] = [];
    const running = db.transaction().execute((tx) => {
      const audit = async (entry: AuditEntry): Promise<AuditRecord> => {
        const record = await appendAudit(tx, entry);
        head = record;
        audited.push(record);
        return record;
      };
      return work({ tx, audit, undo });
    });
    const result = await running.catch((error: unknown) => {
      if (error === UNDONE && undone !== undefined) return undone.result;
      throw error;
    });
    if (undone !== undefined) return result;
    if (head !== undefined) noteHead(headFile, head);
    for (const listener of listeners) audited.forEach(listener);
    return result;
  };

  return {
    now: parts.now,
    read: (look) => guarded(path, () => look(db)),
    trouble: () => trouble,
    async write(work) {
      if (!reserve.restore()) throw noted(storeError(path, FULL));
      const result = await guarded(path, () => commit(work)).catch((error: unknown) => {
        throw noted(error);
      });
      trouble = undefined;
      return result;
    },
    async conclude(work) {
      try {
        return await guarded(path, () => commit(work));
      } catch (error) {
        if (!isFull(error) || !reserve.free()) throw noted(error);
        return guarded(path, () => commit(work)).catch((again: unknown) => {
          throw noted(again);
        });
      }
    },
    onAudited(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      closing ??= close(parts);
      return closing;
    },
  };
}

/** Lets the transactions that wait for their turn end first. */
async function close({ db, headFile }: StoreParts): Promise<void> {
  await db.connection().execute(async () => {});
  await db.destroy();
  headFile.close();
}

/** The commit stands whatever becomes of the file: a head file may lag, and verification bears that. */
function noteHead(headFile: HeadFile, head: Head): void {
  try {
    headFile.write(head);
  } catch {
    return;
  }
}

const isFull = (error: unknown): boolean => error instanceof StoreError && error.code === 'STORE_FULL';
