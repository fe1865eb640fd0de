import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/domain/alert.ts';
import { type AlertTurn, turnAlert } from '../../../src/domain/alert-turn.ts';
import { HOUR, MINUTE, reportOf, SECOND, T0 } from './alert-stage.ts';
import { ends, event, fires, play, type Said, take } from './alert-turn-stage.ts';

describe('what a report comes to', () => {
  it.each<[string, readonly Said[], readonly AlertTurn[], Partial<Alert>]>([
    ['fires', [fires(0)], ['new'], { status: 'firing', count: 1, firingSince: T0, firstSeen: T0 }],
    [
      'the identical body again at each repeat_interval',
      [fires(5 * SECOND, 0), fires(HOUR, 0), fires(2 * HOUR, 0)],
      ['new', 'again', 'again'],
      { count: 3, firstSeen: T0 + 5 * SECOND, lastSeen: T0 + 2 * HOUR, firingSince: T0, turns: [] },
    ],
    [
      'one of a firing group is resolved: its own status counts',
      [fires(0), ends(MINUTE, 0)],
      ['new', 'resolved'],
      { status: 'resolved', resolvedAt: T0 + MINUTE, turns: [T0 + MINUTE] },
    ],
    [
      'fires again: a new startsAt',
      [fires(0), ends(MINUTE, 0), fires(2 * MINUTE)],
      ['new', 'resolved', 'refired'],
      { status: 'firing', count: 2, firingSince: T0 + 2 * MINUTE, firstSeen: T0 },
    ],
    [
      'resolved and fired inside one group_interval: nobody saw the end',
      [fires(0), fires(5 * MINUTE, 3 * MINUTE)],
      ['new', 'again'],
      { firingSince: T0, turns: [] },
    ],
    [
      'a peer of the cluster repeats the beginning after the end',
      [fires(0), ends(MINUTE, 0), fires(MINUTE + 15 * SECOND, 0)],
      ['new', 'resolved', 'late'],
      { status: 'resolved', count: 1, delivery: 2 },
    ],
    [
      'resolved by timeout while Prometheus was cut off, then the same startsAt again',
      [fires(0), ends(10 * MINUTE, 0), fires(15 * MINUTE, 0)],
      ['new', 'resolved', 'refired'],
      { status: 'firing', firingSince: T0 },
    ],
    [
      'an end that overtook the next beginning',
      [fires(0), fires(5 * MINUTE, 4 * MINUTE), ends(6 * MINUTE, 0, 2 * MINUTE)],
      ['new', 'again', 'late'],
      { status: 'firing' },
    ],
    [
      'the end again',
      [fires(0), ends(MINUTE, 0), ends(2 * MINUTE, 0, MINUTE)],
      ['new', 'resolved', 'again'],
      { status: 'resolved', resolvedAt: T0 + MINUTE, count: 1, lastSeen: T0 + 2 * MINUTE },
    ],
    ['an end of what nobody knows', [ends(MINUTE, 0)], ['unknown resolve'], { status: 'resolved', count: 0 }],
    [
      'the beginning of it, a moment later',
      [ends(MINUTE, 0), fires(MINUTE + SECOND, 0)],
      ['unknown resolve', 'late'],
      { status: 'resolved', count: 0 },
    ],
    [
      'and then it fires for the first time',
      [ends(MINUTE, 0), fires(5 * MINUTE)],
      ['unknown resolve', 'new'],
      { status: 'firing', count: 1, firingSince: T0 + 5 * MINUTE },
    ],
    ['a clock that runs ahead', [fires(0, HOUR)], ['new'], { firingSince: T0 }],
    [
      'no times at all: the order is what it is',
      [event(0, 'firing'), event(1, 'resolved'), event(2, 'firing'), event(3, 'firing')],
      ['new', 'resolved', 'refired', 'again'],
      { firingSince: T0 + 2, count: 3 },
    ],
    [
      'an event that is sent hours later, after the end',
      [event(HOUR, 'resolved', { endsAt: T0 }), event(5 * HOUR, 'firing', { startsAt: T0 - MINUTE })],
      ['unknown resolve', 'late'],
      { status: 'resolved' },
    ],
    [
      'an issue that came back with the time it was first seen',
      [
        event(0, 'firing', { startsAt: T0 - HOUR }),
        event(MINUTE, 'resolved'),
        event(HOUR, 'firing', { startsAt: T0 - HOUR }),
      ],
      ['new', 'resolved', 'refired'],
      { status: 'firing', count: 2 },
    ],
    [
      'acknowledged by its sender, and fires on',
      [event(0, 'firing'), event(1, 'acknowledged'), event(2, 'acknowledged'), event(3, 'firing')],
      ['new', 'acknowledged', 'again', 'again'],
      { status: 'firing', count: 2, turns: [] },
    ],
    [
      'acknowledged after it was over: it stays over',
      [event(0, 'firing'), event(1, 'resolved'), event(2, 'acknowledged')],
      ['new', 'resolved', 'late'],
      { status: 'resolved' },
    ],
    [
      'acknowledged before anybody here knew it',
      [event(0, 'acknowledged'), event(1, 'firing')],
      ['unknown resolve', 'new'],
      { status: 'firing', count: 1 },
    ],
  ])('%s', (_, ...[told, turns, alert]) => {
    const played = play(told);
    expect(played.turns).toEqual(turns);
    expect(played.alert).toMatchObject(alert);
  });

  it('believes the beginning where the end says less', () => {
    const { alert } = play([fires(0)]);
    const { alert: ended } = turnAlert(alert, {
      integration: 'alertmanager',
      source: 'alertmanager',
      report: reportOf({ status: 'resolved', level: 'unknown' }),
      facts: { severity: 'P2' },
      at: T0 + MINUTE,
      delivery: 2,
    });
    expect(ended).toMatchObject({ severity: 'P1', service: 'karmabot', report: { startsAt: T0 } });
  });

  it('keeps its incident, and why nobody was told only until it begins anew', () => {
    const { alert } = play([fires(0)]);
    const known: Alert = { ...alert, incident: 'INC-7', unannounced: 'silenced by S-3' };
    expect(take(known, fires(MINUTE, 0)).alert).toMatchObject({
      incident: 'INC-7',
      unannounced: 'silenced by S-3',
    });
    const over = take(known, ends(MINUTE, 0)).alert;
    expect(over.unannounced).toBe('silenced by S-3');
    const again = take(over, fires(HOUR)).alert;
    expect(again.incident).toBe('INC-7');
    expect(again).not.toHaveProperty('unannounced');
    expect(again).not.toHaveProperty('resolvedAt');
  });
});
