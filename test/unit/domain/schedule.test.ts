import { describe, expect, it } from 'vitest';
import {
  latestTurn,
  lineIn,
  nextTurn,
  type PlacedSchedule,
  whyNoCron,
} from '../../../src/domain/schedule.ts';

const BERLIN = 'Europe/Berlin';

const at = (cron: string, timezone?: string): PlacedSchedule => ({
  key: 'shop/nightly@production',
  name: 'nightly',
  cron,
  ...(timezone === undefined ? {} : { timezone }),
  line: 'restart shop/app@production',
  as: 'calendar',
  lateMs: 3_600_000,
});

const iso = (ms: number | undefined): string | undefined =>
  ms === undefined ? undefined : new Date(ms).toISOString();

describe('a calendar rule', () => {
  it.each([
    ['0 3 * * *', '2026-11-20T01:59:59.999Z', '2026-11-19T02:00:00.000Z'],
    ['0 3 * * *', '2026-11-20T02:00:00.000Z', '2026-11-20T02:00:00.000Z'],
    ['0 3 * * *', '2026-11-20T02:00:00.001Z', '2026-11-20T02:00:00.000Z'],
    // The clocks went forward on 29 March: 02:30 was not there that day and counts as 03:30 or 03:00 of summer time.
    ['0 10 * * 1', '2026-11-20T12:00:00.000Z', '2026-11-16T09:00:00.000Z'],
    // They went back on 25 October: 02:30 came twice and has one turn.
    ['30 2 * * *', '2026-10-25T06:00:00.000Z', '2026-10-25T00:30:00.000Z'],
    ['0 0 29 2 *', '2026-11-20T00:00:00.000Z', '2024-02-28T23:00:00.000Z'],
  ])('%s had its latest turn by %s at %s', (cron, by, wanted) => {
    expect(iso(latestTurn(at(cron), BERLIN, Date.parse(by)))).toBe(wanted);
  });

  it('is read in its own zone before that of the configuration', () => {
    const noon = Date.parse('2026-11-20T12:00:00Z');
    expect(iso(nextTurn(at('0 3 * * *'), BERLIN, noon))).toBe('2026-11-21T02:00:00.000Z');
    expect(iso(nextTurn(at('0 3 * * *', 'UTC'), BERLIN, noon))).toBe('2026-11-21T03:00:00.000Z');
  });

  it('never has no turn and one that cannot come has none', () => {
    expect(nextTurn(at('0 0 31 2 *'), BERLIN, 0)).toBeUndefined();
  });

  it.each(['61 * * * *', '* * * *', '* * * * * *', 'every day', ''])('"%s" is none, in words', (pattern) => {
    expect(whyNoCron(pattern)).toMatch(/\w{4}/);
  });

  it('"0 3 * * 1-5" is one', () => expect(whyNoCron('0 3 * * 1-5')).toBeUndefined());
});

it.each([
  ['backup shop database', 'backup shop@staging database'],
  ['restart shop/app shop/web --batch 1', 'restart shop/app@staging shop/web@staging --batch 1'],
  ['restart shop/app@production', 'restart shop/app@production'],
  ['status', 'status'],
  ['run shopping list', 'run shopping list'],
])('"%s" in staging is "%s"', (line, wanted) => {
  expect(lineIn(line, { service: 'shop', environment: 'staging' })).toBe(wanted);
});
