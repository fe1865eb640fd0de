import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChanges } from '../../../src/store/changes.ts';
import { createConsoleFeed } from '../../../src/store/console-feed.ts';
import { createDeliveries } from '../../../src/store/deliveries.ts';
import { prune } from '../../../src/store/prune.ts';
import { createTokens } from '../../../src/store/tokens.ts';
import { draft, entry, message, NOON } from '../../contract/journal-samples.ts';
import { type StoreStage, storeStage } from './store-stage.ts';

const OLD = NOON - 1000;
const CONSOLE = { platform: 'console', channel: 'console' } as const;
const wish = (title: string) => ({ key: 'notice', conversation: CONSOLE, message: message(title) });

describe('what comes into use again between the look and the forgetting', () => {
  let stage: StoreStage;
  beforeEach(async () => {
    stage = await storeStage();
  });
  afterEach(() => stage.remove());
  const pruned = (act: () => Promise<unknown>, borders = { chats: NOON, changes: 0 }) =>
    prune(stage.before(act), borders);
  const NOTHING = { messages: 0, entries: 0, buttons: 0, changes: 0, incidents: 0, alerts: 0 };

  it('a message that is wished anew', async () => {
    const deliveries = createDeliveries(stage.store);
    await deliveries.want(wish('old'), OLD);
    await deliveries.delivered('notice', 1, { ...CONSOLE, message: 'm1' });
    expect(await pruned(() => deliveries.want(wish('new'), NOON))).toEqual(NOTHING);
    expect(await deliveries.find('notice')).toMatchObject({ message: { title: 'new' }, revision: 2 });
  });

  it('a button that is shown again', async () => {
    const tokens = createTokens(stage.store);
    const token = await tokens.issue('status', NOON - 2 * 24 * 3_600_000);
    expect(await pruned(() => tokens.issue('status', NOON))).toEqual(NOTHING);
    expect(await tokens.lineOf(token)).toBe('status');
  });

  it('a thread in which somebody replies', async () => {
    // The clock of this store stands at 0.
    const feed = createConsoleFeed(stage.store);
    const later = createConsoleFeed({ ...stage.store, now: () => NOON });
    const content = { kind: 'message', message: message('x') } as const;
    const root = await feed.append({ content });
    const reply = { content, thread: root.id };
    expect(await pruned(() => later.append(reply))).toEqual(NOTHING);
    expect(await feed.entry(root.id, 'ana')).toBeDefined();
  });

  it('a change of which a review is owed', async () => {
    const changes = createChanges(stage.store);
    await changes.request(draft('a', { requestedAt: OLD }), entry('change requested'));
    await changes.move('C-1', ['requested'], {
      to: 'cancelled',
      patch: { endedAt: OLD },
      audit: entry('change cancelled'),
    });
    const owe = () =>
      stage.store.write(({ tx }) => tx.updateTable('changes').set({ review_open: 1 }).execute());
    expect(await pruned(owe, { chats: 0, changes: NOON })).toEqual(NOTHING);
    expect(await changes.find('C-1')).toBeDefined();
  });

  it('is all that stays: what is still old goes, and is counted', async () => {
    const deliveries = createDeliveries(stage.store);
    const tokens = createTokens(stage.store);
    await deliveries.want(wish('old'), OLD);
    await deliveries.delivered('notice', 1, { ...CONSOLE, message: 'm1' });
    await tokens.issue('status', OLD);
    await createConsoleFeed(stage.store).append({ content: { kind: 'message', message: message('x') } });
    const gone = { messages: 1, entries: 1, buttons: 1, changes: 0, incidents: 0, alerts: 0 };
    expect(await pruned(async () => {})).toEqual(gone);
  });
});
