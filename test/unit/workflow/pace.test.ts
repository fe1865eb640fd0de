import { describe, expect, it } from 'vitest';
import { type Allowance, Pace } from '../../../src/workflow/pace.ts';

const PACE_MS = 1000;
const at = (place: string, burst = 3): Allowance => ({ channel: place, place, paceMs: PACE_MS, burst });

describe('the pace of a channel', () => {
  it('lets three through at once, then one a pace', () => {
    const pace = new Pace();
    const times: number[] = [];
    let now = 50_000;
    while (times.length < 6) {
      now += pace.waitFor(at('C'), now);
      pace.spend(at('C'), now);
      times.push(now);
    }
    expect(times.map((time) => time - 50_000)).toEqual([0, 0, 0, 1000, 2000, 3000]);
  });

  it('keeps the last of a burst for what is urgent', () => {
    const pace = new Pace();
    for (let count = 0; count < 2; count += 1) pace.spend(at('C', 2), 0);
    expect(pace.waitFor(at('C', 2), 0)).toBe(1000);
    expect(pace.waitFor(at('C', 3), 0)).toBe(0);
  });

  it('gives a quiet channel its burst back, and never more than that', () => {
    const pace = new Pace();
    for (let count = 0; count < 3; count += 1) pace.spend(at('C'), 0);
    expect(pace.waitFor(at('C'), 0)).toBe(1000);
    expect(pace.waitFor(at('C'), 60_000)).toBe(0);
    for (let count = 0; count < 3; count += 1) pace.spend(at('C'), 60_000);
    expect(pace.waitFor(at('C'), 60_000)).toBe(1000);
  });

  it('rests as long as the platform asked, that channel only, and knows that it rested', () => {
    const pace = new Pace();
    pace.rest('C', 7000);
    expect(pace.waitFor(at('C'), 1000)).toBe(6000);
    expect(pace.waitFor(at('D'), 1000)).toBe(0);
    expect(pace.waitFor({ ...at('edits'), channel: 'C' }, 1000)).toBe(6000);
    expect([pace.restedSince('C', 6999), pace.restedSince('C', 7000)]).toEqual([true, false]);
  });

  it('goes on where an earlier process left off, and bears a clock that was set back', () => {
    const before = new Pace();
    const rooms = [1, 2, 3].map(() => before.spend(at('C'), 10_000));
    const after = new Pace();
    after.remember(rooms);
    expect(after.waitFor(at('C'), 10_200)).toBe(800);
    expect(after.waitFor(at('C'), 0)).toBe(1000);
    after.rest('D', 100_000_000);
    expect(after.waitFor(at('D'), 0)).toBe(900_000);
  });
});
