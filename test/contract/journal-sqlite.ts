import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenJournal, openJournal } from '../../src/store/open-journal.ts';
import type { JournalBench } from './journal-samples.ts';

/** Opens a journal or fails the test in its words. */
export async function opened(folder: string): Promise<OpenJournal> {
  const journal = await openJournal(folder);
  if (journal.kind !== 'succeeded') throw new Error(`${journal.code}: ${journal.message}`);
  return journal.value;
}

/** An empty journal on SQLite in a folder of its own. */
export async function sqliteBench(): Promise<JournalBench & { readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'journal-'));
  let journal = await opened(folder);
  return {
    folder,
    get journal() {
      return journal;
    },
    async reopen() {
      await journal.close();
      journal = await opened(folder);
      return journal;
    },
    async remove() {
      await journal.close();
      await rm(folder, { recursive: true });
    },
  };
}
