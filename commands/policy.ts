import { z } from 'zod';
import type { Answer } from '../src/chat/chat.ts';
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
import { type Failed, failed, type Outcome, succeeded } from '../src/domain/outcome.ts';
import type { Person } from '../src/domain/person.ts';
import { explain, whatWouldHelp } from '../src/domain/policy-explain.ts';
import { subjectText } from '../src/domain/subject.ts';

/** A flag of this command, which people also type behind the line that is to be explained. */
interface OwnFlag {
  readonly name: string;
  /** What stands for its value in a usage line. */
  readonly placeholder: string;
  /** Its value where it stood before the line. */
  readonly before: string | undefined;
}

/** What is left of a line, and the value of the flag that was taken out of it. */
interface Taken {
  readonly tokens: readonly Token[];
  readonly value: string | undefined;
}

const twice = ({ name, placeholder }: OwnFlag): Failed =>
  failed('INPUT_INVALID_VALUE', `--${name} stands there twice`, `Write --${name} ${placeholder} once.`);

const isFlag = ({ text, quoted }: Token): boolean => !quoted && text.startsWith('--');

/** Takes `--name VALUE` or `--name=VALUE` out, wherever it stands. */
function takeFlag(tokens: readonly Token[], flag: OwnFlag): Outcome<Taken> {
  const written = `--${flag.name}`;
  const places = tokens.flatMap((token, index) =>
    isFlag(token) && (token.text === written || token.text.startsWith(`${written}=`)) ? [index] : [],
  );
  const [place] = places;
  if (place === undefined) return succeeded({ tokens, value: flag.before });
  if (places.length > 1 || flag.before !== undefined) return twice(flag);
  const inline = tokens[place]?.text !== written;
  const next = tokens[place + 1];
  const following = next === undefined || isFlag(next) ? undefined : next.text;
  const value = inline ? tokens[place]?.text.slice(written.length + 1) : following;
  if (value === undefined || value === '')
    return failed(
      'INPUT_INVALID_VALUE',
      `${written} wants a value: ${written} ${flag.placeholder}`,
      `Write: policy explain ${written} ${flag.placeholder} LINE.`,
    );
  return succeeded({
    tokens: tokens.filter((_, index) => index !== place && (inline || index !== place + 1)),
    value,
  });
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
  readonly tokens: readonly Token[];
  readonly read: ReadLine;
  readonly asker: Person;
  readonly at: number;
}

const textOf = (tokens: readonly Token[]): string =>
  tokens.map(({ text, quoted }) => (quoted ? `"${text}"` : text)).join(' ');

async function explained(context: Context, { tokens, read, asker, at }: Asked): Promise<Message> {
  const { configuration, channel, now } = context;
  const { policy, people, timezone, breakGlass } = configuration;
  const questions = await context.questions(caseOf(read, { person: asker, channel, at }));
  const touchesTargets = read.command.kind === 'change';
  return drawExplanation({
    line: textOf(tokens),
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

const AT = { name: 'at', placeholder: 'TIME' } as const;

/** A change has a time of its own, which stays in its line; what only looks has none. */
function hasOwnTime(context: Context, tokens: readonly Token[]): boolean {
  const named = context.commands.find(({ name }) => name === tokens[0]?.text.toLowerCase());
  if (named?.kind !== 'chosen') return named?.kind === 'change';
  const read = readTokens(tokens, context.commands, context);
  return read.kind !== 'succeeded' || read.value.command.kind === 'change';
}

const takeTime = (context: Context, tokens: readonly Token[], before: string | undefined): Outcome<Taken> =>
  hasOwnTime(context, tokens) ? succeeded({ tokens, value: before }) : takeFlag(tokens, { ...AT, before });

const momentOf = ({ configuration, now }: Context, time: string | undefined): Outcome<number> =>
  time === undefined ? succeeded(now()) : readMoment(time, configuration.timezone, now());

async function judged(
  context: Context,
  { time, ...asked }: Omit<Asked, 'at'> & { readonly time: string | undefined },
): Promise<Outcome<Answer>> {
  const { read } = asked;
  const seen = refuseUnseen(context, read);
  if (seen.kind !== 'succeeded') return seen;
  if (judgesItself(read.command)) return succeeded({ audience: 'asker', message: openToAll(read) });
  if (read.at !== undefined && time !== undefined) return twice({ ...AT, before: time });
  const at = momentOf(context, read.at ?? time);
  if (at.kind !== 'succeeded') return at;
  return succeeded({ audience: 'asker', message: await explained(context, { ...asked, at: at.value }) });
}

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
    const behind = takeFlag(typed, { name: 'as', placeholder: 'PERSON', before: as });
    if (behind.kind !== 'succeeded') return behind;
    const asker = personNamed(context, behind.value.value);
    if (asker.kind !== 'succeeded') return asker;
    const timed = takeTime(context, behind.value.tokens, at);
    if (timed.kind !== 'succeeded') return timed;
    const { tokens, value: time } = timed.value;
    const read = readTokens(tokens, context.commands, context);
    return read.kind === 'succeeded'
      ? judged(context, { tokens, read: read.value, asker: asker.value, time })
      : read;
  },
});
