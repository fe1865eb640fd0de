import { type Context, defineRead } from '../src/dispatch/command.ts';
import { maySeeChange } from '../src/dispatch/may-see.ts';
import type { Change } from '../src/domain/change.ts';
import { CHANGE_TONES } from '../src/domain/change-tone.ts';
import type { Cell, Message } from '../src/domain/message.ts';
import { showMoment } from '../src/domain/moment.ts';
import { succeeded } from '../src/domain/outcome.ts';
import { nameOf } from '../src/workflow/people.ts';

/** How many are shown, and how far back they are looked for among those the asker may not see. */
const SHOWN = 20;
const LOOKED_THROUGH = 200;

/** A review that is open stays in sight until somebody signs it. */
const stateOf = ({ state, breakGlass, review }: Change): string =>
  breakGlass !== undefined && review === undefined ? `${state}, review open` : state;

function row({ configuration, now }: Context, change: Change): readonly Cell[] {
  return [
    { text: change.id, tone: CHANGE_TONES[change.state] },
    { text: stateOf(change) },
    { text: change.plan.summary },
    { text: nameOf(configuration.people, change.requester) },
    { text: showMoment(change.requestedAt, configuration.timezone, now()) },
  ];
}

/** A table of changes, newest first. */
export const changeTable = (context: Context, title: string, changes: readonly Change[]): Message => ({
  title,
  tone: 'neutral',
  parts:
    changes.length === 0
      ? [{ kind: 'text', text: 'There are none.' }]
      : [
          {
            kind: 'table',
            columns: ['Id', 'State', 'What', 'Asked by', 'When'],
            rows: changes.map((change) => row(context, change)),
          },
        ],
  actions: [],
});

/** The latest changes, of one service or of all. */
export const changes = defineRead({
  name: 'changes',
  summary: 'the latest changes and how they ended',
  examples: ['changes', 'changes karmabot'],
  subjects: 'optional',
  arguments: {},
  answer: async (context, _args, subjects) => {
    const names = [...new Set(subjects.map((subject) => subject.service.name))];
    const [service] = names;
    const all = await context.journal.changes.list({
      limit: LOOKED_THROUGH,
      ...(service === undefined ? {} : { service }),
    });
    return succeeded({
      audience: 'asker',
      message: changeTable(
        context,
        service === undefined ? 'Latest changes' : `Latest changes of ${service}`,
        all.filter((change) => maySeeChange(context, change, 'changes')).slice(0, SHOWN),
      ),
    });
  },
});
