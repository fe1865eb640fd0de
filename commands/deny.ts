import { privately } from '../src/dispatch/answers.ts';
import { idWord, sentence } from '../src/dispatch/argument.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { succeeded } from '../src/domain/outcome.ts';

/** Denies a change: one denial ends it. */
export const deny = defineRecord({
  name: 'deny',
  summary: 'deny a change that somebody else asked for',
  examples: ['deny C-142', 'deny C-142 not during the release'],
  subjects: 'none',
  arguments: {
    id: idWord('ID', 'the change, C-142', ['C']),
    reason: sentence('REASON', 'why not, shown on the card', 0),
  },
  open: 'judges itself',
  preview: async (_context, { id }) => succeeded(`It would deny ${id}, which ends it.`),
  apply: async (context, { id, reason }) => {
    const said = await context.control.deny(id, reason.length === 0 ? undefined : reason.join(' '));
    return said.kind === 'succeeded' ? succeeded(privately('Denied', said.value)) : said;
  },
});
