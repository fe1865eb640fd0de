import { RE2JS } from 're2js';
import { z } from 'zod';

function complaintAbout(text: string): string | undefined {
  try {
    RE2JS.compile(text);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'it cannot be read';
  }
}

/** A regular expression as people write it, kept as text; RE2, so that none can hang the bot (github.com/google/re2/wiki/Syntax). */
export const patternText = z
  .string()
  .min(1)
  .max(500)
  .superRefine((text, context) => {
    const complaint = complaintAbout(text);
    if (complaint === undefined) return;
    context.addIssue({
      code: 'custom',
      message: `not a regular expression: ${complaint}\nwrite it as RE2 has it: https://github.com/google/re2/wiki/Syntax`,
    });
  });

/** Says whether a text holds something that matches; the expression was accepted by {@link patternText}. */
export function matcherOf(text: string): (line: string) => boolean {
  const compiled = RE2JS.compile(text);
  return (line) => compiled.matcher(line).find();
}
