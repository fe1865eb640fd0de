import { privately } from '../src/dispatch/answers.ts';
import { idWord, sentence } from '../src/dispatch/argument.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { findToAlter } from '../src/dispatch/find-incident.ts';
import { succeeded } from '../src/domain/outcome.ts';

/** Calls the next people for an incident now. */
export const escalate = defineRecord({
  name: 'escalate',
  summary: 'call the next people for an incident now',
  examples: ['escalate INC-7', 'escalate INC-7 the database needs Cem'],
  subjects: 'none',
  arguments: {
    id: idWord('ID', 'the incident, INC-7', ['INC']),
    why: sentence('WHY', 'why, shown in the thread', 0),
  },
  open: 'to those who may change',
  preview: async (context, { id }) => {
    const found = await findToAlter(context, id, 'escalate');
    return found.kind === 'succeeded'
      ? succeeded(`It would call the next people for ${found.value.id} now.`)
      : found;
  },
  apply: async (context, { id, why }) => {
    const found = await findToAlter(context, id, 'escalate');
    if (found.kind !== 'succeeded') return found;
    const words = why.length === 0 ? undefined : why.join(' ');
    const called = await context.incidents.escalate(found.value.id, words);
    if (called.kind !== 'succeeded') return called;
    return succeeded(privately(`The next people are called for ${called.value.id}`, ''));
  },
});
