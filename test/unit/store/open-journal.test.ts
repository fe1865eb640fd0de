import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../../../src/store/migrations/migrate.ts';
import { openJournal } from '../../../src/store/open-journal.ts';
import { entry } from '../../contract/journal-samples.ts';
import { opened } from '../../contract/journal-sqlite.ts';

let parent: string;
let folder: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'open-journal-'));
  folder = join(parent, 'data');
});
afterEach(() => rm(parent, { recursive: true }));

const database = () => join(folder, 'botswain.db');

it('makes the folder and the file for nobody else to read', async () => {
  const journal = await opened(folder);
  await journal.audit.append(entry('bot started'));
  const modes = await Promise.all(
    ['.', 'botswain.db', 'botswain.db-wal', 'audit-head', 'reserve'].map(
      async (name) => (await stat(join(folder, name))).mode & 0o777,
    ),
  );
  expect(modes).toEqual([0o700, 0o600, 0o600, 0o600, 0o600]);
  await journal.close();
});

it('refuses a second one in the same process', async () => {
  const journal = await opened(folder);
  expect(await openJournal(folder)).toMatchObject({ kind: 'failed', code: 'STORE_IN_USE' });
  await journal.close();
  await (await opened(folder)).close();
});

it('refuses a second process at once, in words, and lets it in after kill -9', async () => {
  const holder = fork(join(import.meta.dirname, 'hold-journal.ts'), [folder]);
  try {
    const [said] = await once(holder, 'message');
    expect(said).toBe('open');
    const before = performance.now();
    const second = await openJournal(folder);
    expect(performance.now() - before).toBeLessThan(1_000);
    expect(second).toEqual({
      kind: 'failed',
      code: 'STORE_IN_USE',
      message: `the journal ${database()} is in use by another Botswain`,
      remedy: 'Stop that one, or give this one its own folder in BOTSWAIN_DATA.',
    });
  } finally {
    holder.kill('SIGKILL');
    await once(holder, 'exit');
  }
  const after = await opened(folder);
  expect((await after.inbox.pending()).map((incoming) => incoming.id)).toEqual(['slack:held']);
  await after.close();
});

it('refuses what a newer Botswain wrote, and leaves it alone', async () => {
  await (await opened(folder)).close();
  const raw = new DatabaseSync(database());
  raw.prepare('insert into schema_version (version, applied_at) values (?, 0)').run(SCHEMA_VERSION + 1);
  raw.close();
  const before = await readFile(database());
  const refused = await openJournal(folder);
  expect(refused).toMatchObject({ kind: 'failed', code: 'STORE_UNAVAILABLE' });
  expect(refused).toHaveProperty('message', expect.stringContaining('written by a newer Botswain'));
  expect(await readFile(database())).toEqual(before);
});

it('says that a file which is no database is damaged', async () => {
  await (await opened(folder)).close();
  await writeFile(database(), 'x'.repeat(8_192));
  expect(await openJournal(folder)).toMatchObject({
    kind: 'failed',
    code: 'STORE_UNAVAILABLE',
    message: `the journal ${database()} is damaged: it is no SQLite database`,
  });
});

it.each(['overwritten in the middle', 'cut off'])('says that a file %s is damaged', async (how) => {
  const journal = await opened(folder);
  for (let count = 0; count < 50; count += 1) await journal.audit.append(entry('line answered'));
  await journal.close();
  const { size } = await stat(database());
  if (how === 'cut off') await truncate(database(), size - 8_192);
  else {
    const file = await open(database(), 'r+');
    await file.write(Buffer.alloc(size - 8_192, 0xa5), 0, size - 8_192, 4_096);
    await file.close();
  }
  const refused = await openJournal(folder);
  expect(refused).toMatchObject({ kind: 'failed', code: 'STORE_UNAVAILABLE' });
  expect(refused).toHaveProperty('message', expect.stringContaining('damaged'));
});

it('says when the folder is no folder', async () => {
  await writeFile(folder, '');
  expect(await openJournal(folder)).toMatchObject({
    kind: 'failed',
    code: 'STORE_UNAVAILABLE',
    message: expect.stringContaining(`the data folder ${folder} cannot be used`),
  });
});
