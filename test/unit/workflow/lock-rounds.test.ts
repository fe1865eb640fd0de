import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../../../src/domain/person.ts';
import type { LockWait } from '../../../src/workflow/lock-books.ts';
import { freeWhatIsOver, type LockRounds, tellThoseWhoWait } from '../../../src/workflow/lock-rounds.ts';
import { createWakeups } from '../../../src/workflow/wakeups.ts';
import { entry, type JournalBench, NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';

const APP = 'shop/app@production';
const DAY_MS = 24 * 3_600_000;
const ANA: Person = { key: 'ana', name: 'Ana', roles: [], slack: 'U0ANA', telegram: '111' };

const wait = (more: Partial<LockWait> = {}): LockWait => ({
  person: 'ana',
  subject: APP,
  keys: [APP],
  conversation: { platform: 'slack', channel: 'C0OPS' },
  at: NOON,
  ...more,
});

describe('those who wait for a lock', () => {
  let bench: JournalBench;
  let now = NOON;
  beforeEach(async () => {
    bench = await sqliteBench();
    now = NOON;
  });
  afterEach(() => bench.remove());

  const rounds = (people: readonly Person[] = [ANA]): LockRounds => ({
    journal: bench.journal,
    wakeups: createWakeups(),
    people: () => people,
    now: () => now,
    directly: async ({ slack, telegram }) => {
      if (slack !== undefined) return { platform: 'slack', channel: `D-${slack}` };
      return telegram === undefined ? undefined : { platform: 'telegram', channel: telegram };
    },
  });

  const locks = (holder: string, until?: number) =>
    bench.journal.locks.take(
      [
        {
          key: APP,
          holder,
          holderName: holder,
          reason: 'by hand',
          at: NOON,
          ...(until === undefined ? {} : { until }),
        },
      ],
      entry('lock taken'),
    );

  const said = () => bench.journal.deliveries.withPrefix('free ');

  it('hear nothing while somebody else locks it, and once when it is free', async () => {
    await bench.journal.lockWaits.add(wait());
    await locks('person:ben');
    await tellThoseWhoWait(rounds());
    expect(await said()).toEqual([]);
    await bench.journal.locks.release([APP], 'person:ben', entry('lock released'));
    for (const _ of [1, 2, 3]) await tellThoseWhoWait(rounds());
    expect(await said()).toMatchObject([{ conversation: { channel: 'D-U0ANA' }, revision: 1 }]);
  });

  it('are not kept waiting by their own lock, nor by one whose time is over', async () => {
    await bench.journal.lockWaits.add(wait());
    await locks('person:ben', NOON + 1000);
    now = NOON + 1000;
    await freeWhatIsOver(rounds());
    await locks('person:ana');
    await tellThoseWhoWait(rounds());
    expect(await said()).toHaveLength(1);
  });

  it('are told in the chat they asked in, where that reaches them', async () => {
    await bench.journal.lockWaits.add(wait({ conversation: { platform: 'telegram', channel: '-100' } }));
    await tellThoseWhoWait(rounds());
    expect(await said()).toMatchObject([{ conversation: { platform: 'telegram', channel: '111' } }]);
  });

  it('are told openly, by name, where they cannot be written to; then it is forgotten', async () => {
    await bench.journal.lockWaits.add(wait());
    await tellThoseWhoWait(rounds());
    const [first] = await said();
    if (first === undefined) throw new Error('nothing was said');
    const later = { revision: 1, notBefore: NOON, ambiguous: false, givenUp: 'blocked' };
    await bench.journal.deliveries.retryLater(first.key, later);
    for (const _ of [1, 2]) await tellThoseWhoWait(rounds());
    const openly = (await said()).find(({ key }) => key !== first.key);
    expect(openly).toMatchObject({ conversation: { channel: 'C0OPS' }, revision: 1 });
    expect(openly?.message.mentions).toMatchObject([{ person: 'ana' }]);
    await bench.journal.deliveries.retryLater(openly?.key ?? '', later);
    await tellThoseWhoWait(rounds());
    expect(await bench.journal.lockWaits.all()).toEqual([]);
  });

  it('a crash between the message and the note of it does not say it twice', async () => {
    await bench.journal.lockWaits.add(wait());
    await tellThoseWhoWait(rounds());
    await bench.journal.lockWaits.add(wait());
    const after = await bench.reopen();
    await tellThoseWhoWait({ ...rounds(), journal: after });
    expect(await after.deliveries.withPrefix('free ')).toMatchObject([{ revision: 1 }]);
  });

  it('are forgotten after a day, and when they are gone', async () => {
    await bench.journal.lockWaits.add(wait());
    await locks('person:ben');
    now = NOON + DAY_MS - 1;
    await tellThoseWhoWait(rounds());
    expect(await bench.journal.lockWaits.all()).toHaveLength(1);
    now = NOON + DAY_MS;
    await tellThoseWhoWait(rounds());
    expect(await bench.journal.lockWaits.all()).toEqual([]);
    await bench.journal.lockWaits.add(wait({ at: now }));
    await tellThoseWhoWait(rounds([]));
    expect(await bench.journal.lockWaits.all()).toEqual([]);
    expect(await said()).toEqual([]);
  });
});
