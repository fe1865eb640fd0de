const ISO =
  /(?<!\d)(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?\s?(Z|UTC|GMT|[+-]\d\d:?\d\d(?!\d))?/i;
const EPOCH = /(?<![\w.:+-])(?:(\d{13})|(\d{10})(\.\d{1,9})?)(?![\w:-])/;

/** `+0130` as `+01:30`, which is how `Date.parse` wants it. */
const withColon = (offset: string): string => offset.replace(/^([+-]\d\d):?(\d\d)$/, '$1:$2');

function isoIn(line: string, zone: string): number | undefined {
  const [, day, clock = '', fraction = '', offset = zone] = ISO.exec(line) ?? [];
  if (day === undefined) return undefined;
  const seconds = clock.length === 5 ? `${clock}:00` : clock;
  const written = /^[a-z]/i.test(offset) ? 'Z' : withColon(offset);
  const at = Date.parse(`${day}T${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}${written}`);
  return Number.isNaN(at) ? undefined : at;
}

function epochIn(line: string): number | undefined {
  const [found, millis, seconds] = EPOCH.exec(line) ?? [];
  if (millis !== undefined) return Number(millis);
  return seconds === undefined ? undefined : Math.round(Number(found) * 1_000);
}

/**
 * The last time a text names, in epoch milliseconds: ISO 8601 (also as logs write it, `2026-11-20 14:23:39,123`), epoch
 * seconds (also with a fraction) or epoch milliseconds. One without an offset is in `zone`, written `+0100`.
 */
export function lastTimeIn(text: string, zone: string): number | undefined {
  const lines = text.split('\n').reverse();
  // Numbers of other things stand in the lines of a log; a date is never one.
  return firstOf(lines, (line) => isoIn(line, zone)) ?? firstOf(lines, epochIn);
}

function firstOf(lines: readonly string[], find: (line: string) => number | undefined): number | undefined {
  for (const line of lines) {
    const at = find(line);
    if (at !== undefined) return at;
  }
  return undefined;
}
