import { describe, expect, it } from 'vitest';
import { Clock } from '../../../src/workflow/clock.ts';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const HOUR_MS = 3_600_000;

function clockAt() {
  const time = { wall: NOON, steady: 5000 };
  const clock = new Clock({ wall: () => time.wall, steady: () => time.steady });
  const passes = (ms: number): void => {
    time.wall += ms;
    time.steady += ms;
  };
  return { time, clock, passes };
}

describe('the one clock', () => {
  it('goes on as if nothing had happened when it is set back, until it is told to follow', () => {
    const { time, clock, passes } = clockAt();
    passes(10_000);
    time.wall -= HOUR_MS;
    expect(clock.now()).toBe(NOON + 10_000);
    passes(2000);
    expect(clock.now()).toBe(NOON + 12_000);
    expect(clock.look()).toEqual({ kind: 'back', byMs: HOUR_MS });
    const moved: number[] = [];
    const forget = clock.onBack((byMs) => moved.push(byMs));
    clock.follow(HOUR_MS);
    expect(clock.now()).toBe(NOON + 12_000 - HOUR_MS);
    expect(clock.look()).toBeUndefined();
    forget();
    clock.follow(1);
    expect(moved).toEqual([HOUR_MS]);
  });

  it('follows at once when it is set ahead, and tells of it once', () => {
    const { time, clock } = clockAt();
    time.wall += HOUR_MS;
    expect(clock.now()).toBe(NOON + HOUR_MS);
    expect(clock.look()).toEqual({ kind: 'ahead', byMs: HOUR_MS });
    expect(clock.look()).toBeUndefined();
  });

  it('adds up small steps back', () => {
    const { time, clock, passes } = clockAt();
    for (let step = 1; step <= 3; step += 1) {
      passes(1000);
      time.wall -= 400;
      expect(clock.now()).toBe(NOON + step * 1000);
    }
    expect(clock.look()).toEqual({ kind: 'back', byMs: 1200 });
  });

  it('takes a pause between its two readings for no step', () => {
    const time = { wall: NOON, steady: 0 };
    let pauseMs = 0;
    const clock = new Clock({
      wall: () => time.wall,
      steady: () => {
        time.steady += pauseMs;
        time.wall += pauseMs;
        return time.steady;
      },
    });
    pauseMs = 90_000;
    clock.now();
    expect(clock.look()).toBeUndefined();
    pauseMs = 0;
    expect(clock.look()).toBeUndefined();
    expect(clock.now()).toBeLessThanOrEqual(time.wall);
  });
});
