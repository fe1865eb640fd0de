import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDeliveries } from '../../../src/store/deliveries.ts';
import { createLocks } from '../../../src/store/locks.ts';
import { entry, message, NOON } from '../../contract/journal-samples.ts';
import { type StoreStage, storeStage } from './store-stage.ts';

const LOCK = {
  key: 'karmabot/app@production',
  holder: 'person:ana',
  holderName: 'Ana',
  reason: 'looking',
  at: NOON,
  until: NOON + 1000,
};
const SAID_LONGER = `update locks set until = ${NOON + 9000}`;

describe('what another writer does between two statements', () => {
  let stage: StoreStage;
  beforeEach(async () => {
    stage = await storeStage();
  });
  afterEach(() => stage.remove());

  it('a lock that its holder made longer does not end when the first end comes', async () => {
    await createLocks(stage.store).take([LOCK], entry('lock taken'));
    const raced = createLocks(stage.raced('locks', SAID_LONGER));
    expect(await raced.expire(NOON + 2000)).toEqual([]);
  });

  it('and its holder lets go of it all the same', async () => {
    await createLocks(stage.store).take([LOCK], entry('lock taken'));
    const raced = createLocks(stage.raced('locks', SAID_LONGER));
    expect(await raced.release([LOCK.key], 'person:ana', entry('lock released'))).toBe(1);
    expect(await raced.all()).toEqual([]);
  });

  it('nobody gets between the look at a message and the wish that follows from it', async () => {
    const wish = (title: string) => ({
      key: 'card',
      conversation: { platform: 'slack', channel: 'C0OPS' } as const,
      message: message(title),
    });
    await createDeliveries(stage.store).want(wish('first'), NOON);
    const inBetween = () =>
      createDeliveries(stage.raced('deliveries', "update deliveries set channel = 'in between'"));
    const room = { place: 'slack:C0OPS', pacedOut: NOON, restUntil: 0 };
    await inBetween().want(wish('second'), NOON);
    await inBetween().claim('card', NOON, room);
    await inBetween().retryLater('card', { revision: 2, notBefore: NOON, ambiguous: false });
    await inBetween().lost('card');
    const channels = await stage.store.read((db) => db.selectFrom('deliveries').select('channel').execute());
    expect(channels).toEqual([{ channel: 'C0OPS' }]);
  });
});
