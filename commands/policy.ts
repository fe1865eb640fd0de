import { z } from 'zod';
import { line, value, word } from '../src/dispatch/argument.ts';
import { type Context, defineRead, judgesItself } from '../src/dispatch/command.ts';
import { caseOf } from '../src/dispatch/dispatch.ts';
import { drawExplanation } from '../src/dispatch/explain-policy.ts';
import { type ReadLine, readTokens } from '../src/dispatch/read-line.ts';
import type { Token } from '../src/dispatch/tokenize.ts';
import { budgetFor, budgetStanding } from '../src/domain/budget.ts';
import { componentKey } from '../src/domain/fleet.ts';
import { isPersons, lockText, standsInTheWay } from '../src/domain/lock.ts';
import type { Message } from '../src/domain/message.ts';
import { readMoment, showMoment } from '../src/domain/moment.ts';
import { didYouMean } from '../src/domain/nearest.ts';
import { failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import type { Person } from '../src/domain/person.ts';
import { explain, whatWouldHelp } from '../src/domain/policy-explain.ts';
import { subjectText } from '../src/domain/subject.ts';

/** What only this command reads of a line that somebody typed behind it. */
interface Taken {
  readonly tokens: readonly Token[];
  readonly value: string | undefined;
}

/** Takes `--name VALUE` or `--name=VALUE` out, wherever it stands. */
function takeFlag(tokens: readonly Token[], name: string): Taken {
  const place = tokens.findIndex(
    ({ text, quoted }) => !quoted && (text === `--${name}` || text.startsWith(`--${name}=`)),
  );
  const flag = tokens[place]?.text;
  if (flag === undefined) return { tokens, value: undefined };
  const inline = flag.includes('=');
  return {
    tokens: tokens.filter((_, index) => index !== place && (inline || index !== place + 1)),
    value: inline ? flag.slice(flag.indexOf('=') + 1) : tokens[place + 1]?.text,
  };
}

function personNamed({ configuration, person }: Context, name: string | undefined): Outcome<Person> {
  if (name === undefined) return succeeded(person);
  const { people } = configuration;
  const found = people.find(
    (each) => each.key === name.toLowerCase() || each.name.toLowerCase() === name.toLowerCase(),
  );
  if (found !== undefined) return succeeded(found);
  const keys = people.map(({ key }) => key);
  return failed(
    'INPUT_INVALID_VALUE',
    `there is nobody "${name}".${didYouMean(name, keys)}`,
    `Name one of ${keys.join(', ')}.`,
  );
}

/** What somebody may not look at is not explained to them either. */
function refuseUnseen({ may }: Context, { subjects }: ReadLine): Outcome<void> {
  const hidden = subjects.find(
    ({ service }) =>
      !may({ name: 'policy', risk: 'read' }, { service: service.name, environment: service.environment }),
  );
  return hidden === undefined
    ? succeeded(undefined)
    : failed('DENIED_POLICY', `you may not see ${subjectText(hidden)}`, 'Type help to see what you may run.');
}

async function locksInTheWay(context: Context, read: ReadLine, asker: Person): Promise<readonly string[]> {
  if (read.command.kind !== 'change') return [];
  const { configuration, journal, now } = context;
  const keys = read.subjects.flatMap(({ components }) => components.map(({ ref }) => componentKey(ref)));
  const inTheWay = (await journal.locks.all()).filter(
    (lock) => keys.includes(lock.key) && standsInTheWay(lock, asker.key, now()),
  );
  const { timezone } = configuration;
  return inTheWay.map((lock) => {
    const free = isPersons(lock) ? ` (unlock ${lock.key})` : '';
    return `${lock.key} is ${lockText(lock, { timezone, now: now() })}${free}`;
  });
}

/** Budgets of the components that are used up, in words. */
async function budgetsInTheWay(context: Context, read: ReadLine): Promise<readonly string[]> {
  if (read.command.kind !== 'change') return [];
  const { configuration, journal, now } = context;
  const verb = read.command.name;
  const words: string[] = [];
  for (const { ref } of read.subjects.flatMap(({ components }) => components)) {
    const rule = budgetFor(configuration.budget ?? [], verb, ref);
    if (rule === undefined) continue;
    const component = componentKey(ref);
    const standing = budgetStanding(rule, await journal.changes.tries({ verb, component }), now());
    if (standing.kind !== 'exhausted') continue;
    const again =
      standing.recoversAt === undefined
        ? 'once the try under way has ended'
        : `from ${showMoment(standing.recoversAt, configuration.timezone, now())}`;
    words.push(
      `the budget of ${verb} on ${component} is used up (${standing.tries.length} tries); one more ${again}`,
    );
  }
  return words;
}

interface Asked {
  readonly line: string;
  readonly read: ReadLine;
  readonly asker: Person;
  readonly at: number;
}

async function explained(context: Context, { line: text, read, asker, at }: Asked): Promise<Message> {
  const { configuration, channel, now } = context;
  const { policy, people, timezone, breakGlass } = configuration;
  const questions = await context.questions(caseOf(read, { person: asker, channel, at }));
  const touchesTargets = read.command.kind === 'change';
  return drawExplanation({
    line: text,
    explained: explain(policy, questions),
    milder: whatWouldHelp(policy, questions),
    asker,
    people,
    timezone,
    now: now(),
    touchesTargets,
    hasReason: read.reason !== undefined,
    inTheWay: [...(await locksInTheWay(context, read, asker)), ...(await budgetsInTheWay(context, read))],
    breakGlass: touchesTargets ? breakGlass : undefined,
  });
}

const openToAll = (read: ReadLine): Message => ({
  title: `Policy: ${read.command.name}`,
  tone: 'good',
  state: 'allowed',
  parts: [
    {
      kind: 'text',
      text: `Policy is not asked about ${read.command.name}: everybody known may type it, and it looks itself at who may.`,
    },
  ],
  actions: [],
});

/** Tells how the policy sees a line, without doing it: which rule decides, why not others, what would help. */
export const policy = defineRead({
  name: 'policy',
  summary: 'which rule of the policy decides on a line, and what would change the answer',
  examples: [
    'policy explain restart karmabot/app@production',
    'policy explain --as ben restart karmabot/app',
  ],
  subjects: 'none',
  arguments: {
    explain: word('explain', 'the word explain'),
    line: line('LINE', 'the line to be explained, with its own flags'),
    as: value('PERSON', 'as if this person typed it', z.string().min(1)),
    at: value('TIME', 'as if it were this time', z.string().min(1)),
  },
  answer: async (context, { explain: what, line: typed, as, at }) => {
    if (what !== 'explain')
      return failed('INPUT_INVALID_VALUE', `there is no policy "${what}"`, 'Type policy explain LINE.');
    const behind = takeFlag(typed, 'as');
    const asker = personNamed(context, as ?? behind.value);
    if (asker.kind !== 'succeeded') return asker;
    // A change has a time of its own; what only looks has none.
    const named = context.commands.find(({ name }) => name === behind.tokens[0]?.text.toLowerCase());
    const timed =
      named?.kind === 'change' ? { tokens: behind.tokens, value: undefined } : takeFlag(behind.tokens, 'at');
    const read = readTokens(timed.tokens, context.commands, context);
    if (read.kind !== 'succeeded') return read;
    const seen = refuseUnseen(context, read.value);
    if (seen.kind !== 'succeeded') return seen;
    if (judgesItself(read.value.command))
      return succeeded({ audience: 'asker', message: openToAll(read.value) });
    const time = read.value.at ?? at ?? timed.value;
    const moment =
      time === undefined
        ? succeeded(context.now())
        : readMoment(time, context.configuration.timezone, context.now());
    if (moment.kind !== 'succeeded') return moment;
    const text = timed.tokens.map((token) => (token.quoted ? `"${token.text}"` : token.text)).join(' ');
    const message = await explained(context, {
      line: text,
      read: read.value,
      asker: asker.value,
      at: moment.value,
    });
    return succeeded({ audience: 'asker', message });
  },
});
