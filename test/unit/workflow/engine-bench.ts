import { afterEach, beforeEach, expect, vi } from 'vitest';
import type { OpenJournal } from '../../../src/store/open-journal.ts';
import { NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { engineOn } from './yard.ts';

/** A journal of its own for each test, engines on it that are stopped afterwards, and what the journal says. */
export function engineBench() {
  let bench: Awaited<ReturnType<typeof sqliteBench>> | undefined;
  let stops: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    bench = await sqliteBench();
  });
  afterEach(async () => {
    for (const stop of stops) await stop();
    stops = [];
    await bench?.remove();
  });

  const journal = (): OpenJournal => {
    if (bench === undefined) throw new Error('the journal is open during tests only');
    return bench.journal;
  };
  const stateOf = async (id: string) => (await journal().changes.find(id))?.state;
  return {
    get journal() {
      return journal();
    },
    /** Starts one more engine, a second after noon unless said otherwise. */
    async started(parts: Partial<Parameters<typeof engineOn>[1]> = {}) {
      const made = engineOn(journal(), { now: () => NOON + 1_000, ...parts });
      stops.push(() => made.engine.stop(1_000));
      await made.engine.start();
      return made;
    },
    stateOf,
    until: (id: string, state: string) =>
      vi.waitFor(async () => expect(await stateOf(id)).toBe(state), { timeout: 5_000 }),
  };
}
