import { describe, expect, it } from 'vitest';
import { isInside, nextChange, type Window } from '../../../src/domain/window.ts';

const clock = (text: string): number => {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 60 + minutes;
};

type Days = Extract<Window, { readonly kind: 'daily' }>['days'];

const daily = (zone: string, hours: string, days?: Days): Window => {
  const [from = '', to = ''] = hours.split('–');
  const on = days === undefined ? {} : { days };
  return { kind: 'daily', ...on, from: clock(from), to: clock(to), zone };
};

const BERLIN = 'Europe/Berlin';
const NEW_YORK = 'America/New_York';
const LORD_HOWE = 'Australia/Lord_Howe';

interface Case {
  readonly what: string;
  readonly window: Window;
  /** A moment before it opens. */
  readonly before: string;
  readonly opens: string;
  readonly closes: string;
}

const cases: readonly Case[] = [
  {
    what: 'Sundays 02:00–04:00 UTC, whatever Berlin does that night',
    window: daily('UTC', '02:00–04:00', ['sun']),
    before: '2026-03-23T12:00Z',
    opens: '2026-03-29T02:00Z',
    closes: '2026-03-29T04:00Z',
  },
  {
    what: 'over midnight, from Friday to Saturday',
    window: daily(BERLIN, '18:00–08:00', ['fri']),
    before: '2026-11-16T12:00Z',
    opens: '2026-11-20T17:00Z',
    closes: '2026-11-21T07:00Z',
  },
  {
    what: 'a whole day has 24 hours',
    window: daily(BERLIN, '00:00–24:00', ['sat']),
    before: '2026-11-16T12:00Z',
    opens: '2026-11-20T23:00Z',
    closes: '2026-11-21T23:00Z',
  },
  {
    what: 'a whole day has 23 hours when the clock goes forward (Berlin)',
    window: daily(BERLIN, '00:00–24:00', ['sun']),
    before: '2026-03-27T12:00Z',
    opens: '2026-03-28T23:00Z',
    closes: '2026-03-29T22:00Z',
  },
  {
    what: 'a whole day has 25 hours when the clock goes back (Berlin)',
    window: daily(BERLIN, '00:00–24:00', ['sun']),
    before: '2026-10-23T12:00Z',
    opens: '2026-10-24T22:00Z',
    closes: '2026-10-25T23:00Z',
  },
  {
    what: '02:00 does not exist: it begins at the jump and lasts one hour (Berlin)',
    window: daily(BERLIN, '02:00–04:00', ['sun']),
    before: '2026-03-27T12:00Z',
    opens: '2026-03-29T01:00Z',
    closes: '2026-03-29T02:00Z',
  },
  {
    what: '02:00 comes twice: it lasts three hours (Berlin)',
    window: daily(BERLIN, '02:00–04:00', ['sun']),
    before: '2026-10-23T12:00Z',
    opens: '2026-10-25T00:00Z',
    closes: '2026-10-25T03:00Z',
  },
  {
    what: 'its end comes twice: the later one counts (Berlin)',
    window: daily(BERLIN, '01:30–02:30', ['sun']),
    before: '2026-10-23T12:00Z',
    opens: '2026-10-24T23:30Z',
    closes: '2026-10-25T01:30Z',
  },
  {
    what: 'skipped whole: it does not come that week (Berlin)',
    window: daily(BERLIN, '02:15–02:45', ['sun']),
    before: '2026-03-27T12:00Z',
    opens: '2026-04-05T00:15Z',
    closes: '2026-04-05T00:45Z',
  },
  {
    what: 'over midnight into the jump (New York)',
    window: daily(NEW_YORK, '22:00–02:30', ['sat']),
    before: '2026-03-06T12:00Z',
    opens: '2026-03-08T03:00Z',
    closes: '2026-03-08T07:00Z',
  },
  {
    what: '01:00 comes twice: both hours belong to it (New York)',
    window: daily(NEW_YORK, '01:00–02:00', ['sun']),
    before: '2026-10-30T12:00Z',
    opens: '2026-11-01T05:00Z',
    closes: '2026-11-01T07:00Z',
  },
  {
    what: 'half an hour is skipped (Lord Howe)',
    window: daily(LORD_HOWE, '02:00–03:00', ['sun']),
    before: '2026-10-01T12:00Z',
    opens: '2026-10-03T15:30Z',
    closes: '2026-10-03T16:00Z',
  },
  {
    what: 'half an hour comes twice (Lord Howe)',
    window: daily(LORD_HOWE, '01:30–02:00', ['sun']),
    before: '2026-04-02T12:00Z',
    opens: '2026-04-04T14:30Z',
    closes: '2026-04-04T15:30Z',
  },
  {
    what: 'a weekend without a break, over the jump (Berlin)',
    window: {
      kind: 'weekly',
      from: { day: 'fri', minute: clock('18:00') },
      to: { day: 'mon', minute: clock('08:00') },
      zone: BERLIN,
    },
    before: '2026-03-25T12:00Z',
    opens: '2026-03-27T17:00Z',
    closes: '2026-03-30T06:00Z',
  },
  {
    what: 'a week but for an hour',
    window: {
      kind: 'weekly',
      from: { day: 'sun', minute: clock('04:00') },
      to: { day: 'sun', minute: clock('02:00') },
      zone: 'UTC',
    },
    before: '2026-11-22T03:00Z',
    opens: '2026-11-22T04:00Z',
    closes: '2026-11-29T02:00Z',
  },
  {
    what: 'days of a calendar, the last one included',
    window: {
      kind: 'dates',
      from: { year: 2026, month: 12, day: 23, minute: 0 },
      to: { year: 2027, month: 1, day: 2, minute: 1440 },
      zone: NEW_YORK,
    },
    before: '2026-11-01T00:00Z',
    opens: '2026-12-23T05:00Z',
    closes: '2027-01-03T05:00Z',
  },
  {
    what: 'every year, over the turn of the year',
    window: {
      kind: 'yearly',
      from: { month: 12, day: 23, minute: clock('18:00') },
      to: { month: 1, day: 2, minute: 1440 },
      zone: BERLIN,
    },
    before: '2027-06-01T00:00Z',
    opens: '2027-12-23T17:00Z',
    closes: '2028-01-02T23:00Z',
  },
  {
    what: 'from one moment to another',
    window: { kind: 'moments', from: Date.UTC(2026, 10, 20, 12), to: Date.UTC(2026, 10, 20, 13) },
    before: '2026-11-20T11:00Z',
    opens: '2026-11-20T12:00Z',
    closes: '2026-11-20T13:00Z',
  },
];

