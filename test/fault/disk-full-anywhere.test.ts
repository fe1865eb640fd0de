import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { describeWith } from '../rig/rig.ts';
import { mountTmpfs, type Tmpfs } from '../rig/tmpfs.ts';
import { FREELY, Scene } from '../story/stage/scene.ts';
import { ballastOf, fillDisk, freeDisk } from './disk-fill.ts';
import { judgeRun, rowOf, saidIn } from './oracle.ts';
import { reportFault } from './table.ts';

const ANA = 'U0ANA';
const MIB = 1024 * 1024;
const ROUNDS = process.env.BOTSWAIN_FAULT_LONG === '1' ? 150 : 4;
/** A restart takes about this long here from the line to its end; the disk fills up anywhere in it. */
const SPREAD_MS = 900;
const ENDED = /\*(succeeded|failed|not verified|voided|expired|cancelled)\*/;

describeWith(['tmpfs'], `the disk fills up ${ROUNDS} times anywhere in a restart, and is freed again`, () => {
  let disk: Tmpfs;
  let scene: Scene;
  const data = (): string => join(disk.folder, 'data');
  const accepted: string[] = [];

  beforeAll(async () => {
    disk = await mountTmpfs(24 * MIB);
    scene = await Scene.open({
      components: async (yard) => ({
        app: await yard.program('app'),
        slow: await yard.program('slow', { clings: true }),
      }),
      botswain: { policy: FREELY },
      environment: { BOTSWAIN_DATA: data() },
    });
    await scene.yard.start('slow');
  });
  afterAll(async () => {
    await scene?.close();
    await disk?.unmount();
  });

  const fill = (sparesReserve: boolean): Promise<void> =>
    fillDisk(disk.folder, sparesReserve ? undefined : join(data(), 'reserve'));
  const free = (): Promise<void> => freeDisk(disk.folder);

  const readiness = async (): Promise<number> => (await fetch(`${scene.publicUrl}/readyz`)).status;
  const cardOf = (mark: string): string | undefined =>
    saidIn(scene.slack).find((text) => text.includes(mark) && /C-\d+ · plan/.test(text));
  const refusals = (): number =>
    scene.slack.ephemerals(ANA).filter(({ look }) => readable(look).includes('STORE_FULL')).length;

  async function oneRound(round: number): Promise<void> {
    const mark = `round ${round}.`;
    const before = refusals();
    const typed = scene.slack.command({
      user: ANA,
      channel: 'C0OPS',
      text: `restart shop/app --reason "${mark}"`,
    });
    await pause(Math.random() * SPREAD_MS);
    await fill(round % 2 === 0);
    const ack = await typed;
    await pause(200 + Math.random() * 800);
    const starts = scene.yard.starts('app');
    await free();
    const outcome = await scene.slack.until(
      () => (ENDED.test(cardOf(mark) ?? '') ? 'ended' : refusals() > before ? 'refused' : undefined),
      30_000,
    );
    // Whoever is told that nothing was recorded types it again; whoever is not has it in the journal.
    if (ack.acked && outcome === 'ended') accepted.push(mark);
    if (outcome === 'refused')
      await scene.slack.until(
        () => cardOf(mark) === undefined || ENDED.test(cardOf(mark) ?? '') || undefined,
        30_000,
      );
    expect(scene.yard.starts('app') - starts).toBeLessThanOrEqual(1);
  }

  it('nothing happens that is not begun in the journal, and it goes on without a restart', async () => {
    for (let round = 1; round <= ROUNDS; round += 1) await oneRound(round);
    await fill(false);
    await expect.poll(readiness, { timeout: 10_000 }).toBe(503);
    await free();
    await expect.poll(readiness, { timeout: 10_000 }).toBe(200);
    const card = await scene
      .requests('restart shop/app --reason "the last"')
      .catch(async () => scene.newCard());
    expect(card.id).toMatch(/^C-/);
    await expect.poll(() => cardOf('the last'), { timeout: 15_000 }).toMatch(ENDED);
  }, 900_000);

  it('a disk that takes nothing at all: what ran is told of after a while past the outbox, recorded and told when it is over', async () => {
    const card = await scene.requests('restart shop/slow').catch(() => scene.newCard());
    await expect.poll(() => scene.yard.asked('slow'), { timeout: 15_000 }).toBe(true);
    const limit = (bytes: string): void => {
      execFileSync('prlimit', [`--pid=${scene.bot.pid}`, `--fsize=${bytes}`]);
    };
    // No file may grow beyond its first byte: every write of the journal is an error of the disk, and none of a full one.
    limit('1:');
    await scene.yard.letGo('slow');
    await expect.poll(() => scene.yard.starts('slow'), { timeout: 8000 }).toBe(2);
    await scene.slack.expectMessage({
      channel: 'C0OPS',
      match: /cannot write its journal[\s\S]*Nothing new starts/,
      withinMs: 40_000,
    });
    expect(scene.bot.printed).toMatch(/the journal cannot be written; what has begun waits/);
    expect(await readiness()).toBe(503);
    limit('unlimited:');
    await scene.slack.expectMessage({
      channel: 'C0OPS',
      match: /can write its journal again/,
      withinMs: 15_000,
    });
    await scene.slack.until(
      () => saidIn(scene.slack).find((text) => text.includes(`${card.id} ·`) && ENDED.test(text)),
      20_000,
    );
    expect(saidIn(scene.slack).filter((text) => text.includes('cannot write its journal'))).toHaveLength(1);
    expect(scene.yard.starts('slow')).toBe(2);
  }, 120_000);

  it('no effect without its beginning, none twice, none untold; the audit holds', async () => {
    await scene.bot.stop();
    expect(existsSync(ballastOf(disk.folder))).toBe(false);
    const effects = [
      ...Array.from({ length: scene.yard.starts('app') }, () => ({ component: 'shop/app@production' })),
      { component: 'shop/slow@production' },
    ];
    const verdict = await judgeRun({ data: data(), said: saidIn(scene.slack), effects, accepted });
    reportFault(rowOf('#11 disk full, then freed', ROUNDS + 2, verdict));
    console.log(
      `#11: ${JSON.stringify(verdict.states)}, ${accepted.length} of ${ROUNDS} lines taken, ${scene.yard.starts('app')} starts`,
    );
    expect(verdict.problems).toEqual([]);
    const records = await scene.audit(data());
    const begun = records.filter(({ event, subject }) => event === 'step started' && subject !== undefined);
    expect(scene.yard.starts('app') + 1).toBeLessThanOrEqual(begun.length);
  });
});
