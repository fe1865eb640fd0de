const WRITTEN =
  /^(\d{4})[-./](\d{1,2})[-./](\d{1,2})(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?$/i;

/** 2001-09-09 in seconds: smaller numbers are years, ids or durations. */
const EARLIEST_S = 1e9;
/** Epoch numbers from here on count milliseconds, then microseconds, then nanoseconds. */
const SCALES: readonly (readonly [from: number, perMs: number])[] = [
  [1e17, 1e6],
  [1e14, 1e3],
  [1e11, 1],
  [EARLIEST_S, 1e-3],
];

/** What lies outside is no time of an alert: the year 1, a number that means something else, a clock gone wild. */
const isPlausible = (at: number): boolean => at >= Date.UTC(2000, 0) && at < Date.UTC(2100, 0);

const fromNumber = (value: number): number => {
  const scale = SCALES.find(([from]) => value >= from);
  return scale === undefined ? Number.NaN : Math.floor(value / scale[1]);
};

/** Milliseconds that a zone is ahead of UTC; a time without one is UTC. */
const offsetOf = (zone: string | undefined): number => {
  const [, sign, hours = '0', minutes = '0'] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '') ?? [];
  return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
};

const fromText = (text: string): number => {
  const found = WRITTEN.exec(text);
  if (found === null) return /^\d{10,19}$/.test(text) ? fromNumber(Number(text)) : Number.NaN;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = found
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const isDate = month >= 1 && month <= 12 && day >= 1 && day <= 31 && hour <= 24 && minute <= 59;
  if (!isDate) return Number.NaN;
  const ms = Number((found[7] ?? '0').padEnd(3, '0').slice(0, 3));
  return Date.UTC(year, month - 1, day, hour, minute, second, ms) - offsetOf(found[8]);
};

const momentOf = (value: unknown): number => {
  if (typeof value === 'number') return fromNumber(value);
  return typeof value === 'string' ? fromText(value.slice(0, 64).trim()) : Number.NaN;
};

/**
 * A sender's time as epoch milliseconds: ISO 8601 and its relatives (UTC where it names no zone), or a number of seconds,
 * milliseconds, microseconds or nanoseconds. The year 1, 0 and what is no time of our century are undefined.
 */
export const timeOf = (value: unknown): number | undefined => {
  const at = momentOf(value);
  return isPlausible(at) ? at : undefined;
};
