import { privately } from '../src/dispatch/answers.ts';
import { idWord } from '../src/dispatch/argument.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { succeeded } from '../src/domain/outcome.ts';

/** Cancels a change that waits, or stops a running one before its next step. */
export const cancel = defineRecord({
  name: 'cancel',
  summary: 'cancel a change, or stop a running one before its next step',
  examples: ['cancel C-142'],
  subjects: 'none',
  arguments: { id: idWord('ID', 'the change, C-142', ['C']) },
  open: 'judges itself',
  preview: async (_context, { id }) => succeeded(`It would cancel ${id}, or stop it before its next step.`),
  apply: async (context, { id }) => {
    const said = await context.control.cancel(id);
    return said.kind === 'succeeded' ? succeeded(privately('Cancelled', said.value)) : said;
  },
});
