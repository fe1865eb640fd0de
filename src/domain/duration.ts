import { z } from 'zod';

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
  ['ms', 1],
] as const;

const WRITTEN = /^(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?(?:(\d{1,6})ms)?$/;

/** Reads `90s`, `15m`, `1h30m`, `21d` or `500ms` (largest unit first) as milliseconds; undefined where it is none. */
export function parseDuration(text: string): number | undefined {
  const found = WRITTEN.exec(text.trim().toLowerCase());
  if (found === null || found[0] === '') return undefined;
  return UNITS.reduce((sum, [, size], place) => sum + Number(found[place + 1] ?? 0) * size, 0);
}

/** {@link parseDuration} as people say it: with spaces, and `min` for minutes, too. */
export const parseSpokenDuration = (text: string): number | undefined =>
  parseDuration(text.replaceAll(/\s+/g, '').replaceAll(/min(?=\d|$)/gi, 'm'));

/** Writes milliseconds in full, so that {@link parseDuration} reads them again: `1d2h30m`, `1s500ms`. */
export function writeDuration(ms: number): string {
  let rest = ms;
  const parts = UNITS.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest %= size;
    return count === 0 ? '' : `${count}${unit}`;
  });
  return parts.join('') || '0s';
}

/** Writes milliseconds for people: the two largest units that count, rounded down: `1h30m`, `21d`, `4.2s`, `12ms`. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.floor(ms));
  if (whole === 0) return '0s';
  if (whole < 1_000) return `${whole}ms`;
  if (whole < 10_000 && whole % 1_000 >= 100) return `${Math.floor(whole / 100) / 10}s`;
  const largest = UNITS.findIndex(([, size]) => whole >= size);
  const shown = UNITS.slice(largest, largest + 2).filter(([unit]) => unit !== 'ms');
  let rest = whole;
  const parts = shown.map(([unit, size]) => {
    const count = Math.floor(rest / size);
    rest %= size;
    return count === 0 ? '' : `${count}${unit}`;
  });
  return parts.join('');
}

// A bare number is the usual mistake; a duration that is missing is said as such by whoever asks.
const withUnit = ({ input }: { readonly input?: unknown }): string | undefined =>
  typeof input === 'number'
    ? `${input} has no unit\nwrite it with units, like 30s, 15m, 1h30m or 21d`
    : undefined;

const complaint = (text: string): string =>
  `"${text}" is not a duration\nwrite it with units, like 30s, 15m, 1h30m or 21d`;

/** A duration as people write it, kept as text: for settings, which are parsed more than once. */
export const durationText = z.string({ error: withUnit }).superRefine((text, context) => {
  if (parseDuration(text) === undefined) context.addIssue({ code: 'custom', message: complaint(text) });
});

/** A duration as people write it, read as milliseconds. */
export const durationMs = z.string({ error: withUnit }).transform((text, context) => {
  const ms = parseDuration(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: complaint(text) });
  return z.NEVER;
});
