import { describe, expect, it } from 'vitest';
import type { OnCallOverride, Rotation, RotationLayer } from '../../../src/domain/on-call.ts';
import {
  onCallAt,
  onDutyAt,
  type Roster,
  readWallTime,
  rotationsFor,
  turnsWithin,
} from '../../../src/domain/rotation.ts';

import { at, daily, dayMs, iso, layer, rosterOf } from './rotation-stage.ts';

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
