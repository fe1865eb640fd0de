import type { Answer } from '../src/chat/chat.ts';
import { idWord } from '../src/dispatch/argument.ts';
import { type Context, defineRead } from '../src/dispatch/command.ts';
import { failed, type Outcome } from '../src/domain/outcome.ts';
import { showChange } from './show/change.ts';
import { showDelivery } from './show/delivery.ts';
import { showIncident } from './show/incident.ts';

type Show = (context: Context, id: string) => Promise<Outcome<Answer>>;

/** What an id begins with, and who shows it. */
const SHOWS: Readonly<Record<string, Show>> = { C: showChange, INC: showIncident, A: showDelivery };

/** What an id stands for, as it stands now, with its buttons. */
export const show = defineRead({
  name: 'show',
  summary: 'one change, one incident, or what a sender of alerts sent',
  examples: ['show C-142', 'show INC-7', 'show A-12'],
  subjects: 'none',
  arguments: {
    id: idWord('ID', 'a change, C-142, an incident, INC-7, or what was sent, A-12', Object.keys(SHOWS)),
  },
  answer: async (context, { id }) => {
    const [, begins = ''] = /^([a-z]+)-\d+$/i.exec(id) ?? [];
    const shows = SHOWS[begins.toUpperCase()];
    return shows === undefined
      ? failed(
          'INPUT_NO_SUCH_ID',
          `"${id}" is not an id`,
          'A change is C-142, an incident INC-7, what was sent A-12.',
        )
      : shows(context, id);
  },
});
