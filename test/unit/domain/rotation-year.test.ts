import fc from 'fast-check';
import { IANAZone } from 'luxon';
import { describe, expect, it } from 'vitest';
import type { RotationLayer } from '../../../src/domain/on-call.ts';
import { onCallAt, type Roster, type Turn, turnsFrom, turnsWithin } from '../../../src/domain/rotation.ts';
import type { Span } from '../../../src/domain/window.ts';

import { at, daily, dayMs, iso, layer, MINUTE, rosterOf, YEAR, ZONES } from './rotation-stage.ts';

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
