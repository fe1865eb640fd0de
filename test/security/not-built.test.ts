import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publicUrlOf } from '../story/stage/botswain.ts';
import { FREELY, Scene } from '../story/stage/scene.ts';

/** Shapes that senders of alerts post; the paths are those of the contract. */
const ALERT = JSON.stringify({
  receiver: 'botswain',
  status: 'firing',
  alerts: [{ status: 'firing', labels: { alertname: 'Down', service: 'shop' }, fingerprint: 'c0ffee' }],
});
const PATHS = [
  ['/alerts/alertmanager', 202],
  ['/alerts/alertmanager/token', 202],
  ['/alerts/grafana', 404],
  ['/v2/enqueue', 404],
  ['/heartbeats/shop', 404],
] as const;

describe('what is not there is shut, not open', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await Scene.open({
      components: async (yard) => ({
        app: await yard.program('app'),
        pods: { kind: 'kubernetes', target: 'cluster', namespace: 'shop', deployment: 'shop' },
      }),
      botswain: {
        policy: FREELY,
        integrations: { alertmanager: { source: 'alertmanager', token: { env: 'ALERTMANAGER_TOKEN' } } },
      },
      targets: () => ({ production: { cluster: { kind: 'kubernetes', namespace: 'shop' } } }),
      environment: { ALERTMANAGER_TOKEN: 'a-token-of-an-alertmanager' },
    });
  });
  afterAll(() => scene?.close());

  it('an alert from outside changes nothing and starts nothing, and finds no path that nobody configured', async () => {
    for (const [path, status] of PATHS) {
      const answer = await fetch(`${publicUrlOf(scene.bot)}${path}`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization: 'Bearer a-token-of-an-alertmanager',
        },
        body: ALERT,
      });
      expect([path, answer.status]).toEqual([path, status]);
    }
    expect(await scene.asks('U0ANA', 'changes')).toMatch(/none/i);
    expect(scene.yard.starts('app')).toBe(0);
  });

  it('a component in a cluster is only declared: nothing is sent there, and the refusal says why', async () => {
    expect(await scene.asks('U0ANA', 'restart shop/pods')).toMatch(/no executor[\s\S]*TARGET_NO_EXECUTOR/);
  });
});
