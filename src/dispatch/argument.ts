import { z } from 'zod';
import type { Token } from './tokenize.ts';

/** One thing a command can be given: a positional word, a rest of words, another whole line, a flag with a value or a switch. */
export interface Argument<T> {
  readonly takes: 'word' | 'words' | 'line' | 'value' | 'switch';
  /** What stands for it in usage: `SUBJECT`, `TIME`. */
  readonly placeholder: string;
  readonly summary: string;
  readonly optional: boolean;
  /** What its id may begin with: `C` for a change, `INC` for an incident; in the thread of such a thing it need not be typed. */
  readonly ids?: readonly string[];
  /** Reads the raw text (words: list of texts; line: list of tokens; switch: boolean). */
  readonly schema: z.ZodType<T>;
}

/** The arguments of a command by name; words come in the order written. */
export type ArgumentSpec = Readonly<Record<string, Argument<unknown>>>;

/** What a command gets for its specification. */
export type ArgumentsOf<S extends ArgumentSpec> = {
  readonly [K in keyof S]: S[K] extends Argument<infer T> ? T : never;
};

/** A required positional word. */
export const word = (placeholder: string, summary: string): Argument<string> => ({
  takes: 'word',
  placeholder,
  summary,
  optional: false,
  schema: z.string().min(1),
});

/** A required id; below the card of such a thing it may be left out. */
export const idWord = (placeholder: string, summary: string, ids: readonly string[]): Argument<string> => ({
  ...word(placeholder, summary),
  ids,
});

/** An optional positional word. */
export const optionalWord = (placeholder: string, summary: string): Argument<string | undefined> => ({
  takes: 'word',
  placeholder,
  summary,
  optional: true,
  schema: z.string().min(1).optional(),
});

/** Most words of a sentence that somebody types behind a command. */
const MOST_IN_A_SENTENCE = 400;

/** All remaining positional words as a sentence for people, at least one unless optional. */
export const sentence = (
  placeholder: string,
  summary: string,
  least: 0 | 1 = 1,
): Argument<readonly string[]> => ({
  ...words(placeholder, summary, least),
  schema: z.array(z.string().min(1)).min(least).max(MOST_IN_A_SENTENCE).readonly(),
});

/** All remaining positional words, at least one unless optional. */
export const words = (
  placeholder: string,
  summary: string,
  least: 0 | 1 = 1,
): Argument<readonly string[]> => ({
  takes: 'words',
  placeholder,
  summary,
  optional: least === 0,
  schema: z.array(z.string().min(1)).min(least).max(20).readonly(),
});

/** Everything from here on, flags included: a line of its own, still in words. */
export const line = (placeholder: string, summary: string): Argument<readonly Token[]> => ({
  takes: 'line',
  placeholder,
  summary,
  optional: false,
  schema: z
    .array(z.object({ text: z.string(), quoted: z.boolean() }))
    .min(1)
    .readonly(),
});

/** `--name VALUE`, absent = undefined. */
export const value = <T>(
  placeholder: string,
  summary: string,
  schema: z.ZodType<T>,
): Argument<T | undefined> => ({
  takes: 'value',
  placeholder,
  summary,
  optional: true,
  schema: schema.optional(),
});

/** `--name`, absent = false. */
export const toggle = (summary: string): Argument<boolean> => ({
  takes: 'switch',
  placeholder: '',
  summary,
  optional: true,
  schema: z.boolean(),
});

const shown = (name: string, argument: Argument<unknown>): string => {
  if (argument.takes === 'switch') return `[--${name}]`;
  if (argument.takes === 'value') return `[--${name} ${argument.placeholder}]`;
  const text =
    argument.takes === 'words' || argument.takes === 'line'
      ? `${argument.placeholder}…`
      : argument.placeholder;
  return argument.optional ? `[${text}]` : text;
};

/** `restart SUBJECT… [--recreate]`: derived, so that help is never out of date. */
export const usageOf = (name: string, spec: ArgumentSpec): string =>
  [name, ...Object.entries(spec).map(([key, argument]) => shown(key, argument))].join(' ');
