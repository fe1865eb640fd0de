import { describe, expect, it } from 'vitest';
import { incoming, NOON } from '../../contract/journal-samples.ts';
import { receiverBench } from './receiver-bench.ts';

describe('an account that was linked', () => {
  const bench = receiverBench();

  it('is told to the person in the chat where they were known before', async () => {
    await bench.journal.accountLinks.offer('12345678', 'ana', NOON + 60_000);
    const receiver = bench.boot();
    await receiver.receive({
      ...incoming('telegram:1', 'link 1234-5678'),
      account: { platform: 'telegram', id: '333', standing: 'person' },
      conversation: { platform: 'telegram', channel: '333' },
      direct: true,
    });
    await receiver.drain(5_000);
    const [note] = await bench.journal.deliveries.pending('slack', NOON);
    expect(note).toMatchObject({ lane: 'P0', conversation: { platform: 'slack', channel: 'DU0ANA' } });
    expect(note?.message.title).toBe('telegram:333 was linked to you');
    expect(note?.message.actions).toMatchObject([{ line: 'unlink telegram' }]);
  });
});
