import fc from 'fast-check';
import { IANAZone } from 'luxon';
import { describe, expect, it } from 'vitest';
import type { OnCallOverride, Rotation, RotationLayer } from '../../../src/domain/on-call.ts';
import {
  onCallAt,
  onDutyAt,
  type Roster,
  readWallTime,
  rotationsFor,
  type Turn,
  turnsFrom,
  turnsWithin,
} from '../../../src/domain/rotation.ts';
import type { Span, Window } from '../../../src/domain/window.ts';

const MINUTE = 60_000;
const ZONES = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe'] as const;
const YEAR = { from: Date.parse('2026-01-10T00:00Z'), to: Date.parse('2027-01-10T00:00Z') };

const layer = (people: readonly string[], from: string, every: RotationLayer['every']): RotationLayer => ({
  people,
  every,
  from,
});

const rosterOf = (
  timezone: string,
  layers: readonly RotationLayer[],
  overrides: readonly OnCallOverride[] = [],
): Roster => ({ rotation: { name: 'primary', timezone, layers }, overrides });

const iso = (at: number): string => new Date(at).toISOString().slice(0, 16);
const at = (text: string): number => Date.parse(text);

const daily = (from: number, to: number, zone: string): Window => ({ kind: 'daily', from, to, zone });

/** Offsets that were asked for; asking is slow. */
const OFFSETS = new Map<string, number>();

function offsetAt(zone: string, moment: number): number {
  const key = `${zone} ${moment}`;
  const offset = OFFSETS.get(key) ?? IANAZone.create(zone).offset(moment);
  OFFSETS.set(key, offset);
  return offset;
}

/** What clocks on the wall show, as milliseconds of a UTC that never jumps; offsets change on the half hour only. */
function* wallMinutes(
  zone: string,
  { from, to }: Span,
): Generator<{ readonly at: number; readonly wall: number }> {
  let offset = 0;
  for (let moment = from; moment < to; moment += MINUTE) {
    if (moment % (30 * MINUTE) === 0) offset = offsetAt(zone, moment);
    yield { at: moment, wall: moment + offset * MINUTE };
  }
}

const dayMs = 1440 * MINUTE;

/** Compares the turns with who should be on call, minute by minute; they touch one another, so nobody is there twice. */
function compare(
  turns: readonly (Turn & Span)[],
  minutes: Iterable<{ readonly at: number; readonly wall: number }>,
  isRight: (person: string | undefined, wall: number) => boolean,
): void {
  let place = 0;
  for (const { at: moment, wall } of minutes) {
    if ((turns[place]?.to ?? 0) <= moment) place += 1;
    const { person } = turns[place] ?? {};
    if (!isRight(person, wall)) expect.fail(`${person} at ${iso(moment)}`);
  }
  expect(place).toBe(turns.length - 1);
  for (const [number, turn] of turns.entries()) {
    expect(turn.from).toBe(turns[number - 1]?.to ?? turn.from);
    expect(turn.to).toBeGreaterThan(turn.from);
  }
}

