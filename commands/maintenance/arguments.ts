import { z } from 'zod';
import { type ArgumentsOf, sentence, toggle, value } from '../../src/dispatch/argument.ts';
import { corrections, didYouMean } from '../../src/domain/nearest.ts';
import { failed, type Outcome, succeeded } from '../../src/domain/outcome.ts';
import type { PublicIncident, UpdateState } from '../../src/domain/status-update.ts';

const line = z.string().min(1).max(500);

/** What `maintenance` can be given. */
export const maintenanceArguments = {
  words: sentence(
    'WORDS',
    'schedule "TITLE", or remind, extend, start, verify, complete, cancel or retry with M-3; alone it lists',
    0,
  ),
  from: value('TIME', 'when the work begins: "sat 22:00"', z.string().min(1)),
  until: value('TIME', 'when it ends: "sun 02:00"', z.string().min(1)),
  components: value('NAMES', 'what is affected: website,api', line),
  impact: value('"WORDS"', 'what users meet: "the website cannot be reached"', line),
  quiet: toggle('do not tell subscribers'),
  anyway: toggle('publish although the lint found errors; wants --reason'),
  reason: value('"WHY"', 'why it is right all the same', line),
} as const;

/** What it was given. */
export type Given = ArgumentsOf<typeof maintenanceArguments>;

/** What each word comes to. */
const VERBS: Readonly<Record<string, { readonly status: UpdateState; readonly variant?: string }>> = {
  schedule: { status: 'scheduled' },
  remind: { status: 'scheduled', variant: 'no-news' },
  start: { status: 'in_progress', variant: 'standard' },
  verify: { status: 'verifying' },
  complete: { status: 'completed', variant: 'standard' },
  cancel: { status: 'completed', variant: 'cancelled' },
};

/** The first words that it knows. */
export const WORDS = [...Object.keys(VERBS), 'extend', 'retry', 'publish'];

/** What a word comes to: work that takes longer is extended where it runs, and moved where it has not begun. */
export function meaning(
  word: string,
  before: PublicIncident | undefined,
): (typeof VERBS)[string] | undefined {
  if (word !== 'extend') return VERBS[word];
  return before?.status === 'scheduled'
    ? { status: 'scheduled', variant: 'moved' }
    : { status: 'in_progress', variant: 'extended' };
}

/** Why it is right although the lint says no; a form behind the button appends its words. */
export const anywayOf = (
  { anyway, reason }: Given,
  rest: string | undefined,
): Outcome<string | undefined> => {
  if (!anyway) return succeeded(undefined);
  const why = reason ?? rest;
  return why === undefined
    ? failed(
        'DENIED_REASON_MISSING',
        'publishing in spite of errors wants a reason',
        'Type the same line with --reason "why" behind it; maintenance publish DIGEST --anyway --reason "why".',
      )
    : succeeded(why);
};

/** A line of `maintenance`, in its parts. */
export interface Typed {
  readonly word: string;
  /** Title of new work, else `M-3`. */
  readonly name: string;
  readonly rest: string | undefined;
  readonly args: Given;
}

/** Refuses a word that it does not know. */
export const noSuchWord = (word: string): Outcome<never> => ({
  ...failed(
    'INPUT_INVALID_VALUE',
    `maintenance does not know "${word}".${didYouMean(word, WORDS)}`,
    'Type maintenance schedule "TITLE" --from … --until …, or maintenance start M-3.',
  ),
  ...corrections(word, WORDS),
});
