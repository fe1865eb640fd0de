import { privately } from '../src/dispatch/answers.ts';
import { idWord, optionalWord } from '../src/dispatch/argument.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { succeeded } from '../src/domain/outcome.ts';

/** Says to a step that waits for a person that it may go on, or that it is done. */
export const confirm = defineRecord({
  name: 'confirm',
  summary: 'say to a step that waits for you that it may go on, or that you did it',
  examples: ['confirm C-142', 'confirm C-142 3'],
  subjects: 'none',
  arguments: {
    id: idWord('ID', 'the change, C-142', ['C']),
    step: optionalWord('STEP', 'the number of the step; needed where several wait'),
  },
  open: 'judges itself',
  preview: async (_context, { id, step }) =>
    succeeded(`It would say yes to ${step === undefined ? 'the step' : `step ${step}`} of ${id} that waits.`),
  apply: async (context, { id, step }) => {
    const said = await context.control.confirm(id, step);
    return said.kind === 'succeeded' ? succeeded(privately('Noted', said.value)) : said;
  },
});
