import { DateTime } from 'luxon';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';

/** Reads `2026-03-29T03:30`, in a zone unless it says its own; epoch milliseconds, now where nothing is given. */
export function readPastOrFuture(text: string | undefined, zone: string): Outcome<number> {
  if (text === undefined) return succeeded(Date.now());
  const moment = DateTime.fromISO(text.trim().replace(' ', 'T'), { zone });
  if (!moment.isValid)
    return failed('INPUT_INVALID_VALUE', `"${text}" is not a time`, 'Write one such as 2026-03-29T03:30.');
  return succeeded(moment.toMillis());
}
