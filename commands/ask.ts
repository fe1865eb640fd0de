import { privately } from '../src/dispatch/answers.ts';
import { idWord, sentence } from '../src/dispatch/argument.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { succeeded } from '../src/domain/outcome.ts';

/** Asks the requester of a change something, in the threads of its card, while the clock runs. */
export const ask = defineRecord({
  name: 'ask',
  summary: 'ask something about a change before you decide',
  examples: ['ask C-142 why now?'],
  subjects: 'none',
  arguments: {
    id: idWord('ID', 'the change, C-142', ['C']),
    question: sentence('QUESTION', 'what you want to know'),
  },
  open: 'judges itself',
  preview: async (_context, { id }) =>
    succeeded(`It would ask the requester of ${id}, in the threads of its card.`),
  apply: async (context, { id, question }) => {
    const said = await context.control.ask(id, question.join(' '));
    return said.kind === 'succeeded' ? succeeded(privately('Asked', said.value)) : said;
  },
});
