import { type Context, defineRead } from '../src/dispatch/command.ts';
import { matchersText } from '../src/domain/matcher.ts';
import type { Cell } from '../src/domain/message.ts';
import { showDay } from '../src/domain/moment.ts';
import { succeeded } from '../src/domain/outcome.ts';
import type { Silence } from '../src/domain/silence.ts';
import { nameOf } from '../src/workflow/people.ts';

function row({ configuration, now }: Context, silence: Silence): readonly Cell[] {
  const { id, matchers, until, person, reason } = silence;
  return [
    { text: id, tone: 'waiting' },
    { text: matchersText(matchers) },
    { text: showDay(until, configuration.timezone, now()) },
    { text: `${nameOf(configuration.people, person)}: ${reason}` },
  ];
}

/** The silences that hold; everybody may know of which alerts nobody is told. */
export const silences = defineRead({
  name: 'silences',
  summary: 'which alerts nobody is told of, until when and why',
  examples: ['silences'],
  subjects: 'none',
  arguments: {},
  answer: async (context) => {
    const all = await context.journal.incidents.silences(context.now());
    const rows = all.map((silence) => row(context, silence));
    return succeeded({
      audience: 'conversation',
      message: {
        title: 'Silences',
        tone: all.length === 0 ? 'neutral' : 'waiting',
        state: all.length === 0 ? 'nothing is silenced' : `${all.length} hold${all.length === 1 ? 's' : ''}`,
        parts: [
          ...(rows.length === 0
            ? []
            : [{ kind: 'table' as const, columns: ['Silence', 'Alerts', 'Until', 'Why'], rows }]),
          {
            kind: 'context',
            text: `times in ${context.configuration.timezone} · unsilence ID ends one · alerts --unannounced shows what nobody was told of`,
          },
        ],
        actions: [],
      },
    });
  },
});
