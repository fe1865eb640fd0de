import type { Code } from '../domain/code.ts';
import { StoreError } from '../workflow/journal.ts';

/** What the world did to the journal, in words that follow its path. */
export interface Trouble {
  readonly code: Code;
  readonly what: string;
  readonly remedy: string;
}

/** The disk under the journal is full. */
export const FULL: Trouble = {
  code: 'STORE_FULL',
  what: 'has no space left on its disk; nothing of this was done',
  remedy: 'Free some space; Botswain goes on by itself.',
};

/** The primary result codes of https://www.sqlite.org/rescode.html that are the world's doing, not ours. */
const TROUBLES: Readonly<Record<number, Trouble>> = {
  5: {
    code: 'STORE_IN_USE',
    what: 'is in use by another Botswain',
    remedy: 'Stop that one, or give this one its own folder in BOTSWAIN_DATA.',
  },
  8: {
    code: 'STORE_UNAVAILABLE',
    what: 'may not be written',
    remedy: 'Give the user that runs Botswain the right to write there.',
  },
  10: {
    code: 'STORE_UNAVAILABLE',
    what: 'could not be read or written: the disk reports an error',
    remedy: 'Look at the disk and at the system log before you go on.',
  },
  11: {
    code: 'STORE_UNAVAILABLE',
    what: 'is damaged',
    remedy: 'Move it away and restore the last backup; Botswain changes nothing in a damaged journal.',
  },
  13: FULL,
  14: {
    code: 'STORE_UNAVAILABLE',
    what: 'could not be opened',
    remedy: 'Check that the folder exists and that the user that runs Botswain may write there.',
  },
  26: {
    code: 'STORE_UNAVAILABLE',
    what: 'is damaged: it is no SQLite database',
    remedy: 'Move it away and restore the last backup.',
  },
};

/** What an error of SQLite means for people; undefined when it is a bug of ours. */
export const troubleOf = (error: unknown): Trouble | undefined => TROUBLES[resultCode(error) & 0xff];

/** The error a book rejects with. */
export const storeError = (path: string, trouble: Trouble, cause?: unknown): StoreError =>
  new StoreError(trouble.code, `the journal ${path} ${trouble.what}. ${trouble.remedy}`, cause);

/** Runs something on the database; what the world does to it comes out as a {@link StoreError}. */
export async function guarded<T>(path: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    const trouble = troubleOf(error);
    throw trouble === undefined ? error : storeError(path, trouble, error);
  }
}

/** Extended result code of an error that `node:sqlite` threw, else 0. */
function resultCode(error: unknown): number {
  if (!(error instanceof Error) || !('errcode' in error)) return 0;
  return typeof error.errcode === 'number' ? error.errcode : 0;
}
