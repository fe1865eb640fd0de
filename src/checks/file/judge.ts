import { formatDuration, parseDuration } from '../../domain/duration.ts';
import type { Look } from '../check.ts';
import { formatBytes, parseSize } from '../host/bounds.ts';
import { matcherOf } from '../host/pattern.ts';
import { type Remark, worstLook } from '../status/worst.ts';
import type { FileReading } from './reading.ts';
import type { FileSettings } from './settings.ts';
import { lastTimeIn } from './timestamp.ts';

type There = Extract<FileReading, { readonly kind: 'there' }>;

/** How far ahead of the target's clock a time may be: clocks that are a little apart, and rounding. */
const AHEAD_MS = 60_000;

const fail = (words: string): readonly Remark[] => [{ verdict: 'fail', words }];

const short = (path: string): string => (path.length <= 80 ? path : `…${path.slice(-79)}`);

const msOf = (text: string | undefined): number =>
  text === undefined ? Number.POSITIVE_INFINITY : (parseDuration(text) ?? 0);

function ageRemarks(given: FileSettings, seen: There): readonly Remark[] {
  if (given.max_age === undefined && given.warn_age === undefined)
    return [{ verdict: 'pass', words: `it was written ${formatDuration(seen.now - seen.modifiedAt)} ago` }];
  if (given.age_from === 'modified')
    return ageRemark(given, { age: seen.now - seen.modifiedAt, said: 'it was written' });
  // Why there is none is said already.
  if (seen.tail === undefined) return [];
  const at = lastTimeIn(seen.tail, seen.zone);
  return at === undefined ? fail(noTime(seen)) : ageRemark(given, { age: seen.now - at, said: 'it says' });
}

function ageRemark(
  given: FileSettings,
  { age, said }: { readonly age: number; readonly said: string },
): readonly Remark[] {
  const [most, warn] = [msOf(given.max_age), msOf(given.warn_age)];
  if (age < -AHEAD_MS)
    return fail(
      `${said} ${formatDuration(-age)} in the future: the clock or the time zone of its writer is wrong`,
    );
  const words = `${said} ${formatDuration(age)} ago`;
  if (age > most) return fail(`stale: ${words}, and no more than ${formatDuration(most)} is allowed`);
  if (age <= warn) return [{ verdict: 'pass', words }];
  return [{ verdict: 'warn', words: `getting old: ${words}, more than ${formatDuration(warn)}` }];
}

const noTime = ({ tail = '', bytes }: There): string =>
  bytes === 0 || tail.trim() === '' ? 'empty, no time stands in it' : 'no time stands in its last lines';

function sizeRemarks(given: FileSettings, { bytes }: There): readonly Remark[] {
  const least = given.min_size === undefined ? 0 : (parseSize(given.min_size) ?? 0);
  const most = given.max_size === undefined ? Number.POSITIVE_INFINITY : (parseSize(given.max_size) ?? 0);
  const size = bytes === 0 ? 'empty' : formatBytes(bytes);
  if (bytes < least) return fail(`too small: ${size}, and at least ${formatBytes(least)} is wanted`);
  if (bytes > most) return fail(`too big: ${size}, and at most ${formatBytes(most)} is allowed`);
  return [{ verdict: 'pass', words: size }];
}

function textRemarks(given: FileSettings, { tail }: There): readonly Remark[] {
  if (tail === undefined) return [];
  const { contains, absent_text: unwanted, lines } = given;
  return [
    ...(contains === undefined || tail.includes(contains)
      ? []
      : fail(`"${contains}" is missing from its last ${lines} lines`)),
    ...(unwanted === undefined || !tail.includes(unwanted)
      ? []
      : fail(`"${unwanted}" stands in its last ${lines} lines`)),
    ...patternRemarks(given, tail.split('\n')),
  ];
}

function patternRemarks(given: FileSettings, tail: readonly string[]): readonly Remark[] {
  const { matches, absent_matches: unwanted, lines } = given;
  const met = unwanted === undefined ? undefined : tail.findLast(matcherOf(unwanted));
  return [
    ...(matches === undefined || tail.some(matcherOf(matches))
      ? []
      : fail(`none of its last ${lines} lines matches ${matches}`)),
    ...(met === undefined ? [] : fail(`a line among its last ${lines} matches ${unwanted}: ${met.trim()}`)),
  ];
}

function presentRemarks(given: FileSettings, seen: There): readonly Remark[] {
  if (given.absent) return fail('it is there, and must not be');
  if (!seen.isRegular) return fail('it is no file, but a folder or a device');
  const unreadable = seen.unreadable === undefined ? [] : fail(`unreadable: ${seen.unreadable}`);
  return [
    ...unreadable,
    ...ageRemarks(given, seen),
    ...sizeRemarks(given, seen),
    ...textRemarks(given, seen),
  ];
}

function remarksOn(given: FileSettings, reading: FileReading): readonly Remark[] {
  if (reading.kind === 'there') return presentRemarks(given, reading);
  if (reading.kind === 'silent') return [{ verdict: 'unknown', words: reading.why }];
  if (reading.kind === 'absent')
    return given.absent ? [{ verdict: 'pass', words: 'it is not there' }] : fail('not found');
  // Whether it is there cannot be seen; for a file that is wanted that is as bad as an unreadable one.
  return given.absent ? [{ verdict: 'unknown', words: reading.why }] : fail(`unreadable: ${reading.why}`);
}

/** What a file as it was seen means under these settings. */
export const judgeFile = (given: FileSettings, reading: FileReading): Look =>
  worstLook(short(given.path), remarksOn(given, reading));
