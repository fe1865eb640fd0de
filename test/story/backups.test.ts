import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../rig/rig.ts';
import { manifestIn, openShop, type Shop, sql } from './stage/backup-stage.ts';

const BEN = 'U0BEN';
const CLEO = 'U0CLEO';

describeWith(['sshd'], 'backups of a shop on a host', (rig) => {
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
});
