import { word } from '../src/dispatch/argument.ts';
import { defineRead } from '../src/dispatch/command.ts';
import { maySeeChange } from '../src/dispatch/may-see.ts';
import { failed, succeeded } from '../src/domain/outcome.ts';

/** The card of a change as it stands now, with its buttons. */
export const show = defineRead({
  name: 'show',
  summary: 'one change as it stands',
  examples: ['show C-142'],
  subjects: 'none',
  arguments: { id: word('ID', 'the id of a change, C-142') },
  answer: async (context, { id }) => {
    if (!/^c-\d+$/i.test(id))
      return failed('INPUT_NO_SUCH_ID', `"${id}" is not an id`, 'A change is C-142; see changes.');
    const change = await context.journal.changes.find(id.toUpperCase());
    if (change !== undefined && !maySeeChange(context, change, 'show'))
      return failed('DENIED_POLICY', `${change.id} is about services that you may not look at`);
    const card = await context.control.card(id);
    return card.kind === 'succeeded' ? succeeded({ audience: 'asker', message: card.value }) : card;
  },
});
