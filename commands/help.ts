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
  /** `help incidents` shows the group by itself. */
  readonly word: string;
  readonly title: string;
  /** What its commands are for. */
  readonly purpose: string;
  /** In the overview only its verbs are named: a message holds so much. */
  readonly isFolded?: true;
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
const INCIDENTS = named(
  ...['incident', 'ack', 'severity', 'assign', 'note', 'escalate', 'mitigated', 'resolve', 'reopen', 'merge'],
  ...['alerts', 'silence', 'unsilence', 'silences', 'oncall', 'publish', 'maintenance', 'postmortem'],
);
const HOLDING = named('lock', 'unlock', 'notify', 'freeze', 'unfreeze', 'freezes');
const PEOPLE = named('whoami', 'link', 'unlink', 'login', 'logout');
const ITSELF = named('policy', 'audit', 'help');
const APART = [DECIDING, INCIDENTS, HOLDING, PEOPLE, ITSELF];

const isApart = (command: Command): boolean => APART.some((holds) => holds(command));

/** From top to bottom; each command stands in the first that holds it. What is new looks, or changes something. */
const GROUPS: readonly Group[] = [
  {
    word: 'look',
    title: 'Look',
    purpose: 'touches nothing',
    holds: (command) => command.kind === 'read' && !isApart(command),
  },
  {
    word: 'change',
    title: 'Change',
    purpose: 'the plan is shown first, and policy decides on it',
    holds: (command) => (command.kind === 'change' || command.kind === 'chosen') && !isApart(command),
  },
  { word: 'decide', title: 'Decide', purpose: 'on changes: yours, and those of others', holds: DECIDING },
  { word: 'incidents', title: 'Incidents', purpose: 'alerts, and who sees to them', holds: INCIDENTS },
  {
    word: 'locks',
    title: 'Locks and freezes',
    purpose: 'keep changes away',
    isFolded: true,
    holds: HOLDING,
  },
  {
    word: 'people',
    title: 'People',
    purpose: 'who you are, and where you are signed in',
    isFolded: true,
    holds: PEOPLE,
  },
  {
    word: 'botswain',
    title: 'Botswain itself',
    purpose: 'its rules, and what it did',
    isFolded: true,
    holds: () => true,
  },
];

const groupOf = (command: Command): Group | undefined => GROUPS.find(({ holds }) => holds(command));

const membersOf = (group: Group, commands: readonly Command[]): readonly Command[] =>
  commands.filter((command) => groupOf(command) === group);

/** The first words of an example: the verb, and what it is about. */
const shortExample = ({ name, examples }: Command): string =>
  (examples[0] ?? name).split(' --')[0]?.split(' ').slice(0, 2).join(' ') ?? name;

function groupTable(
  group: Group,
  commands: readonly Command[],
  exampleOf: (command: Command) => string,
): readonly Part[] {
  const rows = membersOf(group, commands).map((command) => [
    { text: exampleOf(command) },
    { text: command.summary },
  ]);
  return rows.length === 0 ? [] : [{ kind: 'table', columns: [group.title, group.purpose], rows }];
}

/** A row a group: how to see it, and the verbs in it. */
function foldedTable(commands: readonly Command[]): readonly Part[] {
  const rows = GROUPS.filter(({ isFolded }) => isFolded).flatMap((group) => {
    const names = membersOf(group, commands).map(({ name }) => name);
    return names.length === 0 ? [] : [[{ text: `help ${group.word}` }, { text: names.join(', ') }]];
  });
  return rows.length === 0 ? [] : [{ kind: 'table', columns: ['More', 'by what it is for'], rows }];
}

function groupTables(commands: readonly Command[]): readonly Part[] {
  const open = GROUPS.filter(({ isFolded }) => isFolded !== true);
  return [...open.flatMap((group) => groupTable(group, commands, shortExample)), ...foldedTable(commands)];
}

const groupHelp = (group: Group, commands: readonly Command[]): Message => ({
  title: group.title,
  tone: 'neutral',
  parts: groupTable(group, commands, ({ name, examples }) => examples[0] ?? name),
  actions: [],
});

function overview(commands: readonly Command[], held: readonly string[]): Message {
  return {
    title: 'What you may run here',
    tone: 'neutral',
    parts: [
      ...groupTables(commands),
      ...(held.length === 0 ? [] : [{ kind: 'text' as const, text: `Now: ${held.join(' · ')}` }]),
      {
        kind: 'context',
        text: 'help VERB tells more of one, with examples · --dry-run with any of them does nothing and shows what it would do',
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
  examples: ['help', 'help restart', 'help incidents'],
  subjects: 'none',
  arguments: {
    verb: optionalWord('VERB|GROUP', 'the command you want to know more about, or a group: incidents, locks'),
  },
  answer: async (context, { verb }) => {
    const commands = mayRun(context);
    if (verb === undefined)
      return succeeded({ audience: 'asker', message: overview(commands, await heldLine(context)) });
    const command = commands.find((candidate) => candidate.name === verb.toLowerCase());
    const group = GROUPS.find(({ word }) => word === verb.toLowerCase());
    if (command === undefined && group !== undefined && membersOf(group, commands).length > 0)
      return succeeded({ audience: 'asker', message: groupHelp(group, commands) });
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
