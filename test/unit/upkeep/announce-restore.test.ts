import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { restoreFrom } from '../../../src/store/restore.ts';
import { announceRestore } from '../../../src/upkeep/announce-restore.ts';
import { draft, entry } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';

let bench: Awaited<ReturnType<typeof sqliteBench>>;
beforeEach(async () => {
  bench = await sqliteBench();
  const copy = join(bench.folder, 'copy.db');
  await bench.journal.changes.request(draft('waits', { approvals: 1 }), entry('change requested'));
  await bench.journal.backUp(copy);
  await bench.journal.close();
  await restoreFrom(copy, bench.folder);
  await bench.reopen();
});
afterEach(() => bench.remove());

const announce = (channel: string): Promise<void> =>
  announceRestore({
    journal: bench.journal,
    places: [{ platform: 'slack', channel }],
    timezone: 'UTC',
  });

it('is told once, and what the restore came to stays known after that, over restarts', async () => {
  await announce('C0OPS');
  const { restored } = bench.journal;
  expect(restored).toMatchObject({ voided: ['C-1'], isTold: true });
  await bench.reopen();
  await announce('C0LATER');
  const told = await bench.journal.deliveries.withPrefix('store restored ');
  expect(told.map(({ conversation }) => conversation.channel)).toEqual(['C0OPS']);
  // By this a line that was typed before is known as such, whenever its chat brings it.
  expect(bench.journal.restored).toEqual(restored);
  expect(restored?.at).toBeGreaterThan(0);
});
