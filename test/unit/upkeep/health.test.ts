import { expect, it } from 'vitest';
import { EventCounts, Health } from '../../../src/upkeep/health.ts';
import { StoreError } from '../../../src/workflow/journal.ts';

const stage = () => {
  const world = { steady: 0, looked: 0, full: false, probes: 0 };
  const health = new Health({
    probe: async () => {
      world.probes += 1;
      if (world.full) throw new StoreError('STORE_FULL', 'no space left');
    },
    sinceEngineLooked: () => world.looked,
    steady: () => world.steady,
  });
  return { world, health };
};

it('takes no work before the start has ended and after the stop has begun', async () => {
  const { health } = stage();
  expect(await health.look()).toEqual({ ready: false, why: 'it is starting or stopping' });
  health.isUp = true;
  expect(await health.look()).toEqual({ ready: true });
  health.isUp = false;
  expect((await health.look()).ready).toBe(false);
});

it('is not ready while nothing can be written, and asks the disk once in two seconds at most', async () => {
  const { health, world } = stage();
  health.isUp = true;
  world.full = true;
  const asked = await Promise.all([health.look(), health.look(), health.look()]);
  expect(asked).toEqual(Array(3).fill({ ready: false, why: 'it is read-only: no space left' }));
  expect(world.probes).toBe(1);
  world.full = false;
  expect((await health.look()).ready).toBe(false);
  world.steady += 2001;
  expect(await health.look()).toEqual({ ready: true });
});

it('is not alive when the engine hangs', async () => {
  const { health, world } = stage();
  health.isUp = true;
  expect(health.isAlive).toBe(true);
  world.looked = 30_001;
  expect([health.isAlive, (await health.look()).ready]).toEqual([false, false]);
});

it('counts events by name and code', () => {
  const counts = new EventCounts();
  const entry = { event: 'line refused', at: 1, actor: 'ana', detail: {} } as const;
  counts.note(entry);
  counts.note({ ...entry, code: 'DENIED_POLICY' });
  counts.note({ ...entry, code: 'DENIED_POLICY' });
  expect(counts.all.map(({ code, times }) => [code, times])).toEqual([
    ['', 1],
    ['DENIED_POLICY', 2],
  ]);
});
