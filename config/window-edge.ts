import { WEEKDAYS, type Weekday } from '../src/domain/window.ts';

/** When a window begins or ends, as it is written. Minutes of the day; a date without a time has none. */
export type WindowEdge =
  | { readonly form: 'a time of the day'; readonly minute: number }
  | { readonly form: 'a day of the week'; readonly day: Weekday; readonly minute: number }
  | {
      readonly form: 'a day of every year';
      readonly month: number;
      readonly day: number;
      readonly minute?: number;
    }
  | {
      readonly form: 'a date';
      readonly year: number;
      readonly month: number;
      readonly day: number;
      readonly minute?: number;
    };

const EDGE =
  /^(?:(?<weekday>[a-z]{3}) |(?<date>(?:(?<year>\d{4})-)?(?<month>\d{2})-(?<day>\d{2}))(?: |$))?(?:(?<hour>\d{2}):(?<minute>\d{2}))?$/;

/** Days of every year must exist in every year: 29 February does not. */
const COMMON_YEAR = 2027;

const isDay = (year: number, month: number, day: number): boolean => {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
};

function minuteOf({ hour, minute }: Partial<Record<string, string>>): number | undefined {
  if (hour === undefined || minute === undefined) return undefined;
  const minutes = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && minutes <= 1440 ? minutes : Number.NaN;
}

function dateEdge(
  { year, month, day }: Partial<Record<string, string>>,
  minute: number | undefined,
): WindowEdge | undefined {
  const at = { month: Number(month), day: Number(day), ...(minute === undefined ? {} : { minute }) };
  if (!isDay(year === undefined ? COMMON_YEAR : Number(year), at.month, at.day)) return undefined;
  return year === undefined
    ? { form: 'a day of every year', ...at }
    : { form: 'a date', year: Number(year), ...at };
}

/** Reads `18:00`, `fri 18:00`, `2026-12-23`, `2026-12-23 18:00`, `12-23` or `12-23 18:00`; undefined where it is none. */
export function readEdge(text: string): WindowEdge | undefined {
  const parts = EDGE.exec(text)?.groups;
  const minute = minuteOf(parts ?? {});
  if (parts === undefined || Number.isNaN(minute)) return undefined;
  if (parts.date !== undefined) return dateEdge(parts, minute);
  if (minute === undefined) return undefined;
  if (parts.weekday === undefined) return { form: 'a time of the day', minute };
  const day = WEEKDAYS.find((name) => name === parts.weekday);
  return day === undefined ? undefined : { form: 'a day of the week', day, minute };
}
