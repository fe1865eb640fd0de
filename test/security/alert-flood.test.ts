import { expect, it } from 'vitest';
import { AlertQueue, QueueFullError } from '../../src/web/alert-queue.ts';

const arrival = {
  integration: 'am',
  at: 0,
  method: 'POST',
  headers: {},
  query: {},
  body: Buffer.from('{}'),
} as const;

it('beyond what may wait a sender is told to come again, and what waits is kept', async () => {
  const written = Promise.withResolvers<void>();
  let received = 0;
  const queue = new AlertQueue({
    receive: async (arrivals) => {
      await written.promise;
      received += arrivals.length;
    },
    onKept: () => {},
  });
  const outcomes = Array.from({ length: 12_000 }, () =>
    queue.keep(arrival).then(
      () => 'kept',
      (error: unknown) => (error instanceof QueueFullError ? 'come again' : error),
    ),
  );
  const long = queue
    .keep({ ...arrival, body: Buffer.alloc(65 * 1024 * 1024) })
    .catch((error: unknown) => error);
  expect(await long).toBeInstanceOf(QueueFullError);
  written.resolve();
  const ended = await Promise.all(outcomes);
  const kept = ended.filter((one) => one === 'kept').length;
  expect(kept).toBeGreaterThanOrEqual(10_000);
  expect(ended.filter((one) => one === 'come again')).toHaveLength(12_000 - kept);
  expect(kept).toBeLessThan(11_000);
  expect(received).toBe(kept);
});
