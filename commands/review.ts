import { z } from 'zod';
import { privately } from '../src/dispatch/answers.ts';
import { idWord, sentence, value } from '../src/dispatch/argument.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { succeeded } from '../src/domain/outcome.ts';

/** Signs the review of a change for which somebody else broke the glass. */
export const review = defineRecord({
  name: 'review',
  summary: 'sign the review of a change for which somebody broke the glass',
  examples: ['review C-142 "the disk was full; it could not wait"'],
  subjects: 'none',
  arguments: {
    id: idWord('ID', 'the change, C-142', ['C']),
    words: sentence('FOUND', 'what you found, shown on the card', 0),
    found: value('"FOUND"', 'what you found, shown on the card', z.string().min(3).max(1000)),
  },
  open: 'judges itself',
  preview: async (_context, { id }) => succeeded(`It would sign the review of ${id}.`),
  apply: async (context, { id, words, found }) => {
    const said = await context.control.review(id, found ?? words.join(' '));
    return said.kind === 'succeeded' ? succeeded(privately('Reviewed', said.value, 'good')) : said;
  },
});
