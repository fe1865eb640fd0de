import { describe, expect, it } from 'vitest';
import { readMoment, showDay } from '../../../src/domain/moment.ts';

const BERLIN = 'Europe/Berlin';
/** A Friday, 13:00 in Berlin. */
const NOW = Date.parse('2026-11-20T12:00:00Z');

const read = (text: string, now = NOW): string => {
  const at = readMoment(text, BERLIN, now);
  return at.kind === 'succeeded' ? new Date(at.value).toISOString().slice(0, 16) : at.message;
};

describe('times as people write them', () => {
  it.each([
    ['17:00', '2026-11-20T16:00'],
    ['09:00', '2026-11-21T08:00'],
    ['2h', '2026-11-20T14:00'],
    ['in 20m', '2026-11-20T12:20'],
    ['+1d', '2026-11-21T12:00'],
    ['1h30m', '2026-11-20T13:30'],
    ['in 1d 2h', '2026-11-21T14:00'],
    ['in20min', '2026-11-20T12:20'],
    ['90s', '2026-11-20T12:01'],
    ['1m1h', '"1m1h" is not a time'],
    ['in', '"in" is not a time'],
    ['1h30m30d', '"1h30m30d" is not a time'],
    ['31d', '"31d" is more than 30 days ahead'],
    ['mon 08:00', '2026-11-23T07:00'],
    ['Monday 8:00', '2026-11-23T07:00'],
    ['fri 17:00', '2026-11-20T16:00'],
    ['fri 12:00', '2026-11-27T11:00'],
    ['tomorrow 00:30', '2026-11-20T23:30'],
    ['2026-11-23 08:00', '2026-11-23T07:00'],
    ['2026-11-23T08:00:00Z', '2026-11-23T08:00'],
    ['2026-11-23T08:00:00.000Z', '2026-11-23T08:00'],
    ['mon', '"mon" is not a time'],
    ['mon 25:00', '"mon 25:00" is not a time'],
    ['2026-11-20 10:00', '2026-11-20 10:00 GMT+1 is in the past'],
    ['2027-11-20', '"2027-11-20" is more than 30 days ahead'],
  ])('%s', (text, means) => {
    expect(read(text)).toBe(means);
  });

  it('keeps to the clock on the wall over a jump', () => {
    expect(read('sun 12:00', Date.parse('2026-03-27T12:00:00Z'))).toBe('2026-03-29T10:00');
  });

  it.each([
    ['2026-11-20T16:00:00Z', '17:00'],
    ['2026-11-20T23:30:00Z', 'Sat 00:30'],
    ['2026-11-26T07:00:00Z', 'Thu 08:00'],
    ['2026-11-27T07:00:00Z', 'Fri 2026-11-27 08:00'],
    ['2026-11-18T07:00:00Z', 'Wed 2026-11-18 08:00'],
  ])('shows %s as %s', (at, shown) => {
    expect(showDay(Date.parse(at), BERLIN, NOW)).toBe(shown);
  });
});
