import { describe, expect, it } from 'vitest';
import { readMoment } from '../../../src/domain/moment.ts';

const BERLIN = 'Europe/Berlin';
/** On 2026-03-29 clocks in Berlin go from 02:00 to 03:00, on 2026-10-25 from 03:00 back to 02:00. */
const at = (iso: string): number => Date.parse(iso);

const read = (text: string, now: string): string => {
  const moment = readMoment(text, BERLIN, at(now));
  if (moment.kind === 'succeeded') return new Date(moment.value).toISOString();
  return `${moment.message} · ${moment.kind === 'failed' ? moment.remedy : ''}`;
};

describe('--at over the days on which clocks are put forward and back', () => {
  it.each([
    ['02:30', '2026-03-29T00:30:00Z', /no 2026-03-29 02:30 in Europe\/Berlin: the clocks go forward/],
    ['2026-03-29 02:30', '2026-03-20T00:00:00Z', /no 2026-03-29 02:30[\s\S]*before or after/],
    ['2026-03-29T02:00', '2026-03-28T12:00:00Z', /no 2026-03-29 02:00/],
    ['02:30', '2026-03-28T12:00:00Z', /no 2026-03-29 02:30/],
    [
      '2026-10-25 02:30',
      '2026-10-20T00:00:00Z',
      /comes twice[\s\S]*Say which: 2026-10-25T02:30\+02:00 or 2026-10-25T02:30\+01:00/,
    ],
    ['02:30', '2026-10-24T22:00:00Z', /2026-10-25 02:30 comes twice/],
  ])('%s at %s is refused', (text, now, said) => {
    expect(read(text, now)).toMatch(said);
  });

  it.each([
    ['01:59', '2026-03-28T23:30:00Z', '2026-03-29T00:59:00.000Z'],
    ['03:00', '2026-03-29T00:30:00Z', '2026-03-29T01:00:00.000Z'],
    ['2026-03-29 03:00', '2026-03-28T12:00:00Z', '2026-03-29T01:00:00.000Z'],
    ['2026-03-29T02:30+01:00', '2026-03-28T12:00:00Z', '2026-03-29T01:30:00.000Z'],
    // After the gap the skipped time of today is over: tomorrow's is meant.
    ['02:30', '2026-03-29T01:30:00Z', '2026-03-30T00:30:00.000Z'],
    // 23 hours and 25 hours later, because the clock on the wall is meant.
    ['12:00', '2026-03-28T11:00:00Z', '2026-03-29T10:00:00.000Z'],
    ['12:00', '2026-10-24T10:00:00Z', '2026-10-25T11:00:00.000Z'],
    // Said with its offset it is one of the two.
    ['2026-10-25T02:30+02:00', '2026-10-20T00:00:00Z', '2026-10-25T00:30:00.000Z'],
    ['2026-10-25T02:30+01:00', '2026-10-20T00:00:00Z', '2026-10-25T01:30:00.000Z'],
    ['2026-10-25T00:30Z', '2026-10-20T00:00:00Z', '2026-10-25T00:30:00.000Z'],
    // Between the two only the second is ahead.
    ['02:30', '2026-10-25T00:45:00Z', '2026-10-25T01:30:00.000Z'],
    ['in 2h', '2026-03-29T00:30:00Z', '2026-03-29T02:30:00.000Z'],
    ['in 1d', '2026-10-24T12:00:00Z', '2026-10-25T12:00:00.000Z'],
    ['2026-11-21', '2026-11-20T12:00:00Z', '2026-11-20T23:00:00.000Z'],
  ])('%s at %s is %s', (text, now, moment) => {
    expect(read(text, now)).toBe(moment);
  });
});
