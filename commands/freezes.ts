import { type Context, defineRead } from '../src/dispatch/command.ts';
import {
  everyFreeze,
  type Freeze,
  holdsAt,
  freezes as liesOn,
  placesText,
  turnOf,
} from '../src/domain/freeze.ts';
import type { Cell, Message } from '../src/domain/message.ts';
import { showDay } from '../src/domain/moment.ts';
import { succeeded } from '../src/domain/outcome.ts';

function isVisible({ configuration, may }: Context, freeze: Freeze): boolean {
  return configuration.services.some(
    ({ name, environment, components }) =>
      may({ name: 'status', risk: 'read' }, { service: name, environment }) &&
      components.some(({ ref }) => liesOn(freeze, ref)),
  );
}

const whatOf = ({ places, verbs, risks }: Freeze): string => {
  const only = verbs ?? risks?.map((risk) => `${risk} changes`);
  return `${placesText(places)}${only === undefined ? '' : `: ${only.join(', ')}`}`;
};

function whenOf(freeze: Freeze, { configuration, now }: Context): Cell {
  const at = now();
  const turn = turnOf(freeze, at);
  const moment = turn === undefined ? undefined : showDay(turn, configuration.timezone, at);
  if (holdsAt(freeze, at)) return { text: moment === undefined ? 'now' : `until ${moment}`, tone: 'waiting' };
  return { text: moment === undefined ? 'over' : `from ${moment}` };
}

const row = (freeze: Freeze, context: Context): readonly Cell[] => [
  { text: freeze.name },
  { text: whatOf(freeze) },
  whenOf(freeze, context),
  { text: freeze.by === undefined ? freeze.reason : `${freeze.by}: ${freeze.reason}` },
];

function draw(context: Context, all: readonly Freeze[]): Message {
  const held = all.filter((freeze) => holdsAt(freeze, context.now())).length;
  return {
    title: 'Freezes',
    tone: held === 0 ? 'neutral' : 'waiting',
    state: held === 0 ? 'nothing is frozen' : `${held} hold${held === 1 ? 's' : ''} now`,
    parts: [
      ...(all.length === 0
        ? []
        : [
            {
              kind: 'table' as const,
              columns: ['Freeze', 'On', 'When', 'Why'],
              rows: all.map((freeze) => row(freeze, context)),
            },
          ]),
      {
        kind: 'context',
        text: `times in ${context.configuration.timezone} · unfreeze ID lifts one that somebody typed · the others stand in botswain.yaml`,
      },
    ],
    actions: [],
  };
}

/** What is frozen, what will be, and why. */
export const freezes = defineRead({
  name: 'freezes',
  summary: 'what is frozen, what will be, and why',
  examples: ['freezes'],
  subjects: 'none',
  arguments: {},
  answer: async (context) => {
    const typed = await context.journal.freezes.standing(context.now());
    const all = everyFreeze(context.configuration.freezes, typed);
    const visible = all.filter((freeze) => isVisible(context, freeze));
    const holding = (freeze: Freeze): number => (holdsAt(freeze, context.now()) ? 0 : 1);
    const sorted = visible.toSorted((a, b) => holding(a) - holding(b));
    return succeeded({ audience: 'conversation', message: draw(context, sorted) });
  },
});
