import { privately } from '../src/dispatch/answers.ts';
import { idWord, sentence } from '../src/dispatch/argument.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { succeeded } from '../src/domain/outcome.ts';

/** The requester answers what was asked about their change, in the threads of its card. */
export const answer = defineRecord({
  name: 'answer',
  summary: 'answer a question about a change you asked for',
  examples: ['answer C-142 the certificate runs out at four'],
  subjects: 'none',
  arguments: { id: idWord('ID', 'the change, C-142', ['C']), text: sentence('TEXT', 'your answer') },
  open: 'judges itself',
  preview: async (_context, { id }) => succeeded(`It would answer in the threads of ${id}.`),
  apply: async (context, { id, text }) => {
    const said = await context.control.answer(id, text.join(' '));
    return said.kind === 'succeeded' ? succeeded(privately('Answered', said.value)) : said;
  },
});
