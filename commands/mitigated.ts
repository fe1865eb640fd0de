import { privately } from '../src/dispatch/answers.ts';
import { idWord, sentence } from '../src/dispatch/argument.ts';
import { defineRecord } from '../src/dispatch/command.ts';
import { findToAlter } from '../src/dispatch/find-incident.ts';
import { succeeded } from '../src/domain/outcome.ts';

/** Says that users do not feel an incident any more, though its cause is there still. */
export const mitigated = defineRecord({
  name: 'mitigated',
  summary: 'say that users do not feel an incident any more',
  examples: ['mitigated INC-7', 'mitigated INC-7 traffic goes to the other host'],
  subjects: 'none',
  arguments: {
    id: idWord('ID', 'the incident, INC-7', ['INC']),
    how: sentence('HOW', 'what helped, shown in the thread', 0),
  },
  open: 'to those who may change',
  preview: async (context, { id }) => {
    const found = await findToAlter(context, id, 'mitigated');
    return found.kind === 'succeeded' ? succeeded(`It would call ${found.value.id} mitigated.`) : found;
  },
  apply: async (context, { id, how }) => {
    const found = await findToAlter(context, id, 'mitigated');
    if (found.kind !== 'succeeded') return found;
    const words = how.length === 0 ? undefined : how.join(' ');
    const said = await context.incidents.mitigate(found.value.id, words);
    if (said.kind !== 'succeeded') return said;
    const { id: which } = said.value;
    const isNew = found.value.state !== 'mitigated';
    return succeeded(
      privately(
        isNew ? `${which} is mitigated` : `${which} was mitigated before`,
        'Resolve it once its cause is gone.',
      ),
    );
  },
});
