import type { Answer } from '../src/chat/chat.ts';
import { privately } from '../src/dispatch/answers.ts';
import { idWord } from '../src/dispatch/argument.ts';
import { type Context, defineRecord } from '../src/dispatch/command.ts';
import { findToAlter } from '../src/dispatch/find-incident.ts';
import type { Incident } from '../src/domain/incident.ts';
import { showMoment } from '../src/domain/moment.ts';
import { succeeded } from '../src/domain/outcome.ts';
import { nameOf } from '../src/workflow/people.ts';

/** Who has it, and since when. */
function told({ person, configuration, now }: Context, before: Incident, after: Incident): Answer {
  const { id, acknowledgedBy: by = '', acknowledgedAt: at } = after;
  const isMine = by === person.key;
  if (before.state === 'open' && isMine)
    return privately(`You have ${id}`, 'Nobody else is called for it.', 'good');
  // They said that they are still on it, or answered a call that somebody else made.
  if (after.version > before.version && before.state !== 'open')
    return privately(`Noted: you are on ${id}`, 'Nobody else is called for it.', 'good');
  const since = at === undefined ? '' : `Since ${showMoment(at, configuration.timezone, now())}; `;
  const who = isMine ? 'You have' : `${nameOf(configuration.people, by)} has`;
  return privately(`${who} ${id} already`, `${since}it is ${after.state}, and nobody else is called.`);
}

/** Takes an incident on, so that nobody else is called. */
export const ack = defineRecord({
  name: 'ack',
  summary: 'take an incident on: nobody else is called for it',
  examples: ['ack INC-7'],
  subjects: 'none',
  arguments: { id: idWord('ID', 'the incident, INC-7', ['INC']) },
  open: 'to those who may change',
  preview: async (context, { id }) => {
    const found = await findToAlter(context, id, 'ack');
    if (found.kind !== 'succeeded') return found;
    return succeeded(`It would give ${found.value.id} to you, and nobody else would be called.`);
  },
  apply: async (context, { id }) => {
    const found = await findToAlter(context, id, 'ack');
    if (found.kind !== 'succeeded') return found;
    const taken = await context.incidents.acknowledge(found.value.id);
    return taken.kind === 'succeeded' ? succeeded(told(context, found.value, taken.value)) : taken;
  },
});
