import { RE2JS } from 're2js';
import { failed, type Outcome, succeeded } from './outcome.ts';
import type { Matcher } from './silence.ts';

/** What matchers look at: labels, and what Botswain knows beside them, by name; what is absent is empty. */
export type Facts = Readonly<Record<string, string>>;

/** What a fact says; empty where there is none, whatever its name. */
export const factOf = (facts: Facts, name: string): string =>
  Object.hasOwn(facts, name) ? (facts[name] ?? '') : '';

/** Matchers that one list may have, and characters of a value. */
const MOST_MATCHERS = 20;
const LONGEST_VALUE = 500;

const NAME = /[\p{L}_][\p{L}\p{N}_.:/-]*/uy;
const OPERATOR = /\s*(=~|!~|!=|=)\s*/uy;
/** Chat programs make typographic quotes of plain ones; any double one ends any double one. */
const DOUBLE = '"“”„«»';
const SINGLE = "'‘’‚";
const QUOTED = new RegExp(
  `[${DOUBLE}]((?:\\\\.|[^\\\\${DOUBLE}])*)[${DOUBLE}]|[${SINGLE}]((?:\\\\.|[^\\\\${SINGLE}])*)[${SINGLE}]`,
  'suy',
);
const BARE = new RegExp(`[^\\s,${DOUBLE}]+`, 'uy');
const GAP = /[\s,]*/uy;

const HOW = 'Write service="karmabot", or alertname!=X severity=~"crit.*".';

/** Expressions read lately; the same few are asked for with every alert. */
const compiled = new Map<string, RE2JS>();
const MOST_COMPILED = 1_000;

/** Reads an expression that has to match a whole text; throws where it is none. */
export function wholeExpression(text: string): RE2JS {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const made = RE2JS.compile(text, RE2JS.DOTALL);
  if (compiled.size >= MOST_COMPILED) compiled.clear();
  compiled.set(text, made);
  return made;
}

function complaintAbout({ operator, value }: Matcher): string | undefined {
  if (value.length > LONGEST_VALUE) return `is longer than ${LONGEST_VALUE} characters`;
  if (operator === '=' || operator === '!=') return undefined;
  try {
    wholeExpression(value);
    return undefined;
  } catch (error) {
    return `is no regular expression: ${error instanceof Error ? error.message : 'it cannot be read'}`;
  }
}

/** A matcher whose parts are known already, checked; the value as it is to match, without quotes. */
export function checkMatcher(matcher: Matcher): Outcome<Matcher> {
  const complaint = complaintAbout(matcher);
  if (complaint === undefined) return succeeded(matcher);
  return failed(
    'INPUT_INVALID_VALUE',
    `what ${matcher.name} is compared with ${complaint}`,
    'Regular expressions are RE2, and have to match the whole value: https://github.com/google/re2/wiki/Syntax',
  );
}

/** The text that a pattern finds exactly here, with its groups. */
function at(pattern: RegExp, text: string, from: number): RegExpExecArray | undefined {
  pattern.lastIndex = from;
  return pattern.exec(text) ?? undefined;
}

