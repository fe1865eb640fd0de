import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SCHEMA_VERSION } from '../../../src/store/migrations/migrate.ts';
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
      const silence = { matchers: [], from: 0, until: 1, reason: 'x', person: 'ana' };
      const { id } = await journal.incidents.write((desk) => desk.addSilence(silence));
      seen.push(change.id, id);
    }
    expect(new Set(seen).size).toBe(4);
    expect(seen.every((id) => Number(id.slice(2)) > 1000)).toBe(true);
  });

  it('tells of itself until everybody was told, over restarts', async () => {
    await bench.journal.close();
    await restoreFrom(copy(), bench.folder);
    const first = await bench.reopen();
    const again = await bench.reopen();
    expect(again.restored).toEqual(first.restored);
    expect(again.restored?.isTold).toBe(false);
    await again.restoreTold();
    // What was typed before the restore stays as old as it is: only the telling is over.
    expect((await bench.reopen()).restored).toEqual({ ...first.restored, isTold: true });
    await bench.journal.close();
    await restoreFrom(copy(), bench.folder);
    expect((await bench.reopen()).restored?.isTold).toBe(false);
  });

  it('knows until when everything was heard: in a copy of its own, and in a file put there by hand', async () => {
    await bench.journal.time.noteHeard(1234);
    const own = join(bench.folder, 'own.db');
    const byHand = join(bench.folder, 'by-hand.db');
    await bench.journal.backUp(own);
    await bench.journal.close();
    copyFileSync(path(), byHand);
    const journal = await opened(bench.folder);
    await journal.time.noteHeard(5678);
    await journal.audit.append(entry('lock taken'));
    await journal.close();
    await restoreFrom(own, bench.folder);
    expect(await (await bench.reopen()).time.heard()).toBe(1234);
    await bench.journal.time.noteHeard(9999);
    await bench.journal.close();
    copyFileSync(byHand, path());
    const restored = await bench.reopen();
    expect(restored.restored).toBeDefined();
    expect(await restored.time.heard()).toBe(1234);
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

  it('does not alter what it keeps but for the mark, and tells where that is when it cannot go on', async () => {
    await bench.journal.changes.request(draft('later'), entry('change requested'));
    await bench.journal.close();
    const version = (file: string): unknown => {
      const database = new DatabaseSync(file, { readOnly: true });
      const row = database.prepare('select max(version) as version from schema_version').get();
      database.close();
      return row?.version;
    };
    const older = new DatabaseSync(path());
    older.exec(`delete from schema_version where version = ${SCHEMA_VERSION}`);
    older.close();
    const restored = await restoreFrom(copy(), bench.folder);
    if (restored.kind !== 'succeeded' || restored.value.keptAs === undefined) throw new Error('not kept');
    expect(version(restored.value.keptAs)).toBe(SCHEMA_VERSION - 1);
    rmSync(join(bench.folder, 'audit-head'));
    mkdirSync(join(bench.folder, 'audit-head'));
    const stuck = await restoreFrom(copy(), bench.folder);
    expect(stuck).toMatchObject({ kind: 'failed', code: 'STORE_UNAVAILABLE' });
    const kept = /what stood there is (\S+before-restore\S+) now/.exec(JSON.stringify(stuck))?.[1] ?? '';
    expect(version(kept)).toBe(SCHEMA_VERSION);
    rmdirSync(join(bench.folder, 'audit-head'));
    await bench.reopen();
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
