import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWith } from '../rig/rig.ts';
import type { Sshd } from '../rig/sshd.ts';
import { mountTmpfs, type Tmpfs } from '../rig/tmpfs.ts';
import { openShop, type Shop, sql } from './stage/backup-stage.ts';
import { type SlowDump, slowDump } from './stage/slow-dump.ts';

const ANA = 'U0ANA';
const ENDED = /succeeded|failed|unknown|voided|not verified/;

describeWith(['sshd', 'sqlite3'], 'a backup that breaks halfway', (rig) => {
  let sshd: Sshd;
  let shop: Shop;
  let dump: SlowDump;
  let folder: string;
  beforeAll(async () => {
    sshd = await rig.startSshd();
    folder = await mkdtemp(join(tmpdir(), 'slow-dump-'));
    dump = slowDump(folder);
    shop = await openShop(sshd, {
      backups: () => ({ slow: { ...dump.settings, component: 'app', storage: 'main', keep: { last: 5 } } }),
    });
  });
  afterAll(async () => {
    await shop?.close();
    await rm(folder, { recursive: true, force: true });
  });
  const begin = async () => {
    const card = await shop.scene.requests('backup bakery slow');
    await vi.waitUntil(() => existsSync(dump.witness), { timeout: 30_000 });
    return card;
  };

  it('the dump fails: nothing is left, the card says why', async () => {
    const card = await begin();
    await dump.letGo(7);
    const text = await shop.scene.shows(card, ENDED, 30_000);
    expect(text).toMatch(/failed/);
    expect(text).toMatch(/B-1 came to nothing: sh on .* ended with code 7/);
    expect(await shop.stored()).toEqual([]);
  });

  it('a second one of the same is told who is at it, and the first goes on', async () => {
    const card = await begin();
    expect(await shop.scene.asks(ANA, 'backup bakery slow')).toMatch(new RegExp(`locked by ${card.id}`));
    await dump.letGo(0);
    expect(await shop.scene.shows(card, ENDED, 30_000)).toMatch(/succeeded/);
    expect((await shop.stored()).filter((name) => name.endsWith('.json'))).toHaveLength(1);
  });

  it('the connection is cut: nothing of it is left, the card says so, and the next one works', async () => {
    const before = await shop.stored();
    const card = await begin();
    sshd.cutConnections();
    expect(await shop.scene.shows(card, ENDED, 30_000)).toMatch(/was cut before/);
    expect(await shop.stored()).toEqual(before);
    await rm(dump.witness, { force: true });
    const again = await begin();
    await dump.letGo(0);
    expect(await shop.scene.shows(again, ENDED, 30_000)).toMatch(/succeeded/);
  });

  it('kill -9 of Botswain: the next one finds half a dump, sweeps it and says that it did not happen', async () => {
    const before = await shop.stored();
    const card = await begin();
    await vi.waitUntil(async () => (await shop.stored()).some((name) => name.endsWith('.partial')));
    await shop.scene.bot.kill();
    expect((await shop.stored()).filter((name) => name.endsWith('.partial'))).toHaveLength(1);
    await shop.scene.boot();
    expect(await shop.scene.shows(card, /\*failed\*/, 60_000)).toMatch(/failed/);
    expect(await shop.stored()).toEqual(before);
    expect(await shop.scene.asks(ANA, 'backups bakery')).toMatch(
      /LAST RUN of slow FAILED .*Botswain ended before it was whole/,
    );
    await rm(dump.witness, { force: true });
    const again = await begin();
    await dump.letGo(0);
    expect(await shop.scene.shows(again, ENDED, 30_000)).toMatch(/succeeded/);
    expect(await shop.scene.asks(ANA, 'backups bakery')).not.toMatch(/FAILED/);
  });
});

describeWith(['sshd', 'tmpfs', 'sqlite3'], 'a storage that fills up', (rig) => {
  let disk: Tmpfs;
  let shop: Shop;
  beforeAll(async () => {
    disk = await mountTmpfs(300_000);
    shop = await openShop(await rig.startSshd(), {
      storage: disk.folder,
      backups: ({ database }) => ({
        database: {
          kind: 'sqlite',
          component: 'app',
          path: database,
          temp: '/tmp',
          storage: 'main',
          compress: false,
        },
      }),
    });
    await sql(shop.database, 'CREATE TABLE big (x); INSERT INTO big VALUES (randomblob(600000));');
  });
  afterAll(async () => {
    await shop?.close();
    await disk?.unmount();
  });

  it('says that the disk is full, leaves nothing, and works again with room', async () => {
    const card = await shop.scene.requests('backup bakery');
    expect(await shop.scene.shows(card, ENDED, 30_000)).toMatch(/came to nothing: .*the disk is full/);
    expect(await shop.stored()).toEqual([]);
    expect(await shop.scene.asks(ANA, 'backups bakery')).toMatch(/NO backup of database[\s\S]*FAILED/);
    await disk.resize(4_000_000);
    const again = await shop.scene.requests('backup bakery');
    expect(await shop.scene.shows(again, ENDED, 30_000)).toMatch(/succeeded/);
    expect(await shop.stored()).toHaveLength(2);
  });
});
