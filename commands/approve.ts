import { privately } from '../src/dispatch/answers.ts';
import { idWord, optionalWord } from '../src/dispatch/argument.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { succeeded } from '../src/domain/outcome.ts';

/** Approves the plan a card shows; the button sends the first half of its digest along. */
export const approve = defineRecord({
  name: 'approve',
  summary: 'approve a change that somebody else asked for',
  examples: ['approve C-142'],
  subjects: 'none',
  arguments: {
    id: idWord('ID', 'the change, C-142', ['C']),
    digest: optionalWord('DIGEST', 'the first characters of the plan you saw; a button sends them'),
  },
  open: 'judges itself',
  preview: async (_context, { id }) => succeeded(`It would record your approval of ${id}.`),
  apply: async (context, { id, digest }) => {
    const said = await context.control.approve(id, digest);
    return said.kind === 'succeeded' ? succeeded(privately('Approved', said.value, 'good')) : said;
  },
});
