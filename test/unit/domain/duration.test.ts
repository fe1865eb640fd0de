import { describe, expect, it } from 'vitest';
import {
  durationMs,
  durationText,
  formatDuration,
  parseDuration,
  writeDuration,
} from '../../../src/domain/duration.ts';

describe('durations', () => {
  it.each([
    ['90s', 90_000],
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['21d', 1_814_400_000],
    ['500ms', 500],
    [' 1D ', 86_400_000],
    ['0s', 0],
  ])('reads %j', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
    expect(durationMs.parse(text)).toBe(ms);
    expect(durationText.parse(text)).toBe(text);
  });

  it.each(['', '15', 'm', '1.5h', '1m1h', '-5s', '5 m', '1h 30m', '99999999s', 'soon'])(
    'refuses %j',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
      for (const schema of [durationMs, durationText])
        expect(schema.safeParse(text).error?.issues[0]?.message).toBe(
          `"${text}" is not a duration\nwrite it with units, like 30s, 15m, 1h30m or 21d`,
        );
    },
  );

  it('says of a bare number that its unit is missing', () => {
    expect(durationMs.safeParse(30).error?.issues[0]?.message).toMatch(/^30 has no unit\n/);
  });

  it.each([
    [0, '0s'],
    [-5, '0s'],
    [12.7, '12ms'],
    [1_000, '1s'],
    [4_260, '4.2s'],
    [61_000, '1m1s'],
    [5_400_000, '1h30m'],
    [21 * 86_400_000, '21d'],
    [3 * 86_400_000 + 4 * 3_600_000 + 59_000, '3d4h'],
    [86_400_005, '1d'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });

  it.each(['90s', '15m', '1d2h30m', '1h1m1s', '4s200ms', '21d', '0s'])('writes all of %s', (text) => {
    const ms = parseDuration(text) ?? Number.NaN;
    expect(parseDuration(writeDuration(ms))).toBe(ms);
    expect(writeDuration(ms)).toBe(text === '90s' ? '1m30s' : text);
  });
});
