import { type Context, defineRead } from '../src/dispatch/command.ts';
import { componentKey } from '../src/domain/fleet.ts';
import { gravest, VERDICT_TONES } from '../src/domain/fleet-view.ts';
import type { ListItem, Part } from '../src/domain/message.ts';
import { succeeded } from '../src/domain/outcome.ts';
import { type Subject, subjectText } from '../src/domain/subject.ts';
import { checkKey, type Finding } from '../src/domain/verdict.ts';
import { type Shown, standing, turnText } from './status/standing.ts';

interface Looked {
  readonly name: string;
  /** Of its state. */
  readonly key: string;
  readonly finding: Finding;
}

const shownIn = ({ configuration, now }: Context): Shown => ({
  timezone: configuration.timezone,
  now: now(),
});

function item(context: Context, { name, key, finding }: Looked): ListItem {
  const since = standing(context.lastSeen.lastSeen(key), shownIn(context));
  return {
    text: name,
    tone: VERDICT_TONES[finding.verdict],
    detail: since === '' ? finding.summary : `${finding.summary}; ${since}`,
  };
}

async function lookAt(context: Context, subject: Subject): Promise<readonly Looked[]> {
  const components = subject.components.filter(
    (placed) => context.fleet.component(placed).actions.length > 0,
  );
  const checks = subject.service.checks.filter(
    (check) => subject.whole || subject.components.some((placed) => placed.ref.component === check.component),
  );
  return Promise.all([
    ...components.map(async (placed) => ({
      name: placed.ref.component,
      key: componentKey(placed.ref),
      finding: await context.lastSeen.lookAtComponent(placed),
    })),
    ...checks.map(async (check) => ({
      name: check.name,
      key: checkKey(check),
      finding: await context.lastSeen.lookAtCheck(check),
    })),
  ]);
}

/** Turns that are shown of all that was looked at. */
const MOST_TURNS = 8;

/** The latest turns, newest first; a first look that was well is no news. */
async function turnsOf(context: Context, looked: readonly Looked[]): Promise<readonly Part[]> {
  const histories = await Promise.all(
    looked.map(async ({ name, key }) => ({
      name,
      turns: await context.journal.checks.history(key, MOST_TURNS),
    })),
  );
  const items = histories
    .filter(({ turns }) => turns.length > 1 || turns.some(({ verdict }) => verdict !== 'pass'))
    .flatMap(({ name, turns }) => turns.map((turn) => ({ name, turn })))
    .toSorted((a, b) => b.turn.at - a.turn.at)
    .slice(0, MOST_TURNS);
  if (items.length === 0) return [];
  return [
    { kind: 'context', text: 'The last times a verdict turned:' },
    {
      kind: 'list',
      items: items.map(({ name, turn }) => ({
        text: name,
        tone: VERDICT_TONES[turn.verdict],
        detail: turnText(turn, shownIn(context)),
      })),
    },
  ];
}

/** Looks now, at everything the subject has. */
export const check = defineRead({
  name: 'check',
  summary: 'look now at a service or component',
  examples: ['check karmabot', 'check karmabot/nginx'],
  subjects: 'several',
  arguments: {},
  answer: async (context, _args, subjects) => {
    const looked = await Promise.all(
      subjects.map(async (subject) => ({ subject, looks: await lookAt(context, subject) })),
    );
    const all = looked.flatMap(({ looks }) => looks);
    const turns = await turnsOf(context, all);
    return succeeded({
      audience: 'conversation',
      message: {
        title: `Checked ${looked.map(({ subject }) => subjectText(subject)).join(', ')}`.slice(0, 150),
        tone: VERDICT_TONES[gravest(all.map(({ finding }) => finding.verdict))],
        parts: [
          ...looked.flatMap(({ subject, looks }) => [
            ...(looked.length > 1 ? [{ kind: 'text' as const, text: subjectText(subject) }] : []),
            { kind: 'list' as const, items: looks.map((one) => item(context, one)) },
          ]),
          ...turns,
        ],
        actions: [],
      },
    });
  },
});
