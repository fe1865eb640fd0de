import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { backUpStore } from '../../../src/store/back-up.ts';
import { entry } from '../../contract/journal-samples.ts';
import { opened } from '../../contract/journal-sqlite.ts';

let folder: string;
let database: DatabaseSync;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'back-up-'));
  const journal = await opened(folder);
  for (let count = 0; count < 500; count += 1) await journal.audit.append(entry('line answered'));
  await journal.close();
  database = new DatabaseSync(join(folder, 'botswain.db'));
  database.exec('PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL');
});
afterEach(async () => {
  database.close();
  await rm(folder, { recursive: true });
});

it('begins when no transaction is open, and bears those that begin while it goes on', async () => {
  const path = join(folder, 'copy.db');
  const note = 'update clock set seen_at = seen_at + 1';
  database.exec(`begin immediate; ${note}`);
  let writes = 0;
  const alone = async (work: () => Promise<void>): Promise<void> => {
    // Whoever was at it ends first.
    database.exec('commit');
    await work();
    database.exec(`begin immediate; ${note}`);
    writes += 1;
    setImmediate(() => database.exec('commit'));
  };
  const copied = await backUpStore(database, { path, at: 1234, alone });
  expect(copied).toMatchObject({ kind: 'succeeded', value: { path, auditRecords: 500 } });
  expect(writes).toBe(1);
});
