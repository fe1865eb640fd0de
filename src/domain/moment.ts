import { DateTime } from 'luxon';
import { failed, type Outcome, succeeded } from './outcome.ts';

const CLOCK = /^(\d{1,2}):(\d{2})$/;
const IN = /^(?:in|\+)\s*(\d{1,4})\s*(m|min|h|d)$/i;

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, min: 60_000, h: 3_600_000, d: 86_400_000 };

function nextClock(hours: number, minutes: number, now: DateTime): DateTime {
  const today = now.set({ hour: hours, minute: minutes, second: 0, millisecond: 0 });
  return today > now ? today : today.plus({ days: 1 });
}

function read(text: string, zone: string, nowMs: number): DateTime | undefined {
  const now = DateTime.fromMillis(nowMs, { zone });
  const clock = CLOCK.exec(text);
  if (clock !== null && Number(clock[1]) < 24 && Number(clock[2]) < 60)
    return nextClock(Number(clock[1]), Number(clock[2]), now);
  const later = IN.exec(text);
  const unit = UNIT_MS[later?.[2]?.toLowerCase() ?? ''];
  if (later !== null && unit !== undefined) return now.plus({ milliseconds: Number(later[1]) * unit });
  const iso = DateTime.fromISO(text.replace(' ', 'T'), { zone });
  return iso.isValid ? iso : undefined;
}

/** Furthest an `--at` may lie ahead, in milliseconds: 30 days. */
export const FURTHEST_MS = 30 * 86_400_000;

/** Reads `03:00`, `in 20m`, `2026-11-21 03:00` or full ISO 8601 in a time zone, as epoch milliseconds ahead of now. */
export function readMoment(text: string, zone: string, nowMs: number): Outcome<number> {
  const moment = read(text.trim(), zone, nowMs);
  if (moment === undefined)
    return failed(
      'INPUT_INVALID_VALUE',
      `"${text}" is not a time`,
      `Write 03:00, "in 20m" or "2026-11-21 03:00" (${zone}).`,
    );
  const at = moment.toMillis();
  if (at <= nowMs)
    return failed(
      'INPUT_INVALID_VALUE',
      `${moment.toFormat('yyyy-LL-dd HH:mm ZZZZ')} is in the past`,
      'Give a time ahead.',
    );
  if (at - nowMs > FURTHEST_MS)
    return failed('INPUT_INVALID_VALUE', `"${text}" is more than 30 days ahead`, 'Give an earlier time.');
  return succeeded(at);
}

/** `03:00` today, else `2026-11-21 03:00`, in a time zone. */
export function showMoment(at: number, zone: string, nowMs: number): string {
  const moment = DateTime.fromMillis(at, { zone });
  const sameDay = moment.hasSame(DateTime.fromMillis(nowMs, { zone }), 'day');
  return moment.toFormat(sameDay ? 'HH:mm' : 'yyyy-LL-dd HH:mm');
}
