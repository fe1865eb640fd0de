import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { succeeded } from '../../../src/domain/outcome.ts';
import { StoreError } from '../../../src/workflow/journal.ts';
import { Watch } from '../../../src/workflow/watch.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { configuration, fleetWith } from './yard.ts';

/** One service with one component that is looked at this often. */
function fleetOf(everyMs: number, onLook: () => void) {
  const whole = configuration();
  const [service] = whole.services;
  const [placed] = service?.components ?? [];
  if (service === undefined || placed === undefined) throw new Error('there is a component');
  return fleetWith({
    configuration: { ...whole, services: [{ ...service, components: [{ ...placed, everyMs }] }] },
    component: () => ({
      actions: ['restart'],
      steps: () => [],
      status: () => Promise.reject(new Error('not asked')),
      identity: () => Promise.reject(new Error('not asked')),
      logs: () => Promise.reject(new Error('not asked')),
    }),
    status: async () => {
      onLook();
      return succeeded({ state: 'running', summary: 'active', facts: {} });
    },
  });
}

describe('watching', () => {
  it('looks once at what is looked at once a month, not all the time', async () => {
    const bench = await sqliteBench();
    let looks = 0;
    const fleet = fleetOf(30 * 86_400_000, () => {
      looks += 1;
    });
    const watch = new Watch({ fleet, journal: bench.journal, now: Date.now, onError: () => {} });
    await watch.start();
    await pause(150);
    await watch.stop();
    await bench.remove();
    expect(looks).toBe(1);
  });

  it('stops though the disk is full', async () => {
    const bench = await sqliteBench();
    const errors: unknown[] = [];
    const full = new StoreError('STORE_FULL', 'no space');
    const checks = { ...bench.journal.checks, save: () => Promise.reject(full) };
    const watch = new Watch({
      fleet: fleetOf(1_000, () => {}),
      journal: { ...bench.journal, checks },
      now: Date.now,
      onError: (_key, error) => errors.push(error),
    });
    await watch.start();
    await watch.stop();
    await bench.remove();
    expect(errors).toContain(full);
  });
});