/** As Alertmanager reads them: `\"`, `\\` and `\n`; before anything else a backslash stays, for the expression. */
const unescaped = (text: string): string =>
  text.replaceAll(/\\(["'\\n])/g, (_, escaped: string) => (escaped === 'n' ? '\n' : escaped));

interface Piece<T> {
  readonly value: T;
  readonly end: number;
}

const refused = (what: string): Outcome<never> => failed('INPUT_INVALID_VALUE', what, HOW);

function readQuoted(text: string, from: number): Piece<string> | undefined {
  const quoted = at(QUOTED, text, from);
  if (quoted === undefined) return undefined;
  return { value: unescaped(quoted[1] ?? quoted[2] ?? ''), end: from + quoted[0].length };
}

function readBare(text: string, from: number, name: string): Outcome<Piece<string>> {
  const bare = at(BARE, text, from)?.[0] ?? '';
  if (bare === '')
    return refused(`${name} is compared with nothing; ${name}="" is what matches alerts without it`);
  if (bare.startsWith('=')) return refused(`${name} has one "=" too many`);
  return succeeded({ value: bare, end: from + bare.length });
}

function readValue(text: string, from: number, name: string): Outcome<Piece<string>> {
  const quoted = readQuoted(text, from);
  if (quoted === undefined)
    return DOUBLE.includes(text.charAt(from) || ' ')
      ? refused(`the quotes around the value of ${name} do not end`)
      : readBare(text, from, name);
  const next = text.slice(quoted.end, quoted.end + 20);
  return next === '' || /^[\s,]/u.test(next)
    ? succeeded(quoted)
    : refused(`after the value of ${name} comes "${next}"; put a comma between`);
}

const isOperator = (text: string | undefined): text is Matcher['operator'] =>
  text === '=' || text === '!=' || text === '=~' || text === '!~';

function readOne(text: string, from: number): Outcome<Piece<Matcher>> {
  const [name] = at(NAME, text, from) ?? [];
  if (name === undefined)
    return refused(`"${text.slice(from, from + 30)}" does not begin with a label's name`);
  const found = at(OPERATOR, text, from + name.length);
  const operator = found?.[1];
  if (found === undefined || !isOperator(operator))
    return refused(`"${name}" is compared with nothing: =, !=, =~ or !~ has to follow`);
  const value = readValue(text, from + name.length + found[0].length, name);
  if (value.kind !== 'succeeded') return value;
  const checked = checkMatcher({ name, operator, value: value.value.value });
  return checked.kind === 'succeeded' ? succeeded({ value: checked.value, end: value.value.end }) : checked;
}

const afterGap = (text: string, from: number): number => from + (at(GAP, text, from)?.[0].length ?? 0);

/** Braces around the whole list, as Alertmanager shows it, say nothing. */
const withoutBraces = (text: string): string => /^\s*\{(.*)\}\s*$/su.exec(text)?.[1] ?? text;

/**
 * Reads matchers as Alertmanager has them: `service="karmabot"`, `severity=~"crit.*"`, `alertname!=X`; several stand behind
 * commas or spaces, quotes may be left out where the value has no space and no comma. At least one.
 */
export function parseMatchers(written: string): Outcome<readonly Matcher[]> {
  const text = withoutBraces(written);
  const matchers: Matcher[] = [];
  let from = afterGap(text, 0);
  while (from < text.length) {
    const one = readOne(text, from);
    if (one.kind !== 'succeeded') return one;
    matchers.push(one.value.value);
    from = afterGap(text, one.value.end);
  }
  if (matchers.length === 0) return refused('there is nothing to compare');
  if (matchers.length > MOST_MATCHERS)
    return refused(`${matchers.length} comparisons are more than ${MOST_MATCHERS}`);
  return succeeded(matchers);
}

const isWhole = (expression: string, text: string): boolean =>
  wholeExpression(expression).matcher(text).matches();

function matches({ name, operator, value }: Matcher, facts: Facts): boolean {
  const said = factOf(facts, name);
  switch (operator) {
    case '=':
      return said === value;
    case '!=':
      return said !== value;
    case '=~':
      return isWhole(value, said);
    case '!~':
      return !isWhole(value, said);
  }
}

/** Whether all of them match; none at all match everything. */
export const matchesAll = (matchers: readonly Matcher[], facts: Facts): boolean =>
  matchers.every((matcher) => matches(matcher, facts));

/** Whether they would match an alert that says nothing at all, and so nearly every one: too much for a silence. */
export const matchesNothingSaid = (matchers: readonly Matcher[]): boolean => matchesAll(matchers, {});

/** `service="karmabot"`, which {@link parseMatchers} reads again. */
export const matcherText = ({ name, operator, value }: Matcher): string =>
  `${name}${operator}"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;

/** Several as one text: `service="karmabot", severity=~"crit.*"`. */
export const matchersText = (matchers: readonly Matcher[]): string => matchers.map(matcherText).join(', ');
