import { dayAt, daysLater, type Shown, type WallTime, weekdayOf, whenShown } from './wall-clock.ts';

/** Days of the week as people write them, Monday first. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** How people type a day of the week, short or in full, as part of a regular expression. */
export const WEEKDAY_TYPED =
  '(?:mon|tues?|wed|thu(?:rs?)?|fri|sat|sun|monday|tuesday|wednesday|thursday|friday|saturday|sunday)';

/** One day of {@link WEEKDAYS}. */
export type Weekday = (typeof WEEKDAYS)[number];

/** A weekday with a minute of it. */
export interface WeekTime {
  readonly day: Weekday;
  /** 0 … 1440. */
  readonly minute: number;
}

/** A day of every year with a minute of it. */
export interface YearTime {
  readonly month: number;
  readonly day: number;
  /** 0 … 1440. */
  readonly minute: number;
}

/**
 * A stretch of time by the calendar and the clock on a wall in a zone (an IANA name). It begins when that clock first shows
 * `from` and ends when it last shows `to`: an hour that comes twice belongs to it whole; one that is skipped does not.
 */
export type Window =
  /** On each of these days (absent = every day); where `to` is not after `from`, it ends on the day after. Minutes of the day. */
  | {
      readonly kind: 'daily';
      readonly days?: readonly Weekday[];
      readonly from: number;
      readonly to: number;
      readonly zone: string;
    }
  /** Once a week, from one day to another, without a break. */
  | { readonly kind: 'weekly'; readonly from: WeekTime; readonly to: WeekTime; readonly zone: string }
  /** Once a year. */
  | { readonly kind: 'yearly'; readonly from: YearTime; readonly to: YearTime; readonly zone: string }
  /** Once. */
  | { readonly kind: 'dates'; readonly from: WallTime; readonly to: WallTime; readonly zone: string }
  /** From one epoch millisecond to another. */
  | { readonly kind: 'moments'; readonly from: number; readonly to: number };

/** From an epoch millisecond on, up to, without, another. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

type Of<Kind extends Window['kind']> = Extract<Window, { readonly kind: Kind }>;

/** Days around a moment in which windows are looked for: every weekly one comes twice, whatever the clock skips. */
const DAYS_AROUND = Array.from({ length: 24 }, (_, index) => index - 8);

const daysAround = (at: number, zone: string): readonly WallTime[] => {
  const today = dayAt(at, zone);
  return DAYS_AROUND.map((moved) => daysLater(today, moved));
};

const spanOf = (from: Shown, to: Shown): readonly Span[] =>
  to.last > from.first ? [{ from: from.first, to: to.last }] : [];

const between = (from: WallTime, to: WallTime, zone: string): readonly Span[] =>
  spanOf(whenShown(from, zone), whenShown(to, zone));

function daily({ days, from, to, zone }: Of<'daily'>, at: number): readonly Span[] {
  return daysAround(at, zone).flatMap((day) => {
    const name = WEEKDAYS[weekdayOf(day)];
    if (days !== undefined && (name === undefined || !days.includes(name))) return [];
    return between({ ...day, minute: from }, daysLater({ ...day, minute: to }, to > from ? 0 : 1), zone);
  });
}

const placeOf = ({ day, minute }: WeekTime): number => WEEKDAYS.indexOf(day) * 1440 + minute;

function weekly({ from, to, zone }: Of<'weekly'>, at: number): readonly Span[] {
  const days = (WEEKDAYS.indexOf(to.day) - WEEKDAYS.indexOf(from.day) + 7) % 7;
  const length = days === 0 && placeOf(to) <= placeOf(from) ? 7 : days;
  return daysAround(at, zone)
    .filter((day) => WEEKDAYS[weekdayOf(day)] === from.day)
    .flatMap((day) =>
      between({ ...day, minute: from.minute }, daysLater({ ...day, minute: to.minute }, length), zone),
    );
}

const yearPlace = ({ month, day, minute }: YearTime): number => (month * 31 + day) * 1441 + minute;

function yearly({ from, to, zone }: Of<'yearly'>, at: number): readonly Span[] {
  const { year } = dayAt(at, zone);
  const later = yearPlace(to) > yearPlace(from) ? 0 : 1;
  return [year - 1, year, year + 1].flatMap((start) =>
    between({ ...from, year: start }, { ...to, year: start + later }, zone),
  );
}

/** The spans of a window that lie around a moment, those of the next two weeks (or years) included. */
function spansAround(window: Window, at: number): readonly Span[] {
  switch (window.kind) {
    case 'daily':
      return daily(window, at);
    case 'weekly':
      return weekly(window, at);
    case 'yearly':
      return yearly(window, at);
    case 'dates':
      return between(window.from, window.to, window.zone);
    case 'moments':
      return window.to > window.from ? [{ from: window.from, to: window.to }] : [];
  }
}

const holds = (span: Span, at: number): boolean => span.from <= at && at < span.to;

/** Whether a window is open at this epoch millisecond. */
export const isInside = (window: Window, at: number): boolean =>
  spansAround(window, at).some((span) => holds(span, at));

/** Boundaries that are passed before it is said that there is no end in sight: two windows a day for seven weeks. */
const MOST_BOUNDARIES = 200;

function nextBoundary(windows: readonly Window[], at: number): number | undefined {
  const ahead = windows
    .flatMap((window) => spansAround(window, at).flatMap(({ from, to }) => [from, to]))
    .filter((boundary) => boundary > at);
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}

/**
 * The first moment after `at`, at a boundary of these windows, at which `is` differs from what it is at `at`; undefined when
 * it never does.
 */
export function nextTurn(
  windows: readonly Window[],
  at: number,
  is: (at: number) => boolean,
): number | undefined {
  const now = is(at);
  let boundary: number | undefined = at;
  for (let passed = 0; passed < MOST_BOUNDARIES && boundary !== undefined; passed += 1) {
    boundary = nextBoundary(windows, boundary);
    if (boundary !== undefined && is(boundary) !== now) return boundary;
  }
  return undefined;
}

/** When it changes next whether any of these windows is open, epoch milliseconds; undefined when it never does again. */
export const nextChange = (windows: readonly Window[], at: number): number | undefined =>
  nextTurn(windows, at, (moment) => windows.some((window) => isInside(window, moment)));
