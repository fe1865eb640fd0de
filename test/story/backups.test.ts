import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { describeWith } from '../rig/rig.ts';
import { manifestIn, openShop, type Shop, sql } from './stage/backup-stage.ts';

const ANA = 'U0ANA';
const BEN = 'U0BEN';
const CLEO = 'U0CLEO';

describeWith(['sshd', 'sqlite3'], 'backups of a shop on a host', (rig) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(await rig.startSshd());
  });
  afterAll(() => shop?.close());

  it('takes all of them, one after the other, each read back whole', async () => {
    await sql(shop.database, "INSERT INTO orders (what) VALUES ('bread'), ('cake')");
    const card = await shop.scene.requests('backup bakery');
    const text = await shop.scene.shows(card, /succeeded|failed|unknown/, 30_000);
    expect(text).toMatch(/succeeded/);
    const stored = await shop.stored();
    expect(stored).toHaveLength(4);
    const manifest = await manifestIn(shop, stored.find((name) => /database.*json$/.test(name)) ?? '');
    expect(manifest).toMatchObject({ id: 'B-1', service: 'bakery', compression: 'zstd', change: card.id });
  });

  it('brings a lost database back, with two approvals, the service stopped meanwhile', async () => {
    await sql(shop.database, 'DELETE FROM orders');
    const starts = shop.scene.yard.starts('app');
    const card = await shop.scene.requests('restore bakery B-1 --reason "somebody emptied it"');
    const open = await shop.scene.shows(card, /awaiting approval/);
    expect(open).toMatch(/Lost with it: .*shop\.db.*B-1, taken/);
    await shop.scene.presses(BEN, card, 'Approve');
    await shop.scene.told(BEN, /1 more needed/);
    expect(await sql(shop.database, 'SELECT count(*) FROM orders')).toBe('0');
    await shop.scene.presses(CLEO, card, 'Approve');
    const text = await shop.scene.shows(card, /succeeded|failed|unknown|voided|not verified/, 40_000);
    expect(text).toMatch(/succeeded/);
    expect(await sql(shop.database, 'SELECT group_concat(what) FROM orders')).toBe('bread,cake');
    expect(shop.scene.yard.starts('app')).toBe(starts + 1);
    expect(
      await sql(
        `${shop.database}.before-${card.id.toLowerCase().replace('-', '')}`,
        'SELECT count(*) FROM orders',
      ),
    ).toBe('0');
  });

  it('lists them with what may be relied on, and keeps one that is held', async () => {
    expect(await shop.scene.asks(ANA, 'backups bakery')).toMatch(/B-2[\s\S]*yes, [\s\S]*everything is kept/);
    await shop.scene.types(ANA, 'hold B-2');
    await shop.scene.slack.until(() =>
      shop.scene.slack.messages('C0OPS').find(({ look }) => /Ana keeps B-2/.test(readable(look))),
    );
    expect(await shop.scene.asks(ANA, 'hold B-77')).toMatch(/there is no B-77/i);
  });

  it('refuses in words what cannot be restored, before anybody is asked', async () => {
    const refused = async (line: string, why: RegExp) =>
      expect(await shop.scene.asks(ANA, `${line} --reason "a test"`)).toMatch(why);
    await refused('restore bakery B-99', /there is no B-99/i);
    await refused('restore shop B-1', /B-1 is of bakery@production, not of shop@production/);
    await refused('restore bakery files', /which backup files is not said/i);
    await refused(
      'restore bakery files --as-of "2020-01-01 00:00"',
      /no good backup files of bakery from before/,
    );
    await refused('restore bakery nonsense --as-of yesterday', /neither an id nor a backup/);
    const [artifact] = (await shop.stored()).filter((name) => /files.*tar\.zst$/.test(name));
    const path = join(shop.storage, artifact ?? '');
    const whole = await readFile(path);
    await truncate(path, whole.length - 1);
    await refused('restore bakery B-2', /artifact of B-2 has \d+ bytes and had/);
    await rm(path);
    await refused('restore bakery B-2', /artifact of B-2 is not in main any more/);
    await writeFile(path, whole);
  });

  it('restores the newest one taken by then, of files', async () => {
    await writeFile(join(shop.files, 'inner', 'a b.txt'), 'spoilt');
    const card = await shop.scene.requests(
      'restore bakery files --as-of "1s ago" --no-backup --reason "spoilt"',
    );
    expect(await shop.scene.shows(card, /awaiting approval/)).toMatch(/NOT backed up first/);
    await shop.scene.presses(BEN, card, 'Approve');
    await shop.scene.presses(CLEO, card, 'Approve');
    const text = await shop.scene.shows(card, /succeeded|failed|unknown|voided|not verified/, 60_000);
    expect(text).toMatch(/succeeded/);
    expect(await readFile(join(shop.files, 'inner', 'a b.txt'), 'utf8')).toBe('first');
  });
});
