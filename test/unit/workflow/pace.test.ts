import { describe, expect, it } from 'vitest';
import { Pace } from '../../../src/workflow/pace.ts';

describe('the pace of a channel', () => {
  const PACE_MS = 1000;

  it('lets three through at once, then one a pace', () => {
    const pace = new Pace();
    const times: number[] = [];
    let now = 50_000;
    while (times.length < 6) {
      const wait = pace.waitFor('C', PACE_MS, now);
      now += wait;
      pace.spend('C', PACE_MS, now);
      times.push(now);
    }
    expect(times.map((time) => time - 50_000)).toEqual([0, 0, 0, 1000, 2000, 3000]);
  });

  it('gives a quiet channel its burst back, and never more than that', () => {
    const pace = new Pace();
    for (let count = 0; count < 3; count += 1) pace.spend('C', PACE_MS, 0);
    expect(pace.waitFor('C', PACE_MS, 0)).toBe(1000);
    expect(pace.waitFor('C', PACE_MS, 60_000)).toBe(0);
    for (let count = 0; count < 3; count += 1) pace.spend('C', PACE_MS, 60_000);
    expect(pace.waitFor('C', PACE_MS, 60_000)).toBe(1000);
  });

  it('rests as long as the platform asked, that channel only', () => {
    const pace = new Pace();
    pace.rest('C', 7000);
    expect(pace.waitFor('C', PACE_MS, 1000)).toBe(6000);
    expect(pace.waitFor('D', PACE_MS, 1000)).toBe(0);
  });
});
