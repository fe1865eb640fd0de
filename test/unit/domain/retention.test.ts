import { describe, expect, it } from 'vitest';
import type { BackupRecord } from '../../../src/domain/backup.ts';
import { planRetention } from '../../../src/domain/retention.ts';

const at = (iso: string): number => Date.parse(iso);

const good = (when: number) => ({ at: when, good: true, depth: 'content', said: 'whole' }) as const;

const record = (number: number, when: string, more: Partial<BackupRecord> = {}): BackupRecord => ({
  id: `B-${number}`,
  receipt: `r${number}`,
  service: 'shop',
  environment: 'production',
  component: 'db',
  name: 'database',
  kind: 'postgres',
  storage: 'main',
  artifact: `shop/production/database/${number}`,
  state: 'there',
  startedAt: at(when),
  endedAt: at(when),
  encrypted: false,
  held: false,
  verified: good(at(when)),
  ...more,
});

const keptOf = (records: readonly BackupRecord[], keep: object, zone = 'UTC') =>
  planRetention(records, keep, zone)
    .backups.filter(({ because }) => because.length > 0)
    .map(({ record: { id } }) => id);

describe('what retention keeps', () => {
  const week = ['2026-11-16', '2026-11-17', '2026-11-18', '2026-11-19', '2026-11-20'].map((day, index) =>
    record(index + 1, `${day}T03:00:00Z`),
  );

  it('the last so many', () => expect(keptOf(week, { last: 2 })).toEqual(['B-5', 'B-4']));

  it('the newest of each day, of two on one day the later', () => {
    const twice = [...week, record(6, '2026-11-20T15:00:00Z')];
    expect(keptOf(twice, { daily: 3 })).toEqual(['B-6', 'B-4', 'B-3']);
  });

  it('never what was copied before a restore in the place of what it was mended with', () => {
    const copies = [1, 2, 3, 4].map((hour) =>
      record(10 + hour, `2026-11-20T0${3 + hour}:00:00Z`, { beforeRestoreOf: 'B-5' }),
    );
    const plan = planRetention([...week, ...copies], { daily: 2 }, 'UTC');
    expect(plan.backups.filter(({ because }) => because.length > 0)).toMatchObject([
      { record: { id: 'B-14' }, because: ['before B-5 was put back'] },
      { record: { id: 'B-13' } },
      { record: { id: 'B-12' } },
      { record: { id: 'B-5' }, because: ['daily 2026-11-20', 'newest verified'] },
      { record: { id: 'B-4' } },
    ]);
    expect(plan.backups.find(({ record: { id } }) => id === 'B-11')?.because).toEqual([]);
  });

  it('days without any do not count', () => {
    const holes = [record(1, '2026-10-01T03:00:00Z'), record(2, '2026-11-01T03:00:00Z'), ...week.slice(3)];
    expect(keptOf(holes, { daily: 3 })).toEqual(['B-5', 'B-4', 'B-2']);
  });

  it('ISO weeks: Sunday belongs to the week before, and a week to the year of its Thursday', () => {
    const turn = [
      record(1, '2026-12-27T03:00:00Z'),
      record(2, '2026-12-28T03:00:00Z'),
      record(3, '2027-01-03T03:00:00Z'),
      record(4, '2027-01-04T03:00:00Z'),
    ];
    expect(keptOf(turn, { weekly: 3 })).toEqual(['B-4', 'B-3', 'B-1']);
  });

  it('months in the configured zone: in Auckland the first of a month comes earlier', () => {
    const edge = [record(1, '2026-10-31T10:00:00Z'), record(2, '2026-10-31T12:00:00Z')];
    expect(keptOf(edge, { monthly: 2 }, 'Pacific/Auckland')).toEqual(['B-2', 'B-1']);
    expect(keptOf(edge, { monthly: 2 }, 'UTC')).toEqual(['B-2']);
  });

  it('one may count in several classes', () => {
    const plan = planRetention(week, { last: 1, daily: 1, monthly: 1 }, 'UTC');
    expect(plan.backups[0]?.because).toEqual([
      'last',
      'daily 2026-11-20',
      'monthly 2026-11',
      'newest verified',
    ]);
    expect(plan.backups.filter(({ because }) => because.length > 0)).toHaveLength(1);
  });

  it('of four months with holes and two a day as many as the classes have periods, each once', () => {
    const days = Array.from({ length: 120 }, (_, day) => day).filter((day) => day % 7 !== 3);
    const hours = days.flatMap((day) => (day % 2 === 0 ? [day * 24, day * 24 + 12] : [day * 24]));
    const start = at('2026-06-01T03:00:00Z');
    const many = hours.map((hour, index) =>
      record(index + 1, new Date(start + hour * 3_600_000).toISOString()),
    );
    const kept = keptOf(many, { last: 2, daily: 7, weekly: 4, monthly: 6 });
    // 7 days (the last 2 are 2 of them or share one), 2 more weeks and 3 more months.
    expect(kept).toHaveLength(12);
    expect(kept[0]).toBe(`B-${many.length}`);
  });

  it('nothing is deleted where nothing says how many', () => expect(keptOf(week, {})).toHaveLength(5));
});

describe('what retention never deletes', () => {
  it('the newest verified one, however old', () => {
    const unread = { verified: undefined as never };
    const { verified: _, ...bare } = record(2, '2026-11-19T03:00:00Z', unread);
    const { verified: __, ...newest } = record(3, '2026-11-20T03:00:00Z', unread);
    const kept = keptOf([record(1, '2026-01-01T03:00:00Z'), bare, newest], { last: 1 });
    expect(kept).toEqual(['B-3', 'B-1']);
  });

  it('what is held', () => {
    const kept = keptOf(
      [record(1, '2026-01-01T03:00:00Z', { held: true }), record(2, '2026-11-20T03:00:00Z')],
      {
        last: 1,
      },
    );
    expect(kept).toEqual(['B-2', 'B-1']);
  });

  it.each([
    [
      'the last run failed',
      record(9, '2026-11-20T04:00:00Z', { state: 'failed', message: 'disk full' }),
      /last run failed \(B-9: disk full\)/,
    ],
    ['one is being taken', record(9, '2026-11-20T04:00:00Z', { state: 'running' }), /B-9 is being taken/],
    [
      'the newest is no good',
      record(9, '2026-11-20T04:00:00Z', { verified: { at: 1, good: false, depth: 'content', said: 'cut' } }),
      /B-9\) is no good/,
    ],
  ])('anything while %s', (_, latest, why) => {
    const plan = planRetention(
      [record(1, '2026-01-01T03:00:00Z'), record(2, '2026-11-19T03:00:00Z'), latest],
      { last: 1 },
      'UTC',
    );
    expect(plan.halted).toMatch(why);
  });

  it('failed runs count in no class', () => {
    const failedRun = record(3, '2026-11-18T03:00:00Z', { state: 'failed' });
    const kept = keptOf(
      [
        record(1, '2026-11-17T03:00:00Z'),
        record(2, '2026-11-16T03:00:00Z'),
        failedRun,
        record(4, '2026-11-19T03:00:00Z'),
      ],
      { last: 2 },
    );
    expect(kept).toEqual(['B-4', 'B-1']);
  });
});
