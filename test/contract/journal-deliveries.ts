import { expect, it } from 'vitest';
import type { Conversation } from '../../src/chat/chat.ts';
import type { Current } from './journal.ts';
import { deliveryLanesContract } from './journal-delivery-lanes.ts';
import { entry, message, NOON } from './journal-samples.ts';

const conversation: Conversation = { platform: 'slack', channel: 'C0OPS' };
const posted = { platform: 'slack', channel: 'C0OPS', message: '1700000000.000200' } as const;
const card = (title: string, key = 'C-1 card slack:C0OPS') => ({
  key,
  conversation,
  message: message(title),
});

/** The outbox. */
export function deliveriesContract(current: Current): void {
  const keys = async (now = NOON, platform = 'slack') =>
    (await current().journal.deliveries.pending(platform, now)).map((delivery) => delivery.key);

  it('makes one edit of many wishes', async () => {
    const { deliveries } = current().journal;
    const { key } = card('');
    await deliveries.want(card('waiting'), NOON);
    expect(await deliveries.pending('slack', NOON)).toEqual([
      {
        ...card('waiting'),
        lane: 'progress',
        revision: 1,
        deliveredRevision: 0,
        sentRevision: 0,
        ambiguous: false,
        attempts: 0,
        notBefore: 0,
        wantedAt: NOON,
      },
    ]);
    await deliveries.want(card('running'), NOON + 1);
    await deliveries.want(card('succeeded'), NOON + 2);
    expect(await deliveries.find(key)).toMatchObject({ revision: 3, message: { title: 'succeeded' } });
    await deliveries.delivered(key, 3, posted);
    expect(await keys()).toEqual([]);
    expect(await deliveries.find(key)).toMatchObject({ deliveredRevision: 3, posted });
    expect(await deliveries.find('C-2 card')).toBeUndefined();
  });

  it('wishes once what may be said once only, with its record, however many say it at once', async () => {
    const { deliveries, audit } = current().journal;
    const all = ['a', 'b'].map((key) => card('said', key));
    const say = () => deliveries.wantOnce(all, NOON, entry('budget used up'));
    expect((await Promise.all([say(), say()])).toSorted()).toEqual([false, true]);
    expect(await deliveries.wantOnce([card('otherwise', 'a'), card('new', 'c')], NOON)).toBe(false);
    expect(await deliveries.wantOnce([], NOON, entry('budget used up'))).toBe(false);
    expect(await deliveries.find('a')).toMatchObject({ revision: 1, message: { title: 'said' } });
    expect(await deliveries.find('c')).toMatchObject({ revision: 1 });
    expect(await audit.list({ limit: 9 })).toHaveLength(1);
  });

  it('goes on when a wish came while an older one was being posted', async () => {
    const { deliveries } = current().journal;
    await deliveries.want(card('running'), NOON);
    await deliveries.want(card('succeeded'), NOON + 1);
    await deliveries.delivered(card('').key, 1, posted);
    expect(await deliveries.pending('slack', NOON + 1)).toMatchObject([
      { revision: 2, deliveredRevision: 1, posted, message: { title: 'succeeded' } },
    ]);
    await deliveries.delivered(card('').key, 2, undefined);
    expect(await deliveries.find(card('').key)).toMatchObject({ deliveredRevision: 2, posted });
    await deliveries.delivered(card('').key, 1, undefined);
    expect(await deliveries.find(card('').key)).toMatchObject({ deliveredRevision: 2 });
  });

  it('wishes nothing new when the same message is wished again', async () => {
    const { deliveries } = current().journal;
    await deliveries.want(card('running'), NOON);
    await deliveries.delivered(card('').key, 1, posted);
    await deliveries.want(card('running'), NOON + 1);
    expect(await keys()).toEqual([]);
  });

  it('lets replies wait for what they hang below, and others go in the order of their wishes', async () => {
    const { deliveries } = current().journal;
    const reply = { ...card('progress', 'C-1 reply'), parent: 'C-1 card slack:C0OPS' };
    await deliveries.want(reply, NOON);
    await deliveries.want(card('second', 'C-2 card'), NOON + 2);
    await deliveries.want(card('first'), NOON + 1);
    await deliveries.want(
      { ...card('elsewhere', 'C-3 card'), conversation: { platform: 'console', channel: 'operations' } },
      NOON,
    );
    expect(await keys()).toEqual([card('').key, 'C-2 card']);
    expect(await keys(NOON, 'console')).toEqual(['C-3 card']);
    await deliveries.delivered(card('').key, 1, posted);
    expect(await keys()).toEqual(['C-1 reply', 'C-2 card']);
  });

  it('comes back after a pause, remembers an ambiguous post, and keeps the pause over new wishes', async () => {
    const { deliveries } = current().journal;
    await deliveries.want(card('running'), NOON);
    await deliveries.retryLater(card('').key, {
      revision: 1,
      notBefore: NOON + 30_000,
      ambiguous: true,
    });
    await deliveries.want(card('succeeded'), NOON + 1);
    expect(await keys(NOON + 29_999)).toEqual([]);
    expect(await deliveries.pending('slack', NOON + 30_000)).toMatchObject([
      { ambiguous: true, attempts: 1, notBefore: NOON + 30_000, message: { title: 'succeeded' } },
    ]);
    await deliveries.delivered(card('').key, 2, posted);
    expect(await deliveries.find(card('').key)).toMatchObject({ ambiguous: false, attempts: 0 });
  });

  it('gives up until the next wish, even of the same message', async () => {
    const { deliveries } = current().journal;
    await deliveries.want(card('running'), NOON);
    const givenUp = 'channel_not_found';
    const later = { revision: 1, notBefore: NOON + 9_000, ambiguous: false, givenUp };
    expect(await deliveries.retryLater(card('').key, later)).toBe(true);
    expect(await keys(NOON + 99_000)).toEqual([]);
    expect(await deliveries.find(card('').key)).toMatchObject({ givenUp });
    await deliveries.want(card('running'), NOON + 1);
    const [again] = await deliveries.pending('slack', NOON + 1);
    expect(again).toMatchObject({ attempts: 0, revision: 2 });
    expect(again).not.toHaveProperty('givenUp');
  });

  it('never gives up a newer wish than the one that was tried', async () => {
    const { deliveries } = current().journal;
    await deliveries.want(card('running'), NOON);
    await deliveries.want(card('succeeded'), NOON + 1);
    const later = { revision: 1, notBefore: NOON + 2, ambiguous: false, givenUp: 'invalid_blocks' };
    expect(await deliveries.retryLater(card('').key, later)).toBe(false);
    expect(await deliveries.pending('slack', NOON + 2)).toMatchObject([{ message: { title: 'succeeded' } }]);
  });

  it('finds copies by the beginning of their key and by where they stand', async () => {
    const { deliveries } = current().journal;
    for (const key of ['C-1 card slack:C0OPS', 'C-1 card telegram:-100', 'C-10 card slack:C0OPS', 'c-1 card'])
      await deliveries.want(card('x', key), NOON);
    const found = await deliveries.withPrefix('C-1 card ');
    expect(found.map((delivery) => delivery.key)).toEqual(['C-1 card slack:C0OPS', 'C-1 card telegram:-100']);
    await deliveries.delivered('C-10 card slack:C0OPS', 1, posted);
    expect((await deliveries.at(posted))?.key).toBe('C-10 card slack:C0OPS');
    expect(await deliveries.at({ ...posted, channel: 'C0ELSE' })).toBeUndefined();
  });

  it('remembers what stands where after a restart', async () => {
    const { deliveries } = current().journal;
    await deliveries.want(card('running'), NOON);
    await deliveries.delivered(card('').key, 1, posted);
    await deliveries.want(card('succeeded'), NOON);
    const before = await deliveries.find(card('').key);
    const after = await current().reopen();
    expect(await after.deliveries.pending('slack', NOON)).toEqual([before]);
  });

  deliveryLanesContract(current);
}