const utc = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : new Date(at).toISOString().replace(':00.000', '');

describe('windows by the clock on a wall', () => {
  it.each(cases)('$what', ({ window, before, opens, closes }) => {
    const [from, to] = [Date.parse(opens), Date.parse(closes)];
    expect(utc(nextChange([window], Date.parse(before)))).toBe(opens);
    expect(utc(nextChange([window], from))).toBe(closes);
    const inside = [from - 1, from, to - 1, to].map((at) => isInside(window, at));
    expect(inside).toEqual([false, true, true, false]);
  });

  it('windows that touch or overlap are one', () => {
    const nights = daily(BERLIN, '18:00–08:00', ['fri', 'sat', 'sun']);
    const days = daily(BERLIN, '00:00–24:00', ['sat', 'sun']);
    expect(utc(nextChange([nights, days], Date.parse('2026-11-20T18:00Z')))).toBe('2026-11-23T07:00Z');
    const once: Window = {
      kind: 'moments',
      from: Date.parse('2026-11-20T19:00Z'),
      to: Date.parse('2026-11-20T20:00Z'),
    };
    expect(nextChange([once, nights], once.from)).toBe(Date.parse('2026-11-21T07:00Z'));
  });

  it('what never changes any more has no next change', () => {
    const past: Window = { kind: 'moments', from: 1, to: 2 };
    expect(nextChange([past], 3)).toBeUndefined();
    expect(nextChange([daily('UTC', '00:00–24:00')], Date.parse('2026-11-20T12:00Z'))).toBeUndefined();
    expect(nextChange([], 3)).toBeUndefined();
  });
});
