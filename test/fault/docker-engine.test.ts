import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../rig/rig.ts';
import type { SystemdHost } from '../rig/systemd-host.ts';
import type { TinyContainer } from '../rig/tiny-container.ts';
import { type Card, FREELY, Scene, serviceOf } from '../story/stage/scene.ts';
import { EngineDoor } from './docker-door.ts';
import { BOX_COMMAND, boxEffects } from './kill-stage.ts';
import { judgeRun, rowOf, saidIn } from './oracle.ts';
import { reportFault } from './table.ts';

/** It does not listen to SIGTERM, so that a restart takes its `stop_seconds`; an engine that is stopped gives it a second. */
const STUBBORN = ['sh', '-c', 'trap : TERM; while :; do sleep 1; done'];

const PRESSED = { allow: ['operator'], approvals: 1, from: ['approver'] } as const;

describeWith(['engine', 'systemd-host'], 'the Docker engine goes away, or answers 500', (rig) => {
  let scene: Scene;
  let host: SystemdHost;
  let door: EngineDoor;
  let box: TinyContainer;
  let tries = 0;
  let since = 0;

  beforeAll(async () => {
    [host, box] = await Promise.all([
      rig.startSystemdHost(),
      rig.startTinyContainer({ command: BOX_COMMAND }),
    ]);
    const [program = '', ...rest] = STUBBORN;
    const kept = ['run', '-d', '--name', 'kept', '--restart', 'always', '--stop-timeout', '1'];
    kept.push('--entrypoint', program);
    await host.exec('docker', ...kept, 'karmabot:1.4.0', ...rest);
    const container = (name: string, stop_seconds: number): object => ({
      kind: 'container',
      container: name,
      stop_seconds,
    });
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app') }),
      targets: (yard) => {
        door = new EngineDoor(join(yard.folder, 'docker.sock'), rig.engineSocketPath);
        const { host: address, port, groupUser, privateKeyPath, hostKeyFingerprint } = host;
        const key = { file: privateKeyPath };
        return {
          production: {
            engine: { kind: 'docker', socket: door.path },
            server: { kind: 'ssh', host: address, port, user: groupUser, key, host_key: hostKeyFingerprint },
            inner: { kind: 'docker', via: 'server' },
          },
        };
      },
      services: async () => ({
        boat: serviceOf('boat', { box: container(box.name, 1) }, { target: 'engine' }),
        ship: serviceOf(
          'ship',
          { kept: container('kept', 6) },
          { target: 'inner', verify: { hold: '200ms', within: '10s' } },
        ),
      }),
      // What is done to the ship begins with a press, so that the test says what comes before what.
      botswain: { policy: [{ ...PRESSED, service: 'ship', verb: 'restart' }, ...FREELY] },
    });
    await door.open();
    since = Date.now();
  });
  afterAll(async () => {
    await scene?.close();
    await door?.close();
  });

  const stopEngine = (): Promise<string> => host.exec('systemctl', 'stop', 'docker', 'docker.socket');
  const eventsOf = (name: string): Promise<string> =>
    host.exec(
      'docker',
      'events',
      '--since',
      '20s',
      '--until',
      '0s',
      '--filter',
      `container=${name}`,
      '--format',
      '{{.Action}}',
    );
  /** Whatever went before: it may have been killed too often for systemd. */
  async function startEngine(): Promise<void> {
    await host.tryExec('systemctl', 'reset-failed', 'docker', 'docker.socket');
    await host.exec('systemctl', 'start', 'docker.socket', 'docker');
  }

  const asked = async (reason: string): Promise<Card> => {
    const card = await scene.requests(`restart ship/kept --reason "${reason}"`);
    await scene.shows(card, /awaiting approval/);
    return card;
  };

  it('an engine that answers 500 and did nothing: failed, in its words', async () => {
    door.manner = 'refuses';
    tries += 1;
    const before = await box.start();
    const card = await scene.requests('restart boat/box --reason "refuses"');
    expect(await scene.shows(card, /\*failed\*/)).toMatch(/the daemon is shutting down/);
    expect(await box.start()).toEqual(before);
    expect(door.restarts).toBe(0);
  });

  it('an engine that answers 500 and did it all the same: unknown, and found by its start', async () => {
    door.manner = 'lies';
    tries += 1;
    const before = await box.start();
    const card = await scene.requests('restart boat/box --reason "lies"');
    await scene.shows(card, /\*succeeded\*/, 20_000);
    door.manner = 'honest';
    expect((await box.start()).startedAt).not.toBe(before.startedAt);
    expect(door.restarts).toBe(1);
  });

  it('gone before the call: the change fails cleanly', async () => {
    tries += 1;
    const card = await asked('gone before');
    try {
      await stopEngine();
      await scene.presses('U0BEN', card, 'Approve');
      expect(await scene.shows(card, /\*failed\*/, 20_000)).toMatch(
        /Nothing was done: .*no Docker engine answers/,
      );
    } finally {
      await startEngine();
    }
  }, 60_000);

  it('killed in the middle of a restart: unknown; whether it was ours that started it again only a person can say', async () => {
    tries += 1;
    const before = await host.containerStartedAt('kept');
    const card = await asked('killed in the middle');
    try {
      await scene.presses('U0BEN', card, 'Approve');
      await expect.poll(() => eventsOf('kept'), { timeout: 15_000, interval: 200 }).toMatch(/^kill$/m);
      await host.exec('systemctl', 'kill', '-s', 'KILL', 'docker');
      expect(await scene.shows(card, /\*unknown\*/, 20_000)).toMatch(
        /may or may not have happened: .*connection was reset/,
      );
    } finally {
      await startEngine();
    }
    const asks = await scene.shows(card, /Somebody must look/, 45_000);
    expect(asks).toMatch(/started again at .*, but the engine knows of no restart command that did it/);
    expect(await host.containerStartedAt('kept')).not.toBe(before);
    await scene.presses('U0ANA', card, 'It happened');
    await scene.shows(card, /\*succeeded\*/, 20_000);
  }, 120_000);

  it('nothing happened twice, and everything was told', async () => {
    expect(tries).toBe(4);
    await scene.bot.stop();
    const verdict = await judgeRun({
      data: join(scene.bot.folder, 'data'),
      said: saidIn(scene.slack),
      // The ship was restarted by its engine as well, so a person had to say that it was: there it is counted by hand.
      effects: [
        ...(await boxEffects(box, 'boat/box@production', since)),
        { component: 'ship/kept@production' },
      ],
      accepted: ['refuses', 'lies', 'gone before', 'killed in the middle'],
    });
    reportFault(rowOf('#10 Docker engine gone, or answers 500', tries, verdict));
    expect(verdict.problems).toEqual([]);
    expect(verdict).toMatchObject({ unknown: 2, byReceipt: 1, byPerson: 1 });
  });
});
