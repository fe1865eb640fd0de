import { z } from 'zod';
import { durationText, parseDuration } from '../../domain/duration.ts';
import { parseSize, sizeText, targetPath } from '../host/bounds.ts';
import { patternText } from '../host/pattern.ts';

const ABOUT_CONTENT = [
  'max_age',
  'warn_age',
  'min_size',
  'max_size',
  'contains',
  'absent_text',
  'matches',
  'absent_matches',
] as const;

/** Keys of a check of the kind `file`. */
export const fileSettings = z
  .strictObject({
    path: targetPath.describe("File on the check's target; a link is followed"),
    sudo: z.boolean().default(false).describe('Look at it through `sudo -n`'),
    absent: z.boolean().default(false).describe('It must not be there, instead of being there'),
    age_from: z
      .enum(['modified', 'content'])
      .default('modified')
      .describe(
        'What its age is counted from, by the clock of the target: when it was modified, or the last time its last lines name (ISO 8601; epoch seconds or milliseconds)',
      ),
    max_age: durationText.exactOptional().describe('Fail when it is older'),
    warn_age: durationText.exactOptional().describe('Warn when it is older'),
    min_size: sizeText.exactOptional().describe('Fail when it is smaller: bytes, or 64 KiB, 10 MB'),
    max_size: sizeText.exactOptional().describe('Fail when it is bigger'),
    contains: z.string().min(1).max(200).exactOptional().describe('Text that must stand in its last lines'),
    absent_text: z
      .string()
      .min(1)
      .max(200)
      .exactOptional()
      .describe('Text that must not stand in its last lines'),
    matches: patternText
      .exactOptional()
      .describe('Regular expression (RE2) that one of its last lines must match'),
    absent_matches: patternText
      .exactOptional()
      .describe('Regular expression (RE2) that none of its last lines may match'),
    lines: z.coerce
      .number()
      .int()
      .min(1)
      .max(1_000)
      .default(20)
      .describe('How many of its last lines are looked at, up to 64 KiB'),
  })
  .refine(
    (given) => !given.absent || ABOUT_CONTENT.every((key) => given[key] === undefined),
    'a file that must not be there has no age, size or text\ntake out either "absent" or the rest',
  )
  .refine(
    (given) => given.age_from === 'modified' || given.max_age !== undefined || given.warn_age !== undefined,
    '"age_from" without an age says nothing\nadd max_age, such as 120s',
  )
  .refine(
    ({ max_age, warn_age }) =>
      max_age === undefined ||
      warn_age === undefined ||
      (parseDuration(warn_age) ?? 0) <= (parseDuration(max_age) ?? 0),
    '"warn_age" is longer than "max_age"\nmake "max_age" the longer one',
  )
  .refine(
    ({ min_size, max_size }) =>
      min_size === undefined ||
      max_size === undefined ||
      (parseSize(min_size) ?? 0) <= (parseSize(max_size) ?? 0),
    '"min_size" is more than "max_size"\nmake "max_size" the bigger one',
  );

/** Settings of a check of the kind `file`, read. */
export type FileSettings = z.infer<typeof fileSettings>;
