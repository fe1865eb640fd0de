import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Ack, Delivery } from '../fakes/slack/delivery.ts';
import { type Card, FREELY, Scene } from './stage/scene.ts';

const ANA = 'U0ANA';
const LINE = 'restart shop/app';
const typed = { user: ANA, channel: 'C0OPS', text: LINE };

function deliveryOf(ack: Ack): Delivery {
  if (ack.delivery === undefined) throw new Error(`it was never delivered: ${JSON.stringify(ack)}`);
  return ack.delivery;
}

describe('Slack delivers the same thing again', () => {
  let scene: Scene;
  beforeAll(async () => {
    const components = async (yard: Scene['yard']) => ({ app: await yard.program('app') });
    scene = await Scene.open({ components, botswain: { policy: FREELY } });
  });
  afterAll(() => scene?.close());

  /** All cards there are; each change has one. */
  const cards = (): number => scene.slack.messages('C0OPS').filter(({ by_bot }) => by_bot).length;

  /** A line after it was answered shows that the ones before it were taken in too. */
  async function runsOnceAs(card: Card, expected: number): Promise<void> {
    await scene.shows(card, /\*succeeded\*/);
    expect(await scene.asks(ANA, 'changes')).toContain(card.id);
    expect(await scene.asks(ANA, 'changes')).not.toContain(`C-${expected + 1}`);
    expect(card.id).toBe(`C-${expected}`);
    expect([scene.yard.starts('app'), cards()]).toEqual([expected, expected]);
  }

  it('a command twice at the same time, and once more later: one restart', async () => {
    const delivery = deliveryOf(await scene.slack.command(typed));
    await Promise.all([scene.slack.replay(delivery), scene.slack.replay(delivery)]);
    const card = await scene.newCard();
    await scene.shows(card, /\*succeeded\*/);
    await scene.slack.replay(delivery);
    await runsOnceAs(card, 1);
  });

  it('a mention that Slack retries because it heard nothing: one restart', async () => {
    const { ack } = await scene.slack.mention(typed);
    await scene.slack.redeliver(deliveryOf(ack));
    await scene.slack.redeliver({ ...deliveryOf(ack), retryAttempt: 2 });
    await runsOnceAs(await scene.newCard(), 2);
  });

  it.each([3, 4, 5, 6])(
    'kill -9 right after the acknowledgement, then the same again: restart %i happens once',
    async (expected) => {
      const ack =
        expected % 2 === 0 ? await scene.slack.command(typed) : (await scene.slack.mention(typed)).ack;
      await scene.bot.kill();
      await scene.bot.start();
      if (expected % 2 === 0) await scene.slack.replay(deliveryOf(ack));
      else await scene.slack.redeliver(deliveryOf(ack));
      await runsOnceAs(await scene.newCard(), expected);
    },
  );

  it('a mention whose first copy died with us unheard runs when it comes again', async () => {
    scene.slack.sockets.ackDeadlineMs = 300;
    process.kill(scene.bot.pid, 'SIGSTOP');
    const { ack } = await scene.slack.mention(typed);
    expect(ack.acked).toBe(false);
    await scene.bot.kill();
    scene.slack.sockets.ackDeadlineMs = 3_000;
    await scene.bot.start();
    await scene.slack.redeliver(deliveryOf(ack));
    await runsOnceAs(await scene.newCard(), 7);
  });

  it('the audit knows of seven changes and seven steps', async () => {
    const records = await scene.audit();
    const requested = records.filter(({ event }) => event === 'change requested');
    const steps = records.filter(({ event }) => event === 'step started');
    expect([requested.length, steps.length]).toEqual([7, 7]);
  });
});
