import { z } from 'zod';
import { durationMs } from '../src/domain/duration.ts';

/** A name of ours: service, component, check, target, environment, person, chat. */
export const NAME = /^(?!x-)[a-z][a-z0-9-]*$/;

/** {@link NAME} as a schema; the message says what is allowed. */
export const name = z.string().regex(NAME, {
  error: (issue) =>
    `"${String(issue.input)}" is not a name of ours\nuse a-z, 0-9 and "-", starting with a letter`,
});

/** A name of a variable of a target, as it stands in `${target.variable}`. */
export const variableName = z.string().regex(/^(?!x-)[a-z][a-z0-9_-]*$/, {
  error: (issue) =>
    `"${String(issue.input)}" is not a name of a variable\nuse a-z, 0-9, "_" and "-", starting with a letter`,
});

/** Text that is not empty. */
export const line = z.string().min(1).max(500);

/** One text or a list of them, read as a list. */
export const oneOrMore = <Text extends string>(of: z.ZodType<Text>) =>
  z
    .union([of, z.array(of).min(1)])
    .transform((given): readonly Text[] => (typeof given === 'string' ? [given] : given));

/** One entry or a list of them, read as a list. */
export const oneOrMoreOf = <Entry extends z.ZodObject>(of: Entry) =>
  z
    .union([of, z.array(of).min(1)])
    .transform((given): readonly z.infer<Entry>[] => (Array.isArray(given) ? given : [given]));

/** An id that people may write as a number or as text, read as text. */
export const telegramId = (pattern: RegExp, hint: string) =>
  z.union([z.int(), z.string().regex(pattern, `not a Telegram id\n${hint}`)]).transform((id) => String(id));

/** Where a secret is found; never the secret. */
export const secretReference = z.union([
  z.strictObject({ env: line.describe('the environment variable that holds it') }),
  z.strictObject({ file: line.describe('the file that holds it') }),
]);

const isTimeZone = (given: string): boolean => {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(given)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: given }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
};

/** An IANA time zone. */
export const timezone = z.string().refine(isTimeZone, {
  error: (issue) =>
    `${JSON.stringify(issue.input)} is not a time zone\nwrite an IANA name such as Europe/Berlin or UTC`,
});

/** `version: 1`, the first key of each file. */
export const version = z.literal(1).describe('the version of this format: 1');

/** A duration above nothing. */
export const someDuration = durationMs.refine((ms) => ms > 0, 'a duration of nothing\nwrite one such as 30s');

/** A duration above nothing, with a default as people write it. */
export const duration = (preset: string) => someDuration.prefault(preset);

/** A time of the day, with a default; read as minutes after midnight. */
export const clock = (preset: string) =>
  z
    .string()
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, {
      error: (issue) => `${JSON.stringify(issue.input)} is not a time of the day\nwrite one such as "09:00"`,
    })
    .transform((text): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)))
    .prefault(preset);
