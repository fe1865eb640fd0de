import { DateTime } from 'luxon';
import { parseSpokenDuration } from './duration.ts';
import { failed, type Outcome, succeeded } from './outcome.ts';
import { WEEKDAY_TYPED, WEEKDAYS } from './window.ts';

const CLOCK = /^(\d{1,2}):(\d{2})$/;
const DAY_AND_CLOCK = new RegExp(
  `^(today|yesterday|${WEEKDAY_TYPED})(?:\\s+(?:at\\s+)?(\\d{1,2}:\\d{2}|midnight|noon))?$`,
  'i',
);
/** When last night began, for whoever asks what happened in it. */
const EVENING = '18:00';
const NAMED_CLOCKS: Readonly<Record<string, string>> = { midnight: '00:00', noon: '12:00' };
/** The hour of a day; undefined where there is no such hour. */
function atClock(day: DateTime, clock: string): DateTime | undefined {
  const found = CLOCK.exec(clock);
  const [hour, minute] = [Number(found?.[1]), Number(found?.[2])];
  if (found === null || hour > 23 || minute > 59) return undefined;
  return day.set({ hour, minute, second: 0, millisecond: 0 });
}

/** The last such day before or on this one. */
function lastDay(name: string, now: DateTime): DateTime {
  const today = now.startOf('day');
  if (name === 'today') return today;
  if (name === 'yesterday') return today.minus({ days: 1 });
  const wanted = WEEKDAYS.findIndex((day) => name.startsWith(day)) + 1;
  return today.minus({ days: (today.weekday - wanted + 7) % 7 });
}

function read(text: string, now: DateTime): DateTime | undefined {
  const clock = atClock(now, text);
  // At 03:00 somebody who types 22:00 means the evening before.
  if (clock !== undefined) return clock > now ? atClock(now.minus({ days: 1 }), text) : clock;
  if (/^last night$/i.test(text)) return atClock(now.minus({ days: 1 }), EVENING);
  const ago = parseSpokenDuration(text.replace(/\s+ago$/i, ''));
  if (ago !== undefined) return now.minus({ milliseconds: ago });
  const [, day, hour] = DAY_AND_CLOCK.exec(text) ?? [];
  if (day !== undefined) {
    const clockText = NAMED_CLOCKS[hour?.toLowerCase() ?? ''] ?? hour ?? '00:00';
    return atClock(lastDay(day.toLowerCase(), now), clockText);
  }
  const iso = DateTime.fromISO(text.replace(' ', 'T'), { zone: now.zone });
  return iso.isValid ? iso : undefined;
}

/** Reads `22:00`, `12h`, `yesterday 22:00`, `mon 09:00`, `2026-11-19` or `2026-11-19 22:00` in a time zone, as epoch milliseconds not ahead of now. */
export function readPast(text: string, zone: string, nowMs: number): Outcome<number> {
  const now = DateTime.fromMillis(nowMs, { zone });
  const moment = /^now$/i.test(text.trim()) ? now : read(text.trim(), now);
  if (moment === undefined)
    return failed(
      'INPUT_INVALID_VALUE',
      `"${text}" is not a time`,
      `Write 12h, 22:00, "yesterday 22:00", 2026-11-19 or "2026-11-19 22:00" (${zone}).`,
    );
  if (moment > now)
    return failed(
      'INPUT_INVALID_VALUE',
      `${moment.toFormat('yyyy-LL-dd HH:mm')} is still to come`,
      'Give a time that has been.',
    );
  return succeeded(moment.toMillis());
}

/** `22:14` today, `yesterday 22:14`, else `Mon 16 Nov 22:14`, in a time zone. */
export function showPast(at: number, zone: string, nowMs: number): string {
  const moment = DateTime.fromMillis(at, { zone, locale: 'en' });
  const today = DateTime.fromMillis(nowMs, { zone }).startOf('day');
  const days = today.diff(moment.startOf('day'), 'days').days;
  if (days < 0.5) return moment.toFormat('HH:mm');
  if (days < 1.5) return `yesterday ${moment.toFormat('HH:mm')}`;
  return moment.toFormat(days < 300 ? 'ccc d LLL HH:mm' : 'd LLL yyyy HH:mm');
}
