import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { Executor } from '../../src/executors/executor.ts';
import { createSsh } from '../../src/executors/ssh/ssh.ts';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import { type BackupDesk, type DeskSettings, openDesk } from './backup-desk.ts';
import { portsFor } from './executor-ports.ts';
import { quickTimes, sshTarget } from './executor-ssh-target.ts';

const good = (outcome: { readonly kind: string }): void =>
  expect(outcome, JSON.stringify(outcome)).toMatchObject({ kind: 'succeeded' });

describeWith(['systemd-host'], 'backups of a Debian host', (rig) => {
  let host: SystemdHost;
  let executor: Executor;
  let desk: BackupDesk;
  let on: Pick<DeskSettings, 'executor' | 'target'>;
  const asPostgres = (...argv: readonly string[]) => host.exec('runuser', '-u', 'postgres', '--', ...argv);
  const sql = async (text: string, database = 'shop'): Promise<string> =>
    (await asPostgres('psql', '-X', '-At', '-d', database, '-c', text)).trim();
  beforeAll(async () => {
    host = await rig.startSystemdHost();
    const target = sshTarget(host);
    executor = createSsh(portsFor([target]), quickTimes);
    on = { executor, target };
    await host.exec('systemctl', 'start', 'postgresql', 'redis-server');
    await asPostgres('createuser', 'seller');
    await asPostgres('createdb', '-O', 'seller', 'shop');
    await sql('CREATE TABLE orders (id int primary key, what text); ALTER TABLE orders OWNER TO seller');
    await sql("INSERT INTO orders SELECT n, 'order ' || n FROM generate_series(1, 20000) n");
  });
  afterEach(() => desk?.close());
  afterAll(() => executor?.close());
  const postgres = { kind: 'postgres', settings: { database: 'shop', user: 'postgres' } };

  it('PostgreSQL: a lost table comes back, with its owner, and what was there stays beside it', async () => {
    desk = await openDesk({ ...on, ...postgres });
    good(await desk.backup());
    good(await desk.verify('B-1'));
    await sql('DELETE FROM orders WHERE id > 5');
    const restored = await desk.restore('B-1');
    good(restored);
    expect(restored.kind === 'succeeded' && restored.value.stdout).toMatch(/tables: 1, rows: about 20000/);
    expect(await sql('SELECT count(*) FROM orders')).toBe('20000');
    expect(await sql('SELECT count(*) FROM orders', 'shop_before_c1')).toBe('5');
    expect(await sql("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'shop'")).toBe(
      'seller',
    );
    expect(await sql("SELECT tableowner FROM pg_tables WHERE tablename = 'orders'")).toBe('seller');
    await asPostgres('dropdb', 'shop_before_c1');
  });

  it('PostgreSQL: also when the whole database is gone, and with somebody still connected', async () => {
    desk = await openDesk({ ...on, ...postgres });
    good(await desk.backup());
    await asPostgres('dropdb', 'shop');
    good(await desk.restore('B-1'));
    expect(await sql('SELECT count(*) FROM orders')).toBe('20000');
    await sql('ALTER DATABASE shop OWNER TO seller', 'postgres');
    const sleeper = asPostgres('psql', '-d', 'shop', '-c', 'SELECT pg_sleep(60)').catch(() => 'ended');
    const others = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'shop'";
    await expect.poll(() => sql(others, 'postgres'), { timeout: 10_000 }).toBe('1');
    good(await desk.restore('B-1'));
    expect(await sleeper).toBe('ended');
    await asPostgres('dropdb', 'shop_before_c1');
  });

  it('PostgreSQL: half a dump is found out by reading it, and touches nothing', async () => {
    desk = await openDesk({ ...on, ...postgres, more: { compress: false } });
    good(await desk.backup());
    const { artifact, bytes = 0 } = await desk.latest();
    await truncate(join(desk.storage, artifact), Math.floor(bytes / 2));
    expect(await desk.verify('B-1')).toMatchObject({
      kind: 'failed',
      code: 'TARGET_NOT_VERIFIED',
      message: expect.stringMatching(/B-1 is not what was stored: it has \d+ bytes/),
    });
    expect(await desk.restore('B-1')).toMatchObject({
      kind: 'failed',
      message: expect.stringMatching(/still in its place/),
    });
    expect(await sql('SELECT count(*) FROM orders')).toBe('20000');
    await asPostgres('dropdb', 'shop_restore_c1');
  });

  it('PostgreSQL: a database that is not there gives no backup, in words', async () => {
    desk = await openDesk({ ...on, kind: 'postgres', settings: { database: 'nothing', user: 'postgres' } });
    expect(await desk.backup()).toMatchObject({
      kind: 'failed',
      code: 'TARGET_COMMAND_FAILED',
      message: expect.stringMatching(/B-1 came to nothing: pg_dump .*"nothing" does not exist/),
    });
    expect(await desk.latest()).toMatchObject({ state: 'failed' });
  });

  it('what sudo does not allow is said with the line that would', async () => {
    desk = await openDesk({ ...on, kind: 'files', settings: { paths: ['/etc/ssl/private'], sudo: true } });
    expect(await desk.backup()).toMatchObject({ kind: 'failed', code: 'TARGET_SUDO_DENIED' });
  });

  it('Redis: the copy is whole, and what is no copy is found out', async () => {
    await host.exec('redis-cli', 'set', 'greeting', 'hello');
    desk = await openDesk({ ...on, kind: 'redis', settings: { file: '/var/lib/redis/dump.rdb' } });
    good(await desk.backup());
    good(await desk.verify('B-1'));
    await writeFile(join(desk.storage, (await desk.latest()).artifact), 'nothing of the kind');
    expect(await desk.verify('B-1')).toMatchObject({ kind: 'failed', code: 'TARGET_NOT_VERIFIED' });
    // A Redis without disk waits 5 s for more replicas before it sends a copy.
  }, 60_000);
});
