import { privately } from '../src/dispatch/answers.ts';
import { idWord, sentence } from '../src/dispatch/argument.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { findToAlter } from '../src/dispatch/find-incident.ts';
import { succeeded } from '../src/domain/outcome.ts';

/** Opens an incident again that was over, and calls people anew. */
export const reopen = defineRecord({
  name: 'reopen',
  summary: 'open an incident again that is back',
  examples: ['reopen INC-7', 'reopen INC-7 it fails again since 14:02'],
  subjects: 'none',
  arguments: {
    id: idWord('ID', 'the incident, INC-7', ['INC']),
    why: sentence('WHY', 'what is back, shown in the thread', 0),
  },
  open: 'to those who may change',
  preview: async (context, { id }) => {
    const found = await findToAlter(context, id, 'reopen');
    return found.kind === 'succeeded'
      ? succeeded(`It would open ${found.value.id} again, and call whoever is on call.`)
      : found;
  },
  apply: async (context, { id, why }) => {
    const found = await findToAlter(context, id, 'reopen');
    if (found.kind !== 'succeeded') return found;
    const words = why.length === 0 ? undefined : why.join(' ');
    const opened = await context.incidents.reopen(found.value.id, words);
    if (opened.kind !== 'succeeded') return opened;
    return succeeded(privately(`${opened.value.id} is open again`, 'Whoever is on call is called.'));
  },
});
