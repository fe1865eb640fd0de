import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createClient, signIn } from '../fakes/console/client.ts';
import { describeWith } from '../rig/rig.ts';
import { mountTmpfs, type Tmpfs } from '../rig/tmpfs.ts';
import { FREELY, Scene } from './stage/scene.ts';

const ANA = 'U0ANA';
const MIB = 1024 * 1024;

describeWith(['tmpfs'], 'the disk under the journal is full', () => {
  let disk: Tmpfs;
  let scene: Scene;

  beforeAll(async () => {
    disk = await mountTmpfs(24 * MIB);
    scene = await Scene.open({
      components: async (yard) => ({
        app: await yard.program('app'),
        slow: await yard.program('slow', { clings: true }),
        web: await yard.program('web'),
      }),
      botswain: { policy: FREELY },
      environment: { BOTSWAIN_DATA: join(disk.folder, 'data') },
    });
    await scene.yard.start('slow');
  });
  afterAll(async () => {
    await scene?.close();
    await disk?.unmount();
  });

  const ballast = () => join(disk.folder, 'ballast');

  /** Fills the disk to its last block, and what Botswain keeps back for this day too. */
  async function fill(): Promise<void> {
    const file = await open(ballast(), 'a');
    await rm(join(disk.folder, 'data', 'reserve'), { force: true });
    for (let size = MIB; size >= 4_096; ) {
      const wrote = await file.write(Buffer.alloc(size, 1)).catch(() => undefined);
      if (wrote === undefined || wrote.bytesWritten < size) size /= 4;
    }
    await file.close();
  }
  const free = (): Promise<void> => rm(ballast());

  it('a line is refused in words and nothing runs; once there is space the same line works', async () => {
    await fill();
    const before = scene.slack.messages('C0OPS').length;
    for (const line of ['restart shop/app', 'lock shop/app --reason "no space"']) {
      const answer = await scene.asks(ANA, line);
      expect(answer).toMatch(/read-only, so nothing was recorded or done/);
      expect(answer).toMatch(/no space left[\s\S]*Free some? ?space[\s\S]*STORE_FULL/);
    }
    const status = await scene.asks(ANA, 'status shop');
    expect(status).toMatch(/slow — (?:running|stopped)[\s\S]*read-only, and this look is not recorded/);
    expect(await scene.asks(ANA, 'logs shop/slow')).toMatch(/read-only/);
    expect(await scene.asks('U0VERA', 'restart shop/app')).toMatch(/read-only|may not/);
    const console = createClient(new URL(scene.bot.signInLink('Ana')).origin);
    expect((await signIn(console, scene.bot.signInLink('Ana'))).status).not.toBe(200);
    expect(scene.yard.starts('app')).toBe(0);
    expect(scene.slack.messages('C0OPS')).toHaveLength(before);
    await free();
    const card = await scene.requests('restart shop/app');
    await scene.shows(card, /\*succeeded\*/);
    expect([card.id, scene.yard.starts('app')]).toEqual(['C-1', 1]);
  });

  it('what was running when it filled up is done once, and its end is written down when there is space', async () => {
    const card = await scene.requests('restart shop/slow shop/web');
    await expect.poll(() => scene.yard.asked('slow'), { timeout: 8_000 }).toBe(true);
    await scene.shows(card, /\*running\*/);
    await fill();
    await scene.yard.letGo('slow');
    await expect.poll(() => scene.yard.starts('slow'), { timeout: 8_000 }).toBe(2);
    expect(await scene.asks(ANA, 'show C-2')).toMatch(/running[\s\S]*read-only/);
    // The step's end cannot be kept, so the next step must not begin.
    expect(scene.yard.starts('web')).toBe(0);
    await free();
    expect(await scene.shows(card, /\*succeeded\*/, 20_000)).toMatch(/shop\/web@production: running/);
    expect([scene.yard.starts('slow'), scene.yard.starts('web')]).toEqual([2, 1]);
  });

  it('a full disk holds no stop up, and the next start goes on', async () => {
    await fill();
    expect(await scene.asks(ANA, 'restart shop/app')).toMatch(/STORE_FULL/);
    const startedAt = performance.now();
    await scene.bot.stop();
    expect(performance.now() - startedAt).toBeLessThan(8_000);
    await expect(scene.bot.start()).rejects.toThrow(/no space left/);
    await free();
    await scene.bot.start();
    const card = await scene.requests('restart shop/app');
    await scene.shows(card, /\*succeeded\*/);
    expect([card.id, scene.yard.starts('app')]).toEqual(['C-3', 2]);
  });

  it('the audit holds', async () => {
    const records = await scene.audit(join(disk.folder, 'data'));
    const started = records.filter(({ event }) => event === 'step started');
    expect(started.map(({ subject }) => subject)).toEqual(['C-1', 'C-2', 'C-2', 'C-3']);
  });
});
