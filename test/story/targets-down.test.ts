import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeWith } from '../rig/rig.ts';
import { type Sshd, startSshd } from '../rig/sshd.ts';
import { FREELY, hereIn, hostOf, Scene, serviceOf } from './stage/scene.ts';
import type { Yard } from './stage/yard.ts';

const ANA = 'U0ANA';

describeWith(['sshd'], 'targets that are down', (rig) => {
  let scene: Scene;
  let closed: Sshd;
  let rebuilt: Sshd;
  let hangs: Sshd;
  let hangsToo: Sshd;

  beforeAll(async () => {
    // Its key must outlive the others, which are stopped on the way.
    hangs = await rig.startSshd();
    const { loginKey } = hangs;
    [closed, rebuilt, hangsToo] = await Promise.all([
      rig.startSshd({ loginKey }),
      rig.startSshd({ loginKey }),
      rig.startSshd({ loginKey }),
    ]);
    scene = await Scene.open({
      components: async (yard) => ({ app: await yard.program('app') }),
      targets,
      services: async (yard) => ({
        gone: serviceOf('gone', { app: await yard.program('gone') }, { target: 'closed' }),
        moved: serviceOf('moved', { app: await yard.program('moved') }, { target: 'rebuilt' }),
        slow: serviceOf(
          'slow',
          { app: { ...(await yard.program('slow', { clings: true })), stop_seconds: 1 } },
          { target: 'hangs' },
        ),
        mute: serviceOf('mute', { app: await yard.program('mute') }, { target: 'hangs-too' }),
        boat: serviceOf('boat', { box: { kind: 'container', container: 'box' } }, { target: 'engine' }),
      }),
      // What is started there begins with a press.
      botswain: {
        policy: [
          { verb: 'start', service: 'mute', allow: ['operator'], approvals: 1, from: ['approver'] },
          ...FREELY,
        ],
      },
    });
    await scene.yard.start('slow');
  });
  afterAll(() => scene?.close());

  const targets = (yard: Yard, muteToo: object = {}) => ({
    production: {
      closed: hostOf(closed, yard),
      rebuilt: hostOf(rebuilt, yard),
      hangs: hostOf(hangs, yard),
      'hangs-too': { ...hostOf(hangsToo, yard), ...muteToo },
      engine: { kind: 'docker', socket: `${yard.folder}/no-docker.sock` },
    },
  });

  /** The private answer to a line, and how long it took. */
  async function timed(line: string): Promise<{ readonly text: string; readonly ms: number }> {
    const startedAt = performance.now();
    const text = await scene.asks(ANA, line);
    return { text, ms: performance.now() - startedAt };
  }

  it('nobody listens there: said within a second, with the address and what to do', async () => {
    await closed.stop();
    const { text, ms } = await timed('restart gone/app');
    expect(text).toMatch(
      /gone\/app@production: production\/closed \(127\.0\.0\.1:\d+\) could not be reached: .*(refused|closed)/,
    );
    expect(text).toMatch(/See that the host is up[\s\S]*TARGET_UNREACHABLE/);
    expect(ms).toBeLessThan(2_000);
  });

  it('another host answers in its place: refused before anything is sent to it', async () => {
    const { port, loginKey } = rebuilt;
    await rebuilt.stop();
    const impostor = await startSshd({ port, loginKey, config: ['LogLevel DEBUG'] });
    try {
      const { text } = await timed('restart moved/app');
      expect(text).toMatch(
        /showed another host key than the pinned one: seen ssh-ed25519 SHA256:\S+, pinned SHA256:\S+/,
      );
      expect(text).toMatch(
        /Nothing was sent to it[\s\S]*somebody may stand in between[\s\S]*TARGET_HOST_KEY_MISMATCH/,
      );
      expect(await impostor.log()).not.toMatch(/userauth-request|Accepted|Failed publickey/);
    } finally {
      await impostor.stop();
    }
    expect(scene.yard.starts('moved')).toBe(0);
  });

  it('no Docker engine is there: said so, nothing was done', async () => {
    const { text, ms } = await timed('restart boat/box');
    expect(text).toMatch(
      /boat\/box@production: the Docker engine of production\/engine cannot be reached: there is no such socket/,
    );
    expect(text).toMatch(/TARGET_UNREACHABLE/);
    expect(ms).toBeLessThan(2_000);
  });

  it('a host hangs in the middle of a change, another in the middle of a look', async () => {
    expect(await scene.asks(ANA, 'restart mute/app --dry-run')).toMatch(/Nothing has been done/);
    const card = await scene.requests('restart slow/app');
    await expect.poll(() => scene.yard.asked('slow'), { timeout: 8_000 }).toBe(true);
    hangs.freeze();
    hangsToo.freeze();
    await scene.types(ANA, 'restart mute/app');
    await scene.told(ANA, /Working on it/);
    const told = await scene.slack.expectEphemeral(ANA, /mute\/app@production: [\s\S]*TARGET_/, 20_000);
    expect(JSON.stringify(told.look)).toMatch(/TARGET_(TIMEOUT|UNREACHABLE|CONNECTION_LOST)/);

    const before = performance.now();
    await scene.types(ANA, 'status', 'C0INC');
    const status = await scene.slack.expectMessage({ channel: 'C0INC', match: /The fleet/ });
    expect(performance.now() - before).toBeLessThan(2_000);
    expect(JSON.stringify(status.look)).toMatch(
      /shop@production.*gone@production|gone@production.*shop@production/,
    );

    const unknown = await scene.shows(card, /\*unknown\*/, 45_000);
    expect(unknown).toMatch(/Step 1 of 1 .* may or may not have happened/);
    hangs.thaw();
    hangsToo.thaw();
    expect(await scene.shows(card, /\*succeeded\*/, 45_000)).toMatch(
      /Verified\. slow\/app@production: running/,
    );
    expect(scene.yard.starts('slow')).toBe(2);
  }, 120_000);

  it('a host key pinned anew after a change was planned voids it', async () => {
    const card = await scene.requests('start mute/app');
    await scene.shows(card, /awaiting approval/);
    await scene.bot.stop();
    const { production } = targets(scene.yard, {
      host_key: [hangsToo.hostKeyFingerprint, hangs.hostKeyFingerprint],
    });
    await scene.bot.write('targets.yaml', { production: { ...production, here: hereIn(scene.yard) } });
    await scene.bot.start();
    await scene.presses('U0BEN', card, 'Approve');
    expect(await scene.shows(card, /\*voided\*/)).toMatch(/Nothing was done: where it would run has changed/);
    expect(scene.yard.starts('mute')).toBe(0);
  });

  it('what was refused is in the audit, and no step was begun for it', async () => {
    const records = await scene.audit();
    const steps = records.filter(({ event }) => event.startsWith('step '));
    expect(steps.map(({ event }) => event)).toEqual([
      'step started',
      'step became unknown',
      'step reconciled',
    ]);
    const codes = records.filter(({ event }) => event === 'line refused').map(({ code }) => code);
    expect(codes).toEqual(expect.arrayContaining(['TARGET_UNREACHABLE', 'TARGET_HOST_KEY_MISMATCH']));
  });
});
