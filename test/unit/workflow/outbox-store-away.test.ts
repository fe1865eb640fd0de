import { describe, expect, it, vi } from 'vitest';
import type { Chat } from '../../../src/chat/chat.ts';
import { succeeded } from '../../../src/domain/outcome.ts';
import { StoreError } from '../../../src/workflow/journal.ts';
import { Outbox } from '../../../src/workflow/outbox.ts';
import { createWakeups } from '../../../src/workflow/wakeups.ts';
import { message, NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';

describe('the outbox', () => {
  it('delivers once the store is back that was away at its first look', async () => {
    const bench = await sqliteBench();
    const { deliveries } = bench.journal;
    const posts: string[] = [];
    const slack: Chat = {
      platform: 'slack',
      paceMs: 0,
      keepsFiles: true,
      start: async () => succeeded(undefined),
      stop: async () => {},
      post: async ({ channel }, { title }) => {
        posts.push(title);
        return succeeded({ platform: 'slack', channel, message: '1.1' });
      },
      update: async () => succeeded(undefined),
      whisper: async () => succeeded(undefined),
      upload: async () => succeeded(undefined),
      directWith: async () => undefined,
      threadOf: ({ platform, channel, message: thread }) => ({ platform, channel, thread }),
    };
    let looks = 0;
    const rooms = async () => {
      looks += 1;
      if (looks === 1) throw new StoreError('STORE_UNAVAILABLE', 'away');
      return deliveries.rooms();
    };
    const errors: unknown[] = [];
    const outbox = new Outbox({
      journal: { ...bench.journal, deliveries: { ...deliveries, rooms } },
      wakeups: createWakeups(),
      chats: [slack],
      now: Date.now,
      onError: (error) => errors.push(error),
    });
    await deliveries.want(
      { key: 'C-1', conversation: { platform: 'slack', channel: 'C0OPS' }, message: message('hello') },
      NOON,
    );
    outbox.start();
    await vi.waitFor(() => expect(posts).toEqual(['hello']), { timeout: 5_000 });
    await outbox.stop();
    await bench.remove();
    expect(errors).toMatchObject([{ code: 'STORE_UNAVAILABLE' }]);
  });
});
