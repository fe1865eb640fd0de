import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Card, FREELY, Scene } from '../story/stage/scene.ts';
import type { Yard } from '../story/stage/yard.ts';
import { judgeRun, rowOf, saidIn } from './oracle.ts';
import type { Effect } from './oracle-effects.ts';
import { reportFault } from './table.ts';

const WAYS = {
  before: 'throws before',
  after: 'throws after',
  later: 'throws later',
  hangs: 'hangs',
  exits: 'exits',
  looks: 'cannot be looked at',
  asks: 'breaks when asked',
} as const;

type Name = keyof typeof WAYS;
const NAMES: readonly Name[] = ['before', 'after', 'later', 'hangs', 'exits', 'looks', 'asks'];

describe('parts that throw, hang, or end the process', () => {
  let scene: Scene;
  const accepted: string[] = [];

  const fileOf = (yard: Yard, name: Name): string => join(yard.folder, `${name}.effects`);
  const linesOf = (name: Name): readonly string[] => {
    const file = fileOf(scene.yard, name);
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  };
  const type = (name: Name): Promise<void> => {
    accepted.push(`broken ${name}`);
    return scene.types('U0ANA', `restart shop/${name} --reason "broken ${name}"`);
  };
  const request = async (name: Name): Promise<Card> => {
    await type(name);
    return scene.newCard();
  };
  /** A step of another change, on a sound target, is under way while the part breaks, and ends after it. */
  async function besides(work: () => Promise<void>): Promise<void> {
    await scene.yard.holdOn('sound');
    const starts = scene.yard.starts('sound');
    accepted.push(`sound ${starts}`);
    const sound = await scene.requests(`restart shop/sound --reason "sound ${starts}"`);
    await expect.poll(() => scene.yard.asked('sound'), { timeout: 10_000 }).toBe(true);
    await work();
    await scene.yard.letGo('sound');
    await scene.shows(sound, /\*succeeded\*/, 20_000);
    expect(scene.yard.starts('sound')).toBe(starts + 1);
  }

  beforeAll(async () => {
    const parts = pathToFileURL(join(import.meta.dirname, 'broken-parts.ts')).href;
    scene = await Scene.open({
      components: async (yard) => ({
        sound: await yard.program('sound', { clings: true }),
        ...Object.fromEntries(NAMES.map((name) => [name, { kind: 'brittle', target: name }])),
      }),
      targets: (yard) => ({
        production: Object.fromEntries(
          NAMES.map((name) => [name, { kind: 'broken', breaks: WAYS[name], file: fileOf(yard, name) }]),
        ),
      }),
      botswain: { policy: FREELY },
      environment: { NODE_OPTIONS: `--import ${parts}` },
    });
    await scene.yard.start('sound');
  });
  afterAll(() => scene?.close());

  it('an executor that throws leaves a step that its target is asked about', () =>
    besides(async () => {
      expect(await scene.shows(await request('before'), /\*failed\*/)).toMatch(/never reached the target/);
      expect(await scene.shows(await request('after'), /\*succeeded\*/)).toMatch(/running, start 1/);
      expect([linesOf('before').length, linesOf('after').length]).toEqual([0, 1]);
    }));

  it('one that hangs past its deadline is given up as unknown, and its target is asked', () =>
    besides(async () => {
      expect(await scene.shows(await request('hangs'), /\*succeeded\*/, 20_000)).toMatch(/running, start 1/);
      expect(linesOf('hangs')).toHaveLength(1);
    }));

  it('a look that throws ends in words', () =>
    besides(async () => {
      expect(await scene.shows(await request('looks'), /\*not verified\*/)).toMatch(/its log says what/);
      expect(linesOf('looks')).toHaveLength(1);
    }));

  it('one that cannot even be asked stays unknown in everybody’s sight, until a person settles it', () =>
    besides(async () => {
      const card = await request('asks');
      await scene.shows(card, /\*unknown\*/);
      expect(await scene.asks('U0ANA', 'restart shop/asks')).toMatch(/DENIED_LOCKED/);
      await scene.types('U0ANA', `settle ${card.id} happened`);
      // Not after the half minute in which it would have been asked the next time.
      await scene.shows(card, /\*succeeded\*/, 5000);
      expect(linesOf('asks')).toHaveLength(1);
    }));

  it('one that ends the process is found by the next boot, like all that was under way', () =>
    besides(async () => {
      await type('exits');
      await expect.poll(() => scene.bot.isRunning, { timeout: 10_000 }).toBe(false);
      await scene.boot();
      expect(await scene.shows(await scene.newCard(), /\*succeeded\*/)).toMatch(/running, start 1/);
      expect(linesOf('exits')).toHaveLength(1);
    }));

  it('one that throws where nobody waits ends the process in order, and the next boot goes on', async () => {
    await type('later');
    await expect.poll(() => scene.bot.isRunning, { timeout: 30_000 }).toBe(false);
    expect(scene.bot.printed).toContain('a bug: uncaught exception');
    await scene.boot();
    expect(await scene.shows(await scene.newCard(), /\*succeeded\*/)).toMatch(/running, start 1/);
    expect(linesOf('later')).toHaveLength(1);
  });

  it('and the oracle agrees', async () => {
    await scene.bot.stop();
    const effects = NAMES.flatMap((name): readonly Effect[] =>
      linesOf(name).map((line) => ({ component: `shop/${name}@production`, at: Number(line.split(' ')[1]) })),
    );
    const sound = Array.from({ length: scene.yard.starts('sound') - 1 }, () => ({
      component: 'shop/sound@production',
    }));
    const verdict = await judgeRun({
      data: join(scene.bot.folder, 'data'),
      said: saidIn(scene.slack),
      effects: [...effects, ...sound],
      accepted,
    });
    reportFault(rowOf('#20 parts that throw, hang or exit', NAMES.length, verdict));
    expect(verdict.problems).toEqual([]);
    expect(verdict.byReceipt + verdict.byPerson).toBe(verdict.unknown);
  });
});
