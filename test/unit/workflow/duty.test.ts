import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { inRounds } from '../../../src/workflow/duty.ts';

it('begins at the start, never overlaps, goes on after a broken round, and ends with its last one', async () => {
  const errors: unknown[] = [];
  let inside = 0;
  let most = 0;
  let rounds = 0;
  const duty = inRounds({
    name: 'test',
    everyMs: 1,
    run: async () => {
      rounds += 1;
      inside += 1;
      most = Math.max(most, inside);
      await pause(3);
      inside -= 1;
      if (rounds === 2) throw new Error('broken');
    },
    onError: (error) => errors.push(error),
  });
  await duty.start();
  await vi.waitFor(() => expect(rounds).toBeGreaterThan(4));
  await duty.stop();
  const seen = rounds;
  expect({ inside, most }).toEqual({ inside: 0, most: 1 });
  await pause(20);
  expect(rounds).toBe(seen);
  expect(errors).toHaveLength(1);
});
