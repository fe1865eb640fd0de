import { z } from 'zod';
import { privately } from '../src/dispatch/answers.ts';
import { type Argument, idWord, optionalWord } from '../src/dispatch/argument.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { succeeded } from '../src/domain/outcome.ts';

const happened: Argument<'happened' | 'not'> = {
  takes: 'word',
  placeholder: 'happened|not',
  summary: 'what you found when you looked at the target yourself',
  optional: false,
  schema: z.enum(['happened', 'not'], 'must be "happened" or "not"'),
};

/** Says what became of a step that nobody knows about, after looking oneself. */
export const settle = defineRecord({
  name: 'settle',
  summary: 'say what became of an unknown step, after looking yourself',
  examples: ['settle C-142 happened', 'settle C-142 not 2'],
  subjects: 'none',
  arguments: {
    id: idWord('ID', 'the change, C-142', ['C']),
    happened,
    step: optionalWord('STEP', 'the number of the step you looked at; a button sends it'),
  },
  open: 'judges itself',
  preview: async (_context, args) =>
    succeeded(`It would settle the unknown step of ${args.id} as "${args.happened}".`),
  apply: async (context, args) => {
    const said = await context.control.settle(args.id, args.happened === 'happened', args.step);
    return said.kind === 'succeeded' ? succeeded(privately('Settled', said.value)) : said;
  },
});