describe('who is on call, at every minute of a year', () => {
  const TURNS = [
    ['every week at 09:00', '2026-01-05T09:00', { unit: 'week', count: 1 }],
    ['every day at 02:30, which clocks skip and show twice', '2026-01-01T02:30', { unit: 'day', count: 1 }],
    ['every day at 02:00', '2026-01-01T02:00', { unit: 'day', count: 1 }],
    ['every day at 01:45', '2026-01-01T01:45', { unit: 'day', count: 1 }],
    ['every three days at midnight', '2025-12-30T00:00', { unit: 'day', count: 3 }],
    ['every second week at 17:59', '2025-12-29T17:59', { unit: 'week', count: 2 }],
  ] as const;
  const people = ['ana', 'ben', 'cem'];

  it.each(ZONES)('is one person, handed over when the clock first shows it, in %s', (zone) => {
    for (const [, from, every] of TURNS) {
      const roster = rosterOf(zone, [layer(people, from, every)]);
      const turns = turnsWithin(roster, YEAR);
      const length = every.count * (every.unit === 'week' ? 7 : 1) * dayMs;
      const first = at(`${from}Z`);
      let index = 0;
      compare(turns, wallMinutes(zone, YEAR), (person, wall) => {
        // A clock that goes back hands nothing back.
        index = Math.max(index, Math.floor((wall - first) / length));
        return person === people[index % 3];
      });
      for (const turn of turns) {
        expect(onCallAt(roster, turn.from).person).toBe(turn.person);
        expect(onCallAt(roster, turn.to - 1).person).toBe(turn.person);
      }
    }
  });

  const shift = (person: string, ...[from, to, zone]: readonly [number, number, string]): RotationLayer => ({
    ...layer([person], '2026-01-01T00:00', { unit: 'week', count: 1 }),
    only: [daily(from, to, zone)],
  });

  const shifts = (zone: string, ...[morning, noon, night]: readonly [number, number, number]): Roster =>
    rosterOf(zone, [
      shift('early', morning, noon, zone),
      shift('late', noon, night, zone),
      shift('night', night, morning, zone),
    ]);

  function whose(minute: number): string {
    if (minute >= 360 && minute < 840) return 'early';
    return minute >= 840 && minute < 1320 ? 'late' : 'night';
  }

  it.each(ZONES)('is one person where layers follow the sun in %s', (zone) => {
    compare(
      turnsWithin(shifts(zone, 360, 840, 1320), YEAR),
      wallMinutes(zone, YEAR),
      (person, wall) => person === whose((wall / MINUTE) % 1440),
    );
  });

  it.each(ZONES)('is somebody where shifts end in hours that come twice or never, in %s', (zone) => {
    for (const [from, to] of [
      ['2026-03-05', '2026-04-10'],
      ['2026-10-01', '2026-11-05'],
    ] as const) {
      const span = { from: at(`${from}T00:00Z`), to: at(`${to}T00:00Z`) };
      for (const roster of [shifts(zone, 150, 840, 1320), shifts(zone, 105, 125, 150)])
        compare(turnsWithin(roster, span), wallMinutes(zone, span), (person) => person !== undefined);
    }
  });

  it('has turns without gap or overlap, whatever the zone, the length and the time of day', () => {
    const zones = [...ZONES, 'Africa/Cairo', 'America/Santiago', 'Atlantic/Azores', 'Pacific/Chatham', 'UTC'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: 0, max: 1439 }),
        fc.constantFrom('day' as const, 'week' as const),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: YEAR.from, max: YEAR.to }),
        (...[zone, minute, unit, count, heads, moment]) => {
          const clock = `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
          const names = Array.from({ length: heads }, (_, index) => `p${index}`);
          const roster = rosterOf(zone, [layer(names, `2026-01-02T${clock}`, { unit, count })]);
          const [turn] = turnsFrom(roster, moment);
          expect(turn?.person).toBe(onCallAt(roster, moment).person);
          expect(turn?.person).toBeDefined();
          expect(turn?.to === undefined).toBe(heads === 1);
          if (turn?.to === undefined) return;
          expect(turn.to).toBeGreaterThan(moment);
          expect(onCallAt(roster, turn.to - 1).person).toBe(turn.person);
          const next = names[(names.indexOf(turn.person ?? '') + 1) % heads];
          expect(onCallAt(roster, turn.to).person).toBe(next);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a hand-over', () => {
  const weekly = (timezone: string, from: string): Roster =>
    rosterOf(timezone, [layer(['ana', 'ben'], from, { unit: 'week', count: 1 })]);

  it.each([
    ['inside the gap comes when clocks jump', 'Europe/Berlin', '2026-03-22T02:30', '2026-03-29T01:00'],
    [
      'inside the repeated hour comes the first time',
      'Europe/Berlin',
      '2026-10-18T02:30',
      '2026-10-25T00:30',
    ],
    ['behind the gap is at its wall-clock time', 'Europe/Berlin', '2026-03-23T09:00', '2026-03-30T07:00'],
    ['inside the gap of New York', 'America/New_York', '2026-03-01T02:15', '2026-03-08T07:00'],
    ['inside the repeated hour of New York', 'America/New_York', '2026-10-25T01:15', '2026-11-01T05:15'],
    [
      'inside the half hour that Lord Howe skips',
      'Australia/Lord_Howe',
      '2026-09-27T02:10',
      '2026-10-03T15:30',
    ],
    [
      'inside the half hour that Lord Howe repeats',
      'Australia/Lord_Howe',
      '2026-03-29T01:40',
      '2026-04-04T14:40',
    ],
    ['at the half hours of Kolkata', 'Asia/Kolkata', '2026-03-23T09:00', '2026-03-30T03:30'],
    ['at a midnight that clocks skip', 'Africa/Cairo', '2026-04-17T00:00', '2026-04-23T22:00'],
  ])('%s', (...[, zone, from, expected]) => {
    const roster = weekly(zone, from);
    const start = turnsWithin(roster, {
      from: at(`${expected}Z`) - 3 * dayMs,
      to: at(`${expected}Z`) + dayMs,
    });
    expect(start.map((turn) => [turn.person, iso(turn.from)]).at(-1)).toEqual(['ben', expected]);
  });

  it('makes days of 23 and 25 hours', () => {
    const roster = rosterOf('Europe/Berlin', [
      layer(['ana', 'ben'], '2026-01-01T09:00', { unit: 'day', count: 1 }),
    ]);
    const hours = (day: string): number | undefined =>
      turnsWithin(roster, { from: at(`${day}T00:00Z`), to: at(`${day}T00:00Z`) + 3 * dayMs })
        .slice(1, -1)
        .map((turn) => (turn.to - turn.from) / 3_600_000)[0];
    expect([hours('2026-03-28'), hours('2026-10-24'), hours('2026-06-01')]).toEqual([23, 25, 24]);
  });

  it('has nobody before the first one', () => {
    const roster = weekly('UTC', '2026-05-04T09:00');
    expect(onCallAt(roster, at('2026-05-04T08:59:59Z'))).toEqual({});
    expect(onCallAt(roster, at('2026-05-04T09:00Z'))).toEqual({ person: 'ana' });
    expect(onDutyAt(roster, at('2020-01-01T00:00Z'))).toEqual({
      until: at('2026-05-04T09:00Z'),
      next: { person: 'ana', from: at('2026-05-04T09:00Z'), to: at('2026-05-11T09:00Z') },
    });
  });

  it.each([
    ['2026-02-30T09:00'],
    ['2026-01-05'],
    ['2026-01-05T24:00'],
    ['2026-01-05T09:60'],
    ['2026-13-05T09:00'],
    ['monday'],
  ])('cannot first be at %s', (text) => {
    expect(readWallTime(text)).toBeUndefined();
  });
});

describe('layers and overrides', () => {
  const base = layer(['ana'], '2026-01-05T09:00', { unit: 'week', count: 1 });
  const nights = (person: string): RotationLayer => ({
    ...base,
    people: [person],
    only: [daily(1320, 360, 'UTC')],
  });
  const override = (number: number, person: string, span: readonly [string, string]): OnCallOverride => ({
    number,
    id: `O-${number}`,
    rotation: 'primary',
    person,
    from: at(span[0]),
    until: at(span[1]),
    by: 'ana',
  });
  const seen = (roster: Roster, from: string, to: string): readonly string[] =>
    turnsWithin(roster, { from: at(from), to: at(to) }).map(
      (turn) =>
        `${iso(turn.from).slice(5)} ${turn.person ?? 'nobody'}${turn.override ? ` ${turn.override.id}` : ''}`,
    );

  it('lets the later layer count', () => {
    expect(seen(rosterOf('UTC', [base, nights('ben')]), '2026-06-01T12:00Z', '2026-06-02T12:00Z')).toEqual([
      '06-01T12:00 ana',
      '06-01T22:00 ben',
      '06-02T06:00 ana',
    ]);
  });

  it('says where nobody is, and who is next all the same', () => {
    const roster = rosterOf('UTC', [nights('ben'), { ...nights('cem'), only: [daily(480, 600, 'UTC')] }]);
    expect(seen(roster, '2026-06-01T12:00Z', '2026-06-02T12:00Z')).toEqual([
      '06-01T12:00 nobody',
      '06-01T22:00 ben',
      '06-02T06:00 nobody',
      '06-02T08:00 cem',
      '06-02T10:00 nobody',
    ]);
    const duty = onDutyAt(roster, at('2026-06-01T23:00Z'));
    expect([duty.person, iso(duty.until ?? 0), duty.next?.person]).toEqual([
      'ben',
      '2026-06-02T06:00',
      'cem',
    ]);
  });

  it('puts overrides on top, the newest of several', () => {
    const roster = rosterOf(
      'UTC',
      [base],
      [
        override(1, 'ben', ['2026-06-01T10:00Z', '2026-06-01T20:00Z']),
        override(2, 'cem', ['2026-06-01T12:00Z', '2026-06-01T14:00Z']),
        {
          ...override(3, 'dora', ['2026-06-01T18:00Z', '2026-06-02T18:00Z']),
          endedAt: at('2026-06-01T19:00Z'),
        },
        { ...override(4, 'eva', ['2026-06-01T00:00Z', '2026-06-03T00:00Z']), rotation: 'secondary' },
        {
          ...override(5, 'eva', ['2026-06-01T15:00Z', '2026-06-01T16:00Z']),
          endedAt: at('2026-06-01T09:00Z'),
        },
      ],
    );
    expect(seen(roster, '2026-06-01T09:00Z', '2026-06-03T00:00Z')).toEqual([
      '06-01T09:00 ana',
      '06-01T10:00 ben O-1',
      '06-01T12:00 cem O-2',
      '06-01T14:00 ben O-1',
      '06-01T18:00 dora O-3',
      '06-01T19:00 ben O-1',
      '06-01T20:00 ana',
    ]);
  });

  it('sees no end where one person is on call for ever', () => {
    expect(onDutyAt(rosterOf('UTC', [base]), at('2026-06-01T12:00Z'))).toEqual({ person: 'ana' });
    expect(onDutyAt(rosterOf('UTC', [base, nights('ana')]), at('2026-06-01T12:00Z'))).toEqual({
      person: 'ana',
    });
  });

  it('finds the rotations of a service, else those for all', () => {
    const rotation = (name: string, services?: readonly string[]): Rotation => ({
      name,
      timezone: 'UTC',
      layers: [base],
      ...(services === undefined ? {} : { services }),
    });
    const all = [rotation('primary'), rotation('karma', ['karmabot']), rotation('secondary')];
    const names = (service?: string) => rotationsFor(all, service).map(({ name }) => name);
    expect([names('karmabot'), names('katana-bot'), names()]).toEqual([
      ['karma'],
      ['primary', 'secondary'],
      ['primary', 'secondary'],
    ]);
  });
});
