import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { generateIdentity, identityToRecipient } from 'age-encryption';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { localKind } from '../../src/executors/local.ts';
import { describeWith } from '../rig/rig.ts';
import { type BackupDesk, type DeskSettings, openDesk } from './backup-desk.ts';
import { portsFor } from './executor-ports.ts';

const run = promisify(execFile);
const target = { name: 'here', environment: 'production', kind: 'local', settings: {} };
const executor = localKind.create(portsFor([target]));

const good = (outcome: { readonly kind: string }): void =>
  expect(outcome, JSON.stringify(outcome)).toMatchObject({ kind: 'succeeded' });

describeWith(['sqlite3'], 'kinds of backup on a machine', () => {
  let folder: string;
  let desk: BackupDesk | undefined;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinds-'));
  });
  afterEach(async () => {
    await desk?.close();
    desk = undefined;
    await rm(folder, { recursive: true, force: true });
  });
  const open = async (given: Pick<DeskSettings, 'kind' | 'settings'> & Partial<DeskSettings>) => {
    desk = await openDesk({ executor, target, ...given });
    return desk;
  };
  const read = (path: string): Promise<string> => readFile(join(folder, path), 'utf8');

  describe('files', () => {
    const files = async () => {
      await mkdir(join(folder, 'a b/inner'), { recursive: true });
      await writeFile(join(folder, 'a b/inner/x'), 'first', { mode: 0o640 });
      await writeFile(join(folder, 'a b/skip.log'), 'noise');
      await symlink('inner/x', join(folder, 'a b/link'));
      await writeFile(join(folder, 'single'), 'one');
      const paths = [join(folder, 'a b'), join(folder, 'single')];
      return open({ kind: 'files', settings: { paths, exclude: ['*.log'] } });
    };

    it('come back as they were, and what was there stays beside them', async () => {
      const on = await files();
      good(await on.backup());
      good(await on.verify('B-1'));
      await writeFile(join(folder, 'a b/inner/x'), 'spoilt');
      await rm(join(folder, 'single'));
      good(await on.restore('B-1'));
      expect([await read('a b/inner/x'), await read('a b/link'), await read('single')]).toEqual([
        'first',
        'first',
        'one',
      ]);
      expect(existsSync(join(folder, 'a b/skip.log'))).toBe(false);
      expect(await read('a b.before-c1/inner/x')).toBe('spoilt');
      expect((await run('stat', ['-c', '%a', join(folder, 'a b/inner/x')])).stdout.trim()).toBe('640');
    });

    it('are all swapped or none: where one cannot be, the others are put back', async () => {
      const on = await files();
      good(await on.backup());
      await writeFile(join(folder, 'a b/inner/x'), 'newer');
      await writeFile(join(folder, 'single.before-c1'), 'in the way');
      expect(await on.restore('B-1')).toMatchObject({
        kind: 'failed',
        message: expect.stringMatching(/"swap" of B-1/),
      });
      expect(await read('a b/inner/x')).toBe('newer');
    });

    it('that are not there give no backup', async () => {
      const on = await open({ kind: 'files', settings: { paths: [join(folder, 'missing')] } });
      expect(await on.backup()).toMatchObject({
        kind: 'failed',
        message: expect.stringMatching(/B-1 came to nothing: tar .*missing/),
      });
    });
  });

  describe('sqlite', () => {
    const sql = async (text: string, name = 'shop.db'): Promise<string> =>
      (await run('sqlite3', [join(folder, name), text])).stdout.trim();
    const database = async (more: Partial<DeskSettings> = {}) => {
      await sql('PRAGMA journal_mode=WAL; CREATE TABLE t (x); INSERT INTO t VALUES (1), (2);');
      return open({ kind: 'sqlite', settings: { path: join(folder, 'shop.db'), temp: folder }, ...more });
    };

    it('comes back whole while it is written, and leaves no copies on the host', async () => {
      const on = await database();
      good(await on.backup());
      good(await on.verify('B-1'));
      await sql('DELETE FROM t; INSERT INTO t VALUES (99);');
      good(await on.restore('B-1'));
      expect(await sql('SELECT group_concat(x) FROM t')).toBe('1,2');
      expect(await sql('SELECT group_concat(x) FROM t', 'shop.db.before-c1')).toBe('99');
      expect((await run('ls', ['-A', folder])).stdout).not.toMatch(/botswain-sqlite|restore-/);
    });

    it('comes back where the file is gone', async () => {
      const on = await database();
      good(await on.backup());
      await rm(join(folder, 'shop.db'));
      good(await on.restore('B-1'));
      expect(await sql('SELECT count(*) FROM t')).toBe('2');
    });

    it('a damaged one is found out when it is read back', async () => {
      const on = await database();
      await sql(
        'CREATE TABLE big AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) SELECT i, hex(randomblob(50)) h FROM n; CREATE INDEX by_h ON big(h); PRAGMA wal_checkpoint(TRUNCATE);',
      );
      const bytes = await readFile(join(folder, 'shop.db'));
      bytes.fill(0x41, 200_000, 204_096);
      await writeFile(join(folder, 'shop.db'), bytes);
      const taken = await on.backup();
      const looked = taken.kind === 'succeeded' ? await on.verify('B-1') : taken;
      expect(looked.kind).toBe('failed');
    });

    it('an encrypted one is restored with its identity, and not without', async () => {
      const identity = await generateIdentity();
      const more = { encryptTo: [await identityToRecipient(identity)], identity: { env: 'AGE' } };
      const on = await database({ more, secrets: { AGE: identity } });
      good(await on.backup());
      expect((await on.latest()).artifact).toMatch(/\.sqlite\.zst\.age$/);
      good(await on.verify('B-1'));
      await sql('DELETE FROM t');
      good(await on.restore('B-1'));
      expect(await sql('SELECT count(*) FROM t')).toBe('2');
    });

    it('an encrypted one whose identity only others have is read by its sums, and never restored', async () => {
      const more = { encryptTo: [await identityToRecipient(await generateIdentity())] };
      const on = await database({ more });
      good(await on.backup());
      good(await on.verify('B-1'));
      expect((await on.latest()).verified).toMatchObject({ good: true, depth: 'sums' });
      expect(await on.restore('B-1')).toMatchObject({ kind: 'failed', code: 'CONFIG_SECRET_MISSING' });
    });
  });

  describe('an artifact that somebody touched', () => {
    const taken = async () => {
      const on = await open({
        kind: 'command',
        settings: {
          dump: ['seq', '1', '200000'],
          verify: ['tail', '-n', '1'],
          restore: ['tee', join(folder, 'restored')],
          tool: ['true'],
        },
      });
      good(await on.backup());
      const { artifact } = await on.latest();
      return { on, artifact: join(on.storage, artifact), manifest: join(on.storage, `${artifact}.json`) };
    };
    const refused = async (on: BackupDesk, why: RegExp) => {
      expect(await on.verify('B-1')).toMatchObject({ kind: 'failed', message: expect.stringMatching(why) });
      expect(await on.restore('B-1')).toMatchObject({ kind: 'failed' });
    };

    it('cut', async () => {
      const { on, artifact } = await taken();
      await writeFile(artifact, (await readFile(artifact)).subarray(0, 5_000));
      await refused(on, /is not what was stored/);
    });

    it('one bit turned', async () => {
      const { on, artifact } = await taken();
      const bytes = await readFile(artifact);
      bytes[bytes.length - 3] = (bytes.at(-3) ?? 0) ^ 1;
      await writeFile(artifact, bytes);
      await refused(on, /is not what was stored/);
    });

    it('longer, which zstd alone would not notice', async () => {
      const { on, artifact } = await taken();
      await writeFile(artifact, Buffer.concat([await readFile(artifact), Buffer.from('more')]));
      await refused(on, /bytes \(stored\) and had/);
    });

    it('replaced together with its manifest: the journal knows better', async () => {
      const { on, artifact, manifest } = await taken();
      const other = await readFile(manifest, 'utf8');
      await writeFile(artifact, 'another');
      await writeFile(manifest, other.replace(/"sha256": "[0-9a-f]{64}"/, `"sha256": "${'0'.repeat(64)}"`));
      await refused(on, /other.* sums|sums in its manifest are others/);
    });

    it('a manifest of another service', async () => {
      const { on, manifest } = await taken();
      await writeFile(manifest, (await readFile(manifest, 'utf8')).replace('"karmabot"', '"katana"'));
      await refused(on, /speaks of service katana, not karmabot/);
    });

    it('a manifest that is none, or gone', async () => {
      const { on, manifest } = await taken();
      await writeFile(manifest, '{');
      await refused(on, /manifest cannot be read/);
      await rm(manifest);
      await refused(on, /not in the folder/);
    });

    it('gone', async () => {
      const { on, artifact } = await taken();
      await rm(artifact);
      await refused(on, /not in the folder/);
      expect(existsSync(join(folder, 'restored'))).toBe(false);
    });
  });

  it('says how far it is every few seconds, in bytes and their rate', async () => {
    const slow = 'for i in 1 2 3 4 5 6 7 8 9; do head -c 100000 /dev/zero; sleep 0.5; done';
    const on = await open({
      kind: 'command',
      settings: { dump: ['sh', '-c', slow], verify: ['cat'], tool: ['true'] },
    });
    good(await on.backup());
    expect(on.progress.length).toBeGreaterThanOrEqual(1);
    expect(on.progress.length).toBeLessThanOrEqual(3);
    expect(on.progress[0]).toMatch(/^B-1: \d+ KiB read, \d+ KiB\/s$/);
  });

  it('what a kill left is known by its receipt: with a manifest it happened, without one it did not', async () => {
    const on = await open({
      kind: 'command',
      settings: { dump: ['seq', '9'], verify: ['cat'], tool: ['true'] },
    });
    good(await on.backup());
    const whole = await on.latest();
    expect(await on.reconcile(whole.receipt)).toMatchObject({ kind: 'happened', result: { code: 0 } });
    await rm(join(on.storage, `${whole.artifact}.json`));
    expect(await on.reconcile(whole.receipt)).toEqual({ kind: 'did not happen' });
    expect(existsSync(join(on.storage, whole.artifact))).toBe(false);
    expect(await on.reconcile('never heard of')).toEqual({ kind: 'did not happen' });
  });
});
