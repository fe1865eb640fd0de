import { describe, expect, it } from 'vitest';
import type { Alert } from '../../../src/domain/alert.ts';
import { calmed } from '../../../src/domain/alert-turn.ts';
import { CALM_MS, calmAt } from '../../../src/domain/flapping.ts';
import { HOUR, MINUTE, T0 } from './alert-stage.ts';
import { ends, event, fires, play, type Said, take } from './alert-turn-stage.ts';

describe('an alert that was given up because nobody repeated it', () => {
  const givenUp: Alert = {
    ...play([fires(0)]).alert,
    status: 'resolved',
    resolvedAt: T0 + 24 * HOUR,
    incident: 'INC-7',
  };

  it('fires anew when its sender repeats it after all, whenever it began', () => {
    expect(take(givenUp, fires(25 * HOUR, 0))).toMatchObject({
      turn: 'refired',
      alert: { status: 'firing', count: 2, incident: 'INC-7' },
    });
  });

  it('is over already when its sender says so', () => {
    const { turn, alert } = take(givenUp, ends(25 * HOUR, 0));
    expect(turn).toBe('again');
    expect(alert).toMatchObject({ status: 'resolved', resolvedAt: T0 + 24 * HOUR });
  });

  it('is not brought back by an acknowledgement', () => {
    expect(take(givenUp, event(25 * HOUR, 'acknowledged')).turn).toBe('late');
  });
});

describe('an alert that flaps', () => {
  /** Fires at 0, then turns every two minutes. */
  const turning = (times: number): readonly Said[] => [
    fires(0),
    ...Array.from({ length: times }, (_, index) => {
      const at = (index + 1) * 2 * MINUTE;
      return index % 2 === 0 ? ends(at, at - 2 * MINUTE) : fires(at);
    }),
  ];

  it('is not one that came and went once or twice', () => {
    expect(play(turning(3)).alert).toMatchObject({ isFlapping: false, status: 'resolved' });
  });

  it('flaps from the fourth turn within half an hour on, and is held at firing', () => {
    const { alert } = play(turning(3));
    const fourth = take(alert, fires(8 * MINUTE));
    expect(fourth).toMatchObject({ turn: 'refired', flapping: 'begins', alert: { isFlapping: true } });
    const fifth = take(fourth.alert, ends(10 * MINUTE, 8 * MINUTE));
    expect(fifth).toMatchObject({ turn: 'resolved', alert: { isFlapping: true, status: 'firing' } });
    expect(fifth).not.toHaveProperty('flapping');
    expect(fifth.alert).not.toHaveProperty('resolvedAt');
  });

  it('turns that lie far apart are not flapping', () => {
    const told = [
      fires(0),
      ...[1, 2, 3, 4, 5, 6].map((n) => (n % 2 ? ends(n * 11 * MINUTE, 0) : fires(n * 11 * MINUTE))),
    ];
    expect(play(told).alert).toMatchObject({ isFlapping: false });
  });

  it('is what its sender says again after 15 minutes without a turn', () => {
    const { alert } = play(turning(5));
    const last = T0 + 10 * MINUTE;
    expect(alert).toMatchObject({ isFlapping: true, status: 'firing', report: { status: 'resolved' } });
    expect(calmAt(alert)).toBe(last + CALM_MS);
    expect(calmed(alert, last + CALM_MS - 1)).toBeUndefined();
    expect(calmed(alert, last + CALM_MS)).toMatchObject({
      isFlapping: false,
      status: 'resolved',
      resolvedAt: last,
    });
  });

  it('is calm also when a repeat says so', () => {
    const { alert } = play(turning(4));
    expect(take(alert, fires(30 * MINUTE, 8 * MINUTE))).toMatchObject({
      turn: 'again',
      flapping: 'ends',
      alert: { isFlapping: false, status: 'firing' },
    });
  });
});
