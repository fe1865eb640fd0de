import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { restoreFrom } from '../../../src/store/restore.ts';
import { auditEvents, incoming, NOON } from '../../contract/journal-samples.ts';
import { receiverBench } from './receiver-bench.ts';

describe('taking lines in', () => {
  const bench = receiverBench();
  const whispers = () => bench.told.map(({ id }) => id).toSorted();

  it('works once on a line that comes while a boot takes up what the last one left', async () => {
    await bench.journal.inbox.accept(incoming('left', 'whoami'), NOON);
    const receiver = bench.boot();
    await Promise.all([
      receiver.receive(incoming('new', 'whoami')),
      receiver.receive(incoming('left', 'whoami')),
      receiver.receive(incoming('new', 'whoami')),
      receiver.resume(),
    ]);
    await bench.settled();
    await receiver.drain(1_000);
    expect(whispers()).toEqual(['left', 'new']);
    const events = ['line answered', 'line answered', 'line came again'];
    expect((await auditEvents(bench.journal)).toSorted()).toEqual(events);
  });

  it('says no to a line that a crash left long ago, and carries out a fresh one', async () => {
    await bench.journal.inbox.accept(incoming('old', 'whoami'), NOON - 16 * 60_000);
    await bench.journal.inbox.accept(incoming('fresh', 'whoami'), NOON - 14 * 60_000);
    await bench.boot().resume();
    await bench.settled();
    expect(whispers()).toEqual(['fresh', 'old']);
    const records = await bench.journal.audit.list({ limit: 9 });
    expect(records.find((record) => record.event === 'line refused')).toMatchObject({ code: 'DENIED_STALE' });
    expect(records).toHaveLength(2);
  });

  it('carries out nothing typed before a restore, also at the boot after everybody was told of that', async () => {
    const copy = join(bench.folder, 'copy.db');
    await bench.journal.backUp(copy);
    await bench.journal.close();
    await restoreFrom(copy, bench.folder);
    await bench.reopen();
    await bench.journal.restoreTold();
    const { at = 0 } = (await bench.reopen()).restored ?? {};
    const receiver = bench.boot({ now: () => at + 60_000 });
    await receiver.receive({ ...incoming('before', 'restart'), saidAt: at - 1 });
    await receiver.receive({ ...incoming('after', 'restart'), saidAt: at + 1 });
    await bench.settled();
    await receiver.drain(1_000);
    const records = await bench.journal.audit.list({ limit: 9 });
    const refused = records.filter(({ event }) => event === 'line refused');
    expect(refused.map(({ code }) => code)).toEqual(['DENIED_RESTORED']);
    expect(await bench.changes()).toHaveLength(1);
  });
});
