import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ack, Delivery } from '../fakes/slack/delivery.ts';
import { FREELY, Scene } from '../story/stage/scene.ts';
import { cardsWith, deliveryOf, ended, judged, programsOf, rounds } from './chat-stage.ts';

const PROGRAMS = ['app0', 'app1', 'app2', 'app3'] as const;
const CRASHES = rounds(1, 15);

describe.each(['socket', 'http'] as const)(
  '#4 Slack delivers an event again, %s',
  (delivery) => {
    let scene: Scene;
    const marks: string[] = [];

    beforeAll(async () => {
      scene = await Scene.open({ delivery, components: programsOf(PROGRAMS), botswain: { policy: FREELY } });
    });
    afterAll(() => scene?.close());

    const mention = async (): Promise<{ readonly mark: string; readonly ack: Ack }> => {
      const mark = `round ${marks.length}.`;
      const program = PROGRAMS[marks.length % PROGRAMS.length];
      marks.push(mark);
      const text = `restart shop/${program} --reason "${mark}"`;
      return { mark, ack: (await scene.slack.mention({ user: 'U0ANA', channel: 'C0OPS', text })).ack };
    };

    /** Slack's retries: at once, after a minute, after five. */
    const retries = (first: Delivery, nums: readonly number[]): Promise<readonly Ack[]> =>
      Promise.all(nums.map((num) => scene.slack.redeliver({ ...first, retryAttempt: num - 1 })));

    it('three times more, at once and after it was done: one change', async () => {
      const { mark, ack } = await mention();
      expect(ack.acked).toBe(true);
      const again = await retries(deliveryOf(ack), [1, 2, 3]);
      expect(again.map(({ acked }) => acked)).toEqual([true, true, true]);
      await ended(scene, [mark]);
      const late = await retries(deliveryOf(ack), [3]);
      expect(late.map(({ acked }) => acked)).toEqual([true]);
      expect(cardsWith(scene, mark)).toHaveLength(1);
    });

    it('a crash right after each acknowledgement, then the retries: one change', async () => {
      for (let crash = 0; crash < CRASHES; crash += 1) {
        const { ack } = await mention();
        expect(ack.acked).toBe(true);
        await scene.bot.kill();
        await scene.boot();
        await retries(deliveryOf(ack), [1, 2, 3]);
      }
      await ended(scene, marks);
    });

    it('an event of which only retry 1, 2 or 3 ever reaches us is not dropped for its header', async () => {
      const like = scene.slack.deliveries().find(({ type }) => type === 'events_api')?.payload ?? {};
      for (const num of [1, 2, 3]) {
        const mark = `round ${marks.length}.`;
        marks.push(mark);
        const text = `<@${scene.slack.identity.bot}> restart shop/app${num} --reason "${mark}"`;
        const event = { ...Object(like.event), text };
        const payload = { ...like, event_id: `Ev0ONLYRETRY${num}`, event };
        const ack = await scene.slack.deliver({ type: 'events_api', payload, retryAttempt: num });
        expect(ack.acked).toBe(true);
      }
      await ended(scene, marks);
    });

    it('nothing twice, nothing lost, nothing silent', async () => {
      const fault = `#4 Slack event redelivered (${delivery})`;
      const components = PROGRAMS.map((name) => `shop/${name}`);
      const verdict = await judged(scene, { fault, tries: marks.length, accepted: marks, components });
      expect(verdict.problems).toEqual([]);
      expect(verdict.states).toEqual({ succeeded: marks.length });
    });
  },
  120_000,
);
