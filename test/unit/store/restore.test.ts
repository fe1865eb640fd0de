import { copyFileSync, existsSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { restoreFrom } from '../../../src/store/restore.ts';
import { draft, entry } from '../../contract/journal-samples.ts';
import { opened, sqliteBench } from '../../contract/journal-sqlite.ts';

describe('restoring the journal', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  const copy = (): string => join(bench.folder, 'copy.db');
  const path = (): string => join(bench.folder, 'botswain.db');
  beforeEach(async () => {
    bench = await sqliteBench();
    await bench.journal.changes.request(draft('waits', { approvals: 1 }), entry('change requested'));
    expect(await bench.journal.backUp(copy())).toMatchObject({ kind: 'succeeded' });
  });
  afterEach(async () => {
    await bench.remove();
  });

  it('is not undone by a write-ahead log that was left beside, whether the journal stands or was moved away', async () => {
    for (const isMoved of [false, true]) {
      await bench.journal.changes.request(draft(`later ${isMoved}`), entry('change requested'));
      // As after kill -9: the file and its log as they stand while it is open.
      copyFileSync(path(), join(bench.folder, 'left.db'));
      copyFileSync(`${path()}-wal`, join(bench.folder, 'left.db-wal'));
      await bench.journal.close();
      renameSync(join(bench.folder, 'left.db-wal'), `${path()}-wal`);
      if (isMoved) renameSync(path(), join(bench.folder, `moved-${isMoved}.db`));
      expect(await restoreFrom(copy(), bench.folder)).toMatchObject({ kind: 'succeeded' });
      expect(existsSync(`${path()}-wal`)).toBe(false);
      const journal = await bench.reopen();
      expect(journal.restored).toMatchObject({ voided: ['C-1'] });
      expect((await journal.changes.list({ limit: 9 })).map(({ id, state }) => [id, state])).toEqual([
        ['C-1', 'voided'],
      ]);
    }
  });

  it('never allots an id again, however often the same copy is restored', async () => {
    const seen: string[] = [];
    for (const round of [1, 2]) {
      await bench.journal.close();
      expect(await restoreFrom(copy(), bench.folder)).toMatchObject({ kind: 'succeeded' });
      const journal = await bench.reopen();
      const { change } = await journal.changes.request(draft(`after ${round}`), entry('change requested'));
      seen.push(change.id);
    }
    expect(new Set(seen).size).toBe(2);
    expect(seen.every((id) => Number(id.slice(2)) > 1000)).toBe(true);
  });

  it('tells of itself until everybody was told, over restarts', async () => {
    await bench.journal.close();
    await restoreFrom(copy(), bench.folder);
    const first = await bench.reopen();
    const again = await bench.reopen();
    expect(again.restored).toEqual(first.restored);
    await again.restoreTold();
    expect((await bench.reopen()).restored).toBeUndefined();
  });

  it('keeps the journal that stood there, and can put that back as a copy', async () => {
    await bench.journal.changes.request(draft('later'), entry('change requested'));
    await bench.journal.close();
    const restored = await restoreFrom(copy(), bench.folder);
    if (restored.kind !== 'succeeded' || restored.value.keptAs === undefined) throw new Error('not kept');
    const back = await restoreFrom(restored.value.keptAs, bench.folder);
    expect(back).toMatchObject({ kind: 'succeeded' });
    const journal = await bench.reopen();
    expect(journal.restored?.voided).toEqual(['C-1', 'C-2']);
  });

  it('knows an older file that was put there by hand, also when the first start with it fails', async () => {
    const older = join(bench.folder, 'older.db');
    await bench.journal.close();
    copyFileSync(path(), older);
    const journal = await opened(bench.folder);
    await journal.audit.append(entry('lock taken'));
    await journal.close();
    copyFileSync(older, path());
    const restored = await bench.reopen();
    expect(restored.restored).toMatchObject({ voided: ['C-1'] });
    expect(restored.restored?.copiedAt).toBeUndefined();
    expect(await restored.audit.verify()).toMatchObject({ kind: 'failed', code: 'STORE_TAMPERED' });
  });

  it('leaves everything as it is when the file is no copy, is damaged, or a bot runs', async () => {
    expect(await restoreFrom(copy(), bench.folder)).toMatchObject({ kind: 'failed', code: 'STORE_IN_USE' });
    await bench.journal.close();
    writeFileSync(join(bench.folder, 'text.db'), 'no database');
    const before = readdirSync(bench.folder)
      .filter((name) => !/-(wal|shm)$/.test(name))
      .toSorted();
    for (const file of ['text.db', 'none.db', 'botswain.db'])
      expect(await restoreFrom(join(bench.folder, file), bench.folder)).toMatchObject({
        kind: 'failed',
        code: 'INPUT_INVALID_VALUE',
      });
    expect(
      readdirSync(bench.folder)
        .filter((name) => !/-(wal|shm)$/.test(name))
        .toSorted(),
    ).toEqual(before);
    const journal = await bench.reopen();
    expect(journal.restored).toBeUndefined();
  });
});
