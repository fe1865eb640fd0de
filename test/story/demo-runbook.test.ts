import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { describeWith } from '../rig/rig.ts';
import { type DemoCard, DemoDesk } from './stage/demo-desk.ts';

const ENDED = /^(succeeded|failed|not verified|unknown|voided)\b/;

describeWith(['git'], 'a runbook in the demo, from its two sign-in links', () => {
  let desk: DemoDesk;

  vi.setConfig({ testTimeout: 120_000 });
  beforeAll(async () => {
    desk = await DemoDesk.open();
  }, 90_000);
  afterAll(async () => {
    await desk?.bot.remove();
  }, 60_000);

  const onDisk = (name: string): Promise<string> =>
    readFile(join(desk.bot.folder, 'data/demo/production', name), 'utf8').catch(() => '');

  const points = async (): Promise<number> => {
    const all = (await onDisk('karmabot-server/karma/points.txt')).matchAll(/ (\d+)\n/g);
    return [...all].reduce((sum, [, one]) => sum + Number(one), 0);
  };

  const approved = async (line: string): Promise<DemoCard> => {
    const card = await desk.types('olga', line, /^awaiting approval/);
    await card.press('adam', 'Approve');
    return card;
  };

  it('shows who has how much karma', async () => {
    const answer = await desk.types('olga', 'run karmabot@production karma', /karma of karmabot/);
    const text = await answer.reads(/Cem/);
    expect(text.match(/\b(Ana|Ben|Cem) \d+/g)).toHaveLength(3);
  });

  it('brings back what was lost', async () => {
    const before = await points();
    const backup = await desk.types('olga', 'backup karmabot@production', /C-\d+/);
    await backup.reads(/^succeeded/);
    const all = await desk.types('olga', 'backups karmabot@production', /B-1/);
    await all.reads(/karma/);

    const loss = await approved('run karmabot@production lose-karma --reason "a drill"');
    expect(await loss.reads(ENDED)).toMatch(/succeeded/);
    expect(await points()).toBeLessThan(before);

    const restore = await approved('restore karmabot@production B-1 --reason "a drill"');
    expect(await restore.reads(ENDED)).toMatch(/succeeded/);
    expect(await points()).toBeGreaterThanOrEqual(before);
  });

  it('asks before it counts twice, and takes it back', async () => {
    const card = await approved('run karmabot@production double-karma');
    await card.reads(/counts twice\. Go on\?/);
    await card.press('olga', 'Go on');
    await card.reads(/^succeeded/);
    const undo = await approved('run karmabot@production double-karma --undo');
    expect(await undo.reads(ENDED)).toMatch(/^succeeded[\s\S]*take back: count twice/);
  });

  it('deploys a good version, then a bad one, and rolls back', async () => {
    expect(await onDisk('katana-server/RELEASE')).toMatch(/^2\.1\.3\n/);
    const good = await approved('deploy katana-bot@production v2.2.0');
    expect(await good.reads(ENDED)).toMatch(/succeeded/);
    expect(await onDisk('katana-server/bot.log')).toMatch(/bot 2\.2\.0 listens/);

    const bad = await approved('deploy katana-bot@production v2.3.0');
    expect(await bad.reads(ENDED)).toMatch(/not verified/);
    await bad.press('olga', 'Roll back');
    const back = await desk.newest('olga', /^awaiting approval\nRoll[\s\S]*katana-bot/);
    await back.press('adam', 'Approve');
    expect(await back.reads(ENDED)).toMatch(/succeeded/);
    expect(await onDisk('katana-server/RELEASE')).toMatch(/^2\.2\.0\n/);
  });

  it('keeps the version and the backups when it is started again', async () => {
    await desk.bot.stop();
    await desk.start();
    expect(desk.bot.printed).not.toMatch(/cannot be deployed|not every bot answers/);
    const all = await desk.types('olga', 'backups karmabot@production', /B-1/);
    await all.reads(/karma/);
    const releases = await desk.types('olga', 'releases katana-bot@production', /Releases|releases/);
    expect(await releases.reads(/2\.3\.0/)).toMatch(/Runs now\n[0-9a-f]{7} "2\.2\.0: remember/);
  });
});
