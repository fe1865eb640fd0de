import { optionalWord, usageOf } from '../src/dispatch/argument.ts';
import { type Command, type Context, defineRead, judgesItself } from '../src/dispatch/command.ts';
import { holdsNow } from '../src/dispatch/holds-now.ts';
import { fullSpec } from '../src/dispatch/read-line.ts';
import { placesText } from '../src/domain/freeze.ts';
import { forEverything, frozenLine, holdsOn, lockLines } from '../src/domain/holds.ts';
import { isPersons } from '../src/domain/lock.ts';
import type { Message, Part } from '../src/domain/message.ts';
import { didYouMean } from '../src/domain/nearest.ts';
import { failed, succeeded } from '../src/domain/outcome.ts';

/** Whether the asker can have anything to do with changes: asking for them or deciding about them. */
function takesPart({ commands, configuration, person, may }: Context): boolean {
  const deciding = [
    ...configuration.policy.flatMap(({ from, escalate }) => [...from, ...(escalate?.from ?? [])]),
    ...(configuration.breakGlass?.reviewFrom ?? []),
  ];
  const decides = deciding.some((role) => person.roles.includes(role));
  return decides || commands.some((command) => command.kind === 'change' && may(command));
}

function mayRun(context: Context): readonly Command[] {
  const takesPartInChanges = takesPart(context);
  return context.commands.filter((command) =>
    judgesItself(command) ? takesPartInChanges : context.may(command),
  );
}

/** One line when something is locked or frozen: it explains many a refusal. */
async function heldLine(context: Context): Promise<readonly string[]> {
  const { configuration, may, now } = context;
  const seen = configuration.services.filter(({ name, environment }) =>
    may({ name: 'status', risk: 'read' }, { service: name, environment }),
  );
  const components = seen.flatMap((service) => service.components.map(({ ref }) => ref));
  const { locks: all, frozen } = forEverything(holdsOn(await holdsNow(context), components));
  // What a running change holds is over in a moment.
  const locks = all.filter((lock) => isPersons(lock) || lock.under !== undefined);
  const shown = { timezone: configuration.timezone, now: now() };
  const more = (count: number): string => (count > 1 ? ` (and ${count - 1} more)` : '');
  const [first] = frozen;
  return [
    ...lockLines(locks, shown),
    ...(first === undefined
      ? []
      : [`${placesText(first.freeze.places)} ${frozenLine(first, shown)}${more(frozen.length)}`]),
  ];
}

interface Group {
  readonly title: string;
  /** What its commands are for. */
  readonly purpose: string;
  readonly holds: (command: Command) => boolean;
}

const named =
  (...verbs: readonly string[]) =>
  ({ name }: Command): boolean =>
    verbs.includes(name);

const DECIDING = named(
  ...['changes', 'show', 'waiting', 'approve', 'deny', 'ask', 'answer'],
  ...['cancel', 'confirm', 'settle', 'review'],
);
const HOLDING = named('lock', 'unlock', 'notify', 'freeze', 'unfreeze', 'freezes');
const PEOPLE = named('whoami', 'link', 'unlink', 'login', 'logout');
const ITSELF = named('policy', 'audit', 'help');
const APART = [DECIDING, HOLDING, PEOPLE, ITSELF];

const isApart = (command: Command): boolean => APART.some((holds) => holds(command));

/** From top to bottom; each command stands in the first that holds it. What is new looks, or changes something. */
const GROUPS: readonly Group[] = [
  {
    title: 'Look',
    purpose: 'touches nothing',
    holds: (command) => command.kind === 'read' && !isApart(command),
  },
  {
    title: 'Change',
    purpose: 'the plan is shown first, and policy decides on it',
    holds: ({ kind }) => kind === 'change' || kind === 'chosen',
  },
  { title: 'Decide', purpose: 'on changes: yours, and those of others', holds: DECIDING },
  { title: 'Locks and freezes', purpose: 'keep changes away', holds: HOLDING },
  { title: 'People', purpose: 'who you are, and where you are signed in', holds: PEOPLE },
  { title: 'Botswain itself', purpose: 'its rules, and what it did', holds: () => true },
];

const groupOf = (command: Command): Group | undefined => GROUPS.find(({ holds }) => holds(command));

function groupTables(commands: readonly Command[]): readonly Part[] {
  return GROUPS.flatMap((group): readonly Part[] => {
    const rows = commands
      .filter((command) => groupOf(command) === group)
      .map(({ name, examples, summary }) => [{ text: examples[0] ?? name }, { text: summary }]);
    return rows.length === 0 ? [] : [{ kind: 'table', columns: [group.title, group.purpose], rows }];
  });
}

function overview(commands: readonly Command[], held: readonly string[]): Message {
  return {
    title: 'What you may run here',
    tone: 'neutral',
    parts: [
      ...groupTables(commands),
      ...(held.length === 0 ? [] : [{ kind: 'text' as const, text: `Now: ${held.join(' · ')}` }]),
      {
        kind: 'context',
        text: 'help VERB tells more of one · --dry-run with any of them does nothing and shows what it would do',
      },
    ],
    actions: [{ label: 'Status', style: 'primary', line: 'status' }],
  };
}

function details(command: Command): Message {
  const spec = fullSpec(command);
  const items = Object.entries(spec).map(([name, argument]) => {
    const positional = argument.takes !== 'value' && argument.takes !== 'switch';
    return [{ text: positional ? argument.placeholder : `--${name}` }, { text: argument.summary }];
  });
  return {
    title: command.name,
    tone: 'neutral',
    parts: [
      { kind: 'text', text: `${command.summary}.` },
      { kind: 'code', title: 'Usage', text: usageOf(command.name, spec) },
      { kind: 'table', columns: ['Part', 'Meaning'], rows: items },
      { kind: 'code', title: 'Examples', text: command.examples.join('\n') },
    ],
    actions: [],
  };
}

/** Only what this person may run, derived from the commands themselves. */
export const help = defineRead({
  name: 'help',
  summary: 'what you may run here',
  examples: ['help', 'help restart'],
  subjects: 'none',
  arguments: { verb: optionalWord('VERB', 'the command you want to know more about') },
  answer: async (context, { verb }) => {
    const commands = mayRun(context);
    if (verb === undefined)
      return succeeded({ audience: 'asker', message: overview(commands, await heldLine(context)) });
    const command = commands.find((candidate) => candidate.name === verb.toLowerCase());
    const names = commands.map((candidate) => candidate.name);
    if (command === undefined)
      return failed(
        'INPUT_UNKNOWN_VERB',
        `there is no "${verb}" that you may run.${didYouMean(verb, names)}`,
        `You may run ${names.join(', ')}.`,
      );
    return succeeded({ audience: 'asker', message: details(command) });
  },
});
