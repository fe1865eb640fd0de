import { privately } from '../src/dispatch/answers.ts';
import { idWord, sentence } from '../src/dispatch/argument.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { findToAlter } from '../src/dispatch/find-incident.ts';
import { succeeded } from '../src/domain/outcome.ts';

/** Ends an incident: nobody is called any more. */
export const resolve = defineRecord({
  name: 'resolve',
  summary: 'end an incident: it is over for everybody',
  examples: ['resolve INC-7', 'resolve INC-7 the disk was full; logs are rotated now'],
  subjects: 'none',
  arguments: {
    id: idWord('ID', 'the incident, INC-7', ['INC']),
    how: sentence('HOW', 'what mended it, shown in the thread', 0),
  },
  open: 'to those who may change',
  preview: async (context, { id }) => {
    const found = await findToAlter(context, id, 'resolve');
    return found.kind === 'succeeded'
      ? succeeded(`It would end ${found.value.id}, and nobody would be called any more.`)
      : found;
  },
  apply: async (context, { id, how }) => {
    const found = await findToAlter(context, id, 'resolve');
    if (found.kind !== 'succeeded') return found;
    const words = how.length === 0 ? undefined : how.join(' ');
    const ended = await context.incidents.resolve(found.value.id, words);
    if (ended.kind !== 'succeeded') return ended;
    const { id: which } = ended.value;
    const isNew = found.value.state !== 'resolved';
    return succeeded(privately(isNew ? `${which} is resolved` : `${which} was resolved before`, '', 'good'));
  },
});
