import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { docker } from '../rig/docker-cli.ts';
import { describeWith } from '../rig/rig.ts';
import type { SshTarget } from '../rig/ssh-client.ts';
import type { TinyContainer } from '../rig/tiny-container.ts';
import { FREELY, hostOf, Scene } from '../story/stage/scene.ts';
import { boxEffects } from './kill-stage.ts';
import { judgeRun, rowOf, saidIn } from './oracle.ts';
import type { Effect } from './oracle-effects.ts';
import { reportFault } from './table.ts';

/** Within so many milliseconds of SIGTERM the process must be gone, whatever hangs. */
const EXIT_MS = 30_000;

/** After SIGTERM it goes on until somebody makes `/gate`. */
const CLINGING_BOX = [
  '/bin/sh',
  '-c',
  `trap 'while [ ! -e /gate ]; do sleep 0.1; done; exit 0' TERM; echo "box: started"; while :; do sleep 1000 & wait $!; done`,
];

describeWith(['sshd', 'engine'], 'SIGTERM while steps run over SSH and the Docker engine', (rig) => {
  let sshd: SshTarget;
  let box: TinyContainer;
  let scene: Scene;
  let since = 0;

  beforeAll(async () => {
    sshd = await rig.startSshd();
    box = await rig.startTinyContainer({ command: CLINGING_BOX });
    scene = await Scene.open({
      components: async (yard) => ({
        slow: { ...(await yard.program('slow', { clings: true })), target: 'host' },
        other: { ...(await yard.program('other')), target: 'host' },
        box: { kind: 'container', container: box.name, target: 'engine', stop_seconds: 60 },
      }),
      targets: (yard) => ({
        production: {
          host: hostOf(sshd, yard),
          engine: { kind: 'docker', socket: rig.engineSocketPath },
        },
      }),
      botswain: { policy: FREELY },
    });
    await scene.yard.start('slow');
    await scene.yard.start('other');
    since = Date.now();
  });
  afterAll(() => scene?.close());

  const boxStopping = async (): Promise<boolean> =>
    (await docker('exec', box.name, 'ps')).includes('sleep 0.1');
  const openGate = (): Promise<unknown> => docker('exec', box.name, 'touch', '/gate');
  const closeGate = (): Promise<unknown> => docker('exec', box.name, 'rm', '-f', '/gate');

  it('what runs ends in time: it is verified and said before the process goes, and nothing new starts', async () => {
    const slow = await scene.requests('restart shop/slow --reason "drain slow"');
    const boxed = await scene.requests('restart shop/box --reason "drain box"');
    await expect.poll(() => scene.yard.asked('slow'), { timeout: 10_000 }).toBe(true);
    await expect.poll(boxStopping, { timeout: 10_000 }).toBe(true);
    const began = performance.now();
    const exit = scene.bot.stop();
    await expect.poll(() => scene.bot.printed).toContain('nothing new starts');
    const later = await scene.requests('restart shop/other --reason "drain other"');
    await scene.yard.letGo('slow');
    await openGate();
    expect(await exit).toBe(0);
    const took = performance.now() - began;
    expect(took).toBeLessThan(EXIT_MS);
    expect(await scene.shows(slow, /\*succeeded\*/)).toMatch(/shop\/slow@production: running/);
    await scene.shows(boxed, /\*succeeded\*/);
    expect(scene.yard.starts('other')).toBe(1);
    await scene.shows(later, /\*requested\*/);
    await scene.bot.start();
    await scene.shows(later, /\*succeeded\*/);
    expect([scene.yard.starts('slow'), scene.yard.starts('other')]).toEqual([2, 2]);
  }, 60_000);

  it('what hangs longer is left to its receipt and its engine: gone in 30 s, and the next boot says how it ended', async () => {
    await scene.yard.holdOn('slow');
    await closeGate();
    const slow = await scene.requests('restart shop/slow --reason "hang slow"');
    const boxed = await scene.requests('restart shop/box --reason "hang box"');
    await expect.poll(() => scene.yard.asked('slow'), { timeout: 10_000 }).toBe(true);
    await expect.poll(boxStopping, { timeout: 10_000 }).toBe(true);
    const began = performance.now();
    expect(await scene.bot.stop()).toBe(0);
    expect(performance.now() - began).toBeLessThan(EXIT_MS);
    expect(scene.yard.starts('slow')).toBe(2);
    await scene.bot.start();
    await scene.shows(slow, /\*unknown\*/);
    await scene.yard.letGo('slow');
    await openGate();
    expect(await scene.shows(slow, /\*succeeded\*/, 45_000)).toMatch(/shop\/slow@production: running/);
    await scene.shows(boxed, /\*(succeeded|not verified|failed)\*/, 60_000);
    expect(scene.yard.starts('slow')).toBe(3);
  }, 180_000);

  it('and the oracle agrees', async () => {
    await scene.bot.stop();
    const programs = ['slow', 'other'].flatMap((name): readonly Effect[] =>
      // Each was started once by the test itself.
      Array.from({ length: scene.yard.starts(name) - 1 }, () => ({ component: `shop/${name}@production` })),
    );
    const effects = [...programs, ...(await boxEffects(box, 'shop/box@production', since))];
    const accepted = ['drain slow', 'drain box', 'drain other', 'hang slow', 'hang box'];
    const data = join(scene.bot.folder, 'data');
    const verdict = await judgeRun({ data, said: saidIn(scene.slack), effects, accepted });
    reportFault(rowOf('SIGTERM while steps run, one of them hanging', 2, verdict));
    expect(verdict.problems).toEqual([]);
  });
});
