import { DateTime } from 'luxon';
import { parseSpokenDuration } from './duration.ts';
import { type Failed, failed, type Outcome, succeeded } from './outcome.ts';
import { WEEKDAY_TYPED, WEEKDAYS } from './window.ts';

const CLOCK = /^(\d{1,2}):(\d{2})$/;
/** What may stand before a duration: `in 20m`, `+20m`. */
const IN = /^(?:in(?=[\s\d])|\+)\s*/i;
const DAY_AND_CLOCK = new RegExp(`^(?<day>tomorrow|${WEEKDAY_TYPED})\\s+(?<clock>\\d{1,2}:\\d{2})$`, 'i');
/** ISO 8601 that says its own offset. */
const WITH_OFFSET = /(?:z|[+-]\d{2}(?::?\d{2})?)$/i;

const DAY_MS = 86_400_000;

type ClockTime = readonly [hours: number, minutes: number];

function clockOf(text: string): ClockTime | undefined {
  const [, hours, minutes] = CLOCK.exec(text)?.map(Number) ?? [];
  if (hours === undefined || minutes === undefined || hours > 23 || minutes > 59) return undefined;
  return [hours, minutes];
}

/** What clocks on the wall in a zone show; they show some times twice a year, and others never. */
interface WallTime {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** The moments at which the clocks of a zone show a time: one, two on the day they go back, none where they skip it. */
function momentsOf(wall: WallTime, zone: string): readonly DateTime<true>[] {
  const { year, month, day, hour, minute, second } = wall;
  const asUtc = Date.UTC(year, month - 1, day, hour, minute, second);
  const offsets = [asUtc - DAY_MS, asUtc + DAY_MS].map((at) => DateTime.fromMillis(at, { zone }).offset);
  return [...new Set(offsets)]
    .map((offset) => DateTime.fromMillis(asUtc - offset * 60_000, { zone }))
    .filter(
      (moment): moment is DateTime<true> =>
        moment.isValid && moment.hour === hour && moment.minute === minute,
    )
    .toSorted((a, b) => a.toMillis() - b.toMillis());
}

const asIso = (moment: DateTime): string => moment.toFormat("yyyy-LL-dd'T'HH:mmZZ");

/** The one moment that is meant; failed where clocks never show it, or show it twice and nobody said which. */
function theOne(moments: readonly DateTime<true>[], wall: WallTime, zone: string): Outcome<DateTime<true>> {
  const [first, second] = moments;
  const day = DateTime.utc(wall.year, wall.month, wall.day, wall.hour, wall.minute);
  const words = day.toFormat('yyyy-LL-dd HH:mm');
  if (first === undefined)
    return failed(
      'INPUT_INVALID_VALUE',
      `there is no ${words} in ${zone}: the clocks go forward over it`,
      'Give a time before or after that hour.',
    );
  if (second !== undefined)
    return failed(
      'INPUT_INVALID_VALUE',
      `${words} comes twice in ${zone}: the clocks go back that day`,
      `Say which: ${asIso(first)} or ${asIso(second)}.`,
    );
  return succeeded(first);
}

/** The day some days after today by the calendar, at a time of day. */
function dayAfter(now: DateTime<true>, days: number, [hour, minute]: ClockTime): WallTime {
  const { year, month, day } = DateTime.utc(now.year, now.month, now.day).plus({ days });
  return { year, month, day, hour, minute, second: 0 };
}

/** The next time clocks show this: today where that is still ahead, else tomorrow. */
function nextClock(time: ClockTime, now: DateTime<true>): Outcome<DateTime<true>> {
  return onDay(now, time, { first: 0, else: 1 });
}

/** The next such day that is not over by then; `mon` on a Monday may be today. */
function nextDay(text: string, now: DateTime<true>): Outcome<DateTime<true>> | undefined {
  const { day = '', clock = '' } = DAY_AND_CLOCK.exec(text)?.groups ?? {};
  const time = clockOf(clock);
  if (time === undefined) return undefined;
  const wanted = WEEKDAYS.findIndex((name) => day.toLowerCase().startsWith(name)) + 1;
  const first = wanted === 0 ? 1 : (wanted - now.weekday + 7) % 7;
  return onDay(now, time, { first, else: first + 7 });
}

/** A time of day on the first of two days where it is still ahead then, else on the other. */
function onDay(
  now: DateTime<true>,
  time: ClockTime,
  days: { readonly first: number; readonly else: number },
): Outcome<DateTime<true>> {
  const zone = now.zoneName;
  const [hour, minute] = time;
  const first = dayAfter(now, days.first, time);
  const moments = momentsOf(first, zone);
  const ahead = moments.filter((moment) => moment > now);
  const skipsAhead =
    moments.length === 0 && (days.first > 0 || hour * 60 + minute > now.hour * 60 + now.minute);
  if (ahead.length > 0 || skipsAhead) return theOne(ahead, first, zone);
  const other = dayAfter(now, days.else, time);
  return theOne(momentsOf(other, zone), other, zone);
}

function readIso(text: string, zone: string): Outcome<DateTime<true>> | undefined {
  const iso = text.replace(' ', 'T');
  // In UTC every time of day is there once, so what stands there is read as it stands.
  const wall = DateTime.fromISO(iso, { zone: 'utc' });
  if (!wall.isValid) return undefined;
  const said = DateTime.fromISO(iso, { zone });
  const hasOffset = iso.includes('T') && WITH_OFFSET.test(iso.slice(iso.indexOf('T')));
  return hasOffset && said.isValid ? succeeded(said) : theOne(momentsOf(wall, zone), wall, zone);
}

function read(text: string, zone: string, nowMs: number): Outcome<DateTime<true>> | undefined {
  const now = DateTime.fromMillis(nowMs, { zone });
  if (!now.isValid) throw new Error(`${zone} is no time zone`);
  const clock = clockOf(text);
  if (clock !== undefined) return nextClock(clock, now);
  const day = nextDay(text, now);
  if (day !== undefined) return day;
  const ahead = parseSpokenDuration(text.replace(IN, ''));
  return ahead === undefined ? readIso(text, zone) : succeeded(now.plus({ milliseconds: ahead }));
}

/** Furthest an `--at` may lie ahead, in milliseconds: 30 days. */
export const FURTHEST_MS = 30 * DAY_MS;

const notATime = (text: string, zone: string): Failed =>
  failed(
    'INPUT_INVALID_VALUE',
    `"${text}" is not a time`,
    `Write 03:00, "mon 03:00", "in 20m" or "2026-11-21 03:00" (${zone}).`,
  );

/**
 * Reads `03:00`, `mon 03:00`, `in 20m`, `1h30m`, `2026-11-21 03:00` or full ISO 8601 in a time zone, as epoch milliseconds ahead of
 * now. A time that the clocks of the zone skip, or show twice, is refused: somebody would be surprised by an hour.
 */
export function readMoment(text: string, zone: string, nowMs: number): Outcome<number> {
  const moment = read(text.trim(), zone, nowMs);
  if (moment === undefined) return notATime(text, zone);
  if (moment.kind !== 'succeeded') return moment;
  const at = moment.value.toMillis();
  if (at <= nowMs)
    return failed(
      'INPUT_INVALID_VALUE',
      `${moment.value.toFormat('yyyy-LL-dd HH:mm ZZZZ')} is in the past`,
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

/** `08:00` today, `Mon 08:00` within the next six days, else `Mon 2026-11-23 08:00`, in a time zone. */
export function showDay(at: number, zone: string, nowMs: number): string {
  const moment = DateTime.fromMillis(at, { zone, locale: 'en' });
  const today = DateTime.fromMillis(nowMs, { zone }).startOf('day');
  const days = moment.startOf('day').diff(today, 'days').days;
  if (days >= 0 && days < 1) return moment.toFormat('HH:mm');
  return moment.toFormat(days > 0 && days < 6.5 ? 'ccc HH:mm' : 'ccc yyyy-LL-dd HH:mm');
}
