import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readable } from '../fakes/slack/content.ts';
import { FREELY, Scene, serviceOf } from './stage/scene.ts';

const ANA = 'U0ANA';
const OPS = 'C0OPS';
const TOKEN = 'a-token-of-the-nightly-round';

describe('how bots stand: what they say themselves, since when, and on which host', () => {
  let scene: Scene;
  const call = async (path: string, init: RequestInit = {}): Promise<number> =>
    (
      await fetch(`${scene.publicUrl}/heartbeats/${path}`, {
        ...init,
        headers: { authorization: `Bearer ${TOKEN}` },
      })
    ).status;
  /** Types a line and returns what the channel is told then. */
  async function asks(text: string): Promise<string> {
    const known = new Set(scene.slack.messages(OPS).map(({ ts }) => ts));
    await scene.types(ANA, text);
    const answer = await scene.slack.until(
      () =>
        scene.slack
          .messages(OPS)
          .find(({ ts, look }) => !known.has(ts) && !/Working on it/.test(readable(look))),
      20_000,
    );
    return readable(answer.look);
  }
  beforeAll(async () => {
    scene = await Scene.open({
      components: async (yard) => {
        const app = await yard.program('app');
        await yard.start('app');
        return { app };
      },
      services: async (yard) => ({
        round: serviceOf(
          'round',
          { walker: await yard.program('walker') },
          {
            checks: {
              nightly: {
                kind: 'heartbeat',
                name: 'nightly',
                token: { env: 'NIGHTLY_TOKEN' },
                within: '1h',
                every: '1h',
                failures: 1,
                recoveries: 1,
              },
            },
          },
        ),
      }),
      botswain: { policy: FREELY },
      environment: { NIGHTLY_TOKEN: TOKEN },
    });
  });
  afterAll(() => scene?.close());

  it('hears a program that calls, and nobody without the token', async () => {
    expect((await fetch(`${scene.publicUrl}/heartbeats/nightly`)).status).toBe(401);
    expect(await asks('check round')).toMatch(/nightly.*never heard of/s);
    expect(await call('nightly')).toBe(200);
    expect(await asks('check round')).toMatch(/nightly: last heard of \d+(ms|s|\.\ds)? ?\w* ago/);
  });

  it('shows what it says went wrong, without a secret, and remembers it over kill -9', async () => {
    expect(await call('nightly/fail', { method: 'POST', body: `exit code 3 with ${TOKEN}` })).toBe(200);
    expect(await asks('check round')).toMatch(/went wrong: exit code 3 with (?!a-token)/);
    await scene.bot.kill();
    await scene.boot();
    const after = await asks('check round');
    expect(after).toMatch(/went wrong: exit code 3/);
    expect(after).toMatch(/failing since \d\d:\d\d/);
    expect(after).toMatch(
      /The last times a verdict turned:.*failing: nightly: it said.*well: nightly: last heard/s,
    );
    expect(after).not.toContain(TOKEN);
  });

  it('shows in the status since when something is down', async () => {
    expect(await asks('status round')).toMatch(/walker.*stopped.*failing since \d\d:\d\d \(\d+/s);
  });

  it('shows how the host stands when it is asked for', async () => {
    const host = await asks('status shop --host');
    expect(host).toMatch(/Load.*Memory.* available.*Disks.*% used/s);
    expect(host).toMatch(/Most memory/);
  });
});
