import { expect, it } from 'vitest';
import type { Conversation } from '../../src/chat/chat.ts';
import type { Lane, Wish } from '../../src/workflow/deliveries.ts';
import type { Current } from './journal.ts';
import { message, NOON } from './journal-samples.ts';

const conversation: Conversation = { platform: 'slack', channel: 'C0OPS', thread: '1700000000.000100' };
const posted = { platform: 'slack', channel: 'C0OPS', message: '1700000000.000200' } as const;
const room = { place: 'slack:C0OPS', pacedOut: NOON + 1100, restUntil: 0 };
const file = { name: 'app.log', text: 'started' };
const wish = (key: string, more: Partial<Wish> = {}): Wish => ({
  key,
  conversation,
  message: message(key),
  ...more,
});

/** The order in which the outbox speaks, and what it knows about a post that a crash cut off. */
export function deliveryLanesContract(current: Current): void {
  const keys = async () =>
    (await current().journal.deliveries.pending('slack', NOON + 99)).map((delivery) => delivery.key);

  it('hands out the most urgent lane first, then the oldest wish', async () => {
    const { deliveries } = current().journal;
    const lanes: readonly Lane[] = ['digest', 'progress', 'decision', 'P0'];
    for (const [index, lane] of lanes.entries()) await deliveries.want(wish(lane, { lane }), NOON + index);
    await deliveries.want(wish('plain'), NOON + 9);
    expect(await keys()).toEqual(['P0', 'decision', 'progress', 'plain', 'digest']);
  });

  it('lets a wish keep its urgency until it is through, and lend it to what it hangs below', async () => {
    const { deliveries } = current().journal;
    await deliveries.want(wish('card', { lane: 'decision' }), NOON);
    await deliveries.want(wish('card', { message: message('running') }), NOON + 1);
    expect(await deliveries.find('card')).toMatchObject({ lane: 'decision', message: { title: 'running' } });
    await deliveries.delivered('card', 2, posted);
    await deliveries.want(wish('card'), NOON + 2);
    expect(await deliveries.find('card')).toMatchObject({ lane: 'progress' });
    await deliveries.want(wish('root'), NOON);
    await deliveries.want(wish('alarm', { lane: 'P0', parent: 'root' }), NOON + 3);
    expect(await keys()).toEqual(['root', 'card']);
  });

  it('does not let one channel hide another', async () => {
    const { deliveries } = current().journal;
    for (let count = 0; count < 60; count += 1) await deliveries.want(wish(`many ${count}`), NOON);
    const elsewhere = { platform: 'slack', channel: 'C0INC' } as const;
    await deliveries.want(wish('one', { conversation: elsewhere, lane: 'digest' }), NOON + 1);
    const handed = await keys();
    expect(handed).toContain('one');
    expect(handed.length).toBeLessThan(60);
  });

  it('claims the newest wish once it is due, and makes the post ambiguous for whoever comes after a crash', async () => {
    const { deliveries } = current().journal;
    await deliveries.want(wish('card'), NOON);
    expect(await deliveries.claim('card', NOON, room)).toMatchObject({ revision: 1, ambiguous: false });
    await deliveries.want(wish('card', { message: message('newer') }), NOON + 1);
    const after = (await current().reopen()).deliveries;
    expect(await after.rooms()).toEqual([room]);
    expect(await after.claim('card', NOON + 2, { ...room, pacedOut: NOON + 2200 })).toMatchObject({
      revision: 2,
      ambiguous: true,
      sentRevision: 1,
      message: { title: 'newer' },
    });
    expect(await after.rooms()).toMatchObject([{ pacedOut: NOON + 2200 }]);
    await after.delivered('card', 2, posted);
    expect(await after.claim('card', NOON + 3, room)).toBeUndefined();
  });

  it('does not claim what waits for its time', async () => {
    const { deliveries } = current().journal;
    await deliveries.want(wish('card'), NOON);
    await deliveries.retryLater('card', { revision: 1, notBefore: NOON + 10, ambiguous: false });
    expect(await deliveries.claim('card', NOON + 9, room)).toBeUndefined();
    expect(await deliveries.claim('card', NOON + 10, room)).toMatchObject({ attempts: 1 });
  });

  it('posts anew what is gone, once, outside of a thread it never got into', async () => {
    const { deliveries } = current().journal;
    await deliveries.want(wish('card'), NOON);
    await deliveries.delivered('card', 1, posted);
    expect(await deliveries.lost('card')).toBe(true);
    const [card] = await deliveries.pending('slack', NOON);
    expect(card).toMatchObject({ key: 'card', conversation });
    expect(card).not.toHaveProperty('posted');
    expect(await deliveries.lost('card')).toBe(false);
    await deliveries.want(wish('reply'), NOON);
    expect(await deliveries.lost('reply')).toBe(true);
    const { thread: _, ...outside } = conversation;
    await deliveries.want(wish('reply', { message: message('newer') }), NOON + 1);
    expect((await deliveries.find('reply'))?.conversation).toEqual(outside);
  });

  it('keeps a file due until it is there, and its doubt apart from the message', async () => {
    const { deliveries } = current().journal;
    await deliveries.want(wish('card', { message: { ...message('logs'), file } }), NOON);
    await deliveries.delivered('card', 1, posted);
    expect(await deliveries.claim('card', NOON, room)).toMatchObject({ fileDue: { file, ambiguous: false } });
    await deliveries.retryLater('card', { revision: 1, notBefore: NOON, ambiguous: true });
    expect(await deliveries.find('card')).toMatchObject({ ambiguous: false, fileDue: { ambiguous: true } });
    await deliveries.filed('card', file);
    expect(await keys()).toEqual([]);
    const other = { ...file, text: 'started again' };
    await deliveries.want(wish('card', { message: { ...message('logs'), file: other } }), NOON + 1);
    await deliveries.delivered('card', 2, undefined);
    expect(await deliveries.pending('slack', NOON + 1)).toMatchObject([
      { fileDue: { file: other, ambiguous: false } },
    ]);
  });
}
