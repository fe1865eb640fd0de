import { DateTime, IANAZone } from 'luxon';

/** A day of the calendar with a minute of it, as a clock on a wall shows them; `minute` 1440 is the end of the day. */
export interface WallTime {
  readonly year: number;
  /** 1 … 12. */
  readonly month: number;
  readonly day: number;
  /** 0 … 1440. */
  readonly minute: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 1440 * MINUTE_MS;

/** The moments, epoch milliseconds, at which a wall clock in a zone first and last shows a time. */
export interface Shown {
  readonly first: number;
  readonly last: number;
}

/** When the offset of a zone changes between two moments that have different ones. */
function jumpBetween(zone: IANAZone, before: number, after: number): number {
  const old = zone.offset(before);
  let [low, high] = [before, after];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offset(middle) === old) low = middle;
    else high = middle;
  }
  return high;
}

/** What was found out already: asking for an offset is slow, and the same days are asked for with every line. */
const FOUND = new Map<string, Shown>();
const MOST_FOUND = 10_000;

/** When a wall clock shows a time: once, twice on a day when it goes back, and where it skips the time the moment of the skip. */
export function whenShown({ year, month, day, minute }: WallTime, zoneName: string): Shown {
  const wall = Date.UTC(year, month - 1, day) + minute * MINUTE_MS;
  const key = `${wall} ${zoneName}`;
  const found = FOUND.get(key) ?? findShown(wall, zoneName);
  if (FOUND.size >= MOST_FOUND) FOUND.clear();
  FOUND.set(key, found);
  return found;
}

function findShown(wall: number, zoneName: string): Shown {
  const zone = IANAZone.create(zoneName);
  const moments = [wall - DAY_MS, wall + DAY_MS]
    .map((near) => wall - zone.offset(near) * MINUTE_MS)
    .toSorted((a, b) => a - b);
  const [early = wall, late = wall] = moments;
  const shows = (at: number): boolean => at + zone.offset(at) * MINUTE_MS === wall;
  if (shows(early)) return { first: early, last: shows(late) ? late : early };
  if (shows(late)) return { first: late, last: late };
  const skip = jumpBetween(zone, early - 1, late + 1);
  return { first: skip, last: skip };
}

/** The day of the calendar in a zone at an epoch millisecond, from its first minute on. */
export function dayAt(at: number, zone: string): WallTime {
  const { year, month, day } = DateTime.fromMillis(at, { zone });
  return { year, month, day, minute: 0 };
}

/** The same minute some days later in the calendar. */
export function daysLater({ year, month, day, minute }: WallTime, days: number): WallTime {
  const moved = new Date(Date.UTC(year, month - 1, day + days));
  return {
    year: moved.getUTCFullYear(),
    month: moved.getUTCMonth() + 1,
    day: moved.getUTCDate(),
    minute,
  };
}

/** Which day of the week it is, 0 for Monday. */
export const weekdayOf = ({ year, month, day }: WallTime): number =>
  (new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 6) % 7;
