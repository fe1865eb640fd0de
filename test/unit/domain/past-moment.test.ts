import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { readPast, showPast } from '../../../src/domain/past-moment.ts';

const BERLIN = 'Europe/Berlin';
const berlin = (iso: string): number => DateTime.fromISO(iso, { zone: BERLIN }).toMillis();
/** A Friday, a quarter past three in the morning. */
const NIGHT = berlin('2026-11-20T03:15');

describe('a time that has been', () => {
  it.each([
    ['now', '2026-11-20T03:15'],
    ['12h', '2026-11-19T15:15'],
    ['1h30m', '2026-11-20T01:45'],
    ['1 h 30 min ago', '2026-11-20T01:45'],
    ['2d ago', '2026-11-18T03:15'],
    ['02:00', '2026-11-20T02:00'],
    ['22:00', '2026-11-19T22:00'],
    ['last night', '2026-11-19T18:00'],
    ['today', '2026-11-20T00:00'],
    ['yesterday', '2026-11-19T00:00'],
    ['Yesterday 22:00', '2026-11-19T22:00'],
    ['yesterday at 22:00', '2026-11-19T22:00'],
    ['yesterday noon', '2026-11-19T12:00'],
    ['wednesday 09:30', '2026-11-18T09:30'],
    ['fri', '2026-11-20T00:00'],
    ['tues', '2026-11-17T00:00'],
    ['Thursday at noon', '2026-11-19T12:00'],
    ['sat 10:00', '2026-11-14T10:00'],
    ['2026-11-19', '2026-11-19T00:00'],
    ['2026-11-19 22:00', '2026-11-19T22:00'],
    ['2026-11-19T22:00Z', '2026-11-19T23:00'],
  ])('"%s" is read as people mean it at 03:15 on a Friday', (text, meant) => {
    expect(readPast(text, BERLIN, NIGHT)).toEqual({ kind: 'succeeded', value: berlin(meant) });
  });

  it.each([
    ['whenever', 'is not a time'],
    ['monitor', 'is not a time'],
    ['wedding 10:00', 'is not a time'],
    ['25:00', 'is not a time'],
    ['', 'is not a time'],
    ['2026-11-21', 'is still to come'],
    ['today 09:00', 'is still to come'],
  ])('"%s" is refused in words', (text, why) => {
    expect(readPast(text, BERLIN, NIGHT)).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining(why),
    });
  });

  it('is the hour on the wall, also where the night has 25 or 23 hours', () => {
    expect(readPast('22:00', BERLIN, berlin('2026-10-25T08:00'))).toMatchObject({
      value: berlin('2026-10-24T22:00'),
    });
    expect(readPast('yesterday 03:30', BERLIN, berlin('2026-03-30T08:00'))).toMatchObject({
      value: berlin('2026-03-29T03:30'),
    });
  });

  it.each([
    ['2026-11-20T01:00', '01:00'],
    ['2026-11-19T22:14', 'yesterday 22:14'],
    ['2026-11-16T08:00', 'Mon 16 Nov 08:00'],
    ['2025-11-16T08:00', '16 Nov 2025 08:00'],
  ])('%s is shown as %s', (at, shown) => {
    expect(showPast(berlin(at), BERLIN, NIGHT)).toBe(shown);
  });
});
