import type { z } from 'zod';
import { didYouMean } from '../domain/nearest.ts';
import { type Failed, failed, type Outcome, succeeded } from '../domain/outcome.ts';
import type { Argument, ArgumentSpec } from './argument.ts';
import type { Token } from './tokenize.ts';

/** Raw texts by argument name, before their schemas read them. */
export type RawArguments = Readonly<
  Record<string, string | boolean | readonly string[] | readonly Token[] | undefined>
>;

interface Reading {
  readonly spec: ArgumentSpec;
  readonly named: Map<string, string | boolean>;
  readonly positional: string[];
  readonly line: Token[];
}

const isFlag = (argument: Argument<unknown> | undefined): boolean =>
  argument?.takes === 'value' || argument?.takes === 'switch';

function unknownFlag(name: string, spec: ArgumentSpec): Failed {
  const flags = Object.keys(spec).filter((key) => isFlag(spec[key]));
  return failed(
    'INPUT_UNKNOWN_FLAG',
    `there is no --${name} here.${didYouMean(name, flags)}`,
    flags.length === 0 ? 'It takes no flags.' : `It takes ${flags.map((flag) => `--${flag}`).join(', ')}.`,
  );
}

function readSwitch(reading: Reading, name: string, inline: string | undefined): Outcome<boolean> {
  if (inline !== undefined && inline !== 'true' && inline !== 'false')
    return failed('INPUT_INVALID_VALUE', `--${name} is a switch and takes no value`);
  reading.named.set(name, inline !== 'false');
  return succeeded(false);
}

/** Reads `--key`, `--key=value` or `key=value`; returns whether the next token was used as its value. */
function readFlag(reading: Reading, text: string, next: Token | undefined): Outcome<boolean> {
  const [, name = '', inline] = /^-{0,2}([^=]+)(?:=([\s\S]*))?$/.exec(text) ?? [];
  const argument = reading.spec[name];
  if (argument === undefined || !isFlag(argument)) return unknownFlag(name, reading.spec);
  if (reading.named.has(name)) return failed('INPUT_INVALID_VALUE', `--${name} stands there twice`);
  if (argument.takes === 'switch') return readSwitch(reading, name, inline);
  const following = next?.quoted === false && next.text.startsWith('--') ? undefined : next?.text;
  const text2 = inline ?? following;
  if (text2 === undefined)
    return failed('INPUT_INVALID_VALUE', `--${name} wants a value: --${name} ${argument.placeholder}`);
  reading.named.set(name, text2);
  return succeeded(inline === undefined);
}

const looksLikeFlag = (token: Token, spec: ArgumentSpec): boolean => {
  if (token.quoted) return false;
  if (/^--./.test(token.text)) return true;
  const [, key = ''] = /^([a-z][a-z-]*)=/.exec(token.text) ?? [];
  return isFlag(spec[key]);
};

/** Behind its words and flags a command that takes a line leaves all of the rest to that line. */
function beginsLine(token: Token, { spec, positional }: Reading): boolean {
  const takes = Object.values(spec).map((argument) => argument.takes);
  if (!takes.includes('line') || positional.length < takes.filter((each) => each === 'word').length)
    return false;
  const [, name = ''] = /^--([^=]+)/.exec(token.text) ?? [];
  return token.quoted || !isFlag(spec[name]);
}

/** Takes the token at a place, with the one behind it where it is its value; returns how many were taken. */
function takeToken(tokens: readonly Token[], index: number, reading: Reading): Outcome<number> {
  const token = tokens[index];
  if (token === undefined) return succeeded(1);
  if (beginsLine(token, reading)) {
    reading.line.push(...tokens.slice(index));
    return succeeded(tokens.length);
  }
  if (looksLikeFlag(token, reading.spec)) {
    const read = readFlag(reading, token.text, tokens[index + 1]);
    return read.kind === 'succeeded' ? succeeded(read.value ? 2 : 1) : read;
  }
  reading.positional.push(token.text);
  return succeeded(1);
}

function sortTokens(tokens: readonly Token[], reading: Reading): Outcome<void> {
  for (let index = 0; index < tokens.length; ) {
    const taken = takeToken(tokens, index, reading);
    if (taken.kind !== 'succeeded') return taken;
    index += taken.value;
  }
  return succeeded(undefined);
}

function place(reading: Reading): Outcome<RawArguments> {
  const raw: Record<string, RawArguments[string]> = {};
  const rest = [...reading.positional];
  for (const [name, argument] of Object.entries(reading.spec)) {
    raw[name] = takeFor(name, argument);
  }
  const [extra] = rest;
  if (extra !== undefined) return failed('INPUT_INVALID_VALUE', `"${extra}" is one word too many`);
  return succeeded(raw);

  function takeFor(name: string, argument: Argument<unknown>): RawArguments[string] {
    if (argument.takes === 'word') return rest.shift();
    if (argument.takes === 'words') return rest.splice(0);
    if (argument.takes === 'line') return reading.line;
    return reading.named.get(name) ?? (argument.takes === 'switch' ? false : undefined);
  }
}

/** A placeholder that lists what may be typed would say it twice. */
const named = (label: string): string => (label.includes('|') ? '' : `${label} `);

/** What is wrong, for people; undefined where the schema says it in words of its own. */
function wordsOf(issue: z.core.$ZodIssue | undefined): string | undefined {
  if (issue === undefined || !/^(?:Too (?:small|big)|Invalid option)/.test(issue.message)) return undefined;
  if (issue.code === 'invalid_value') return `it is none of ${issue.values.map(String).join(', ')}`;
  const unit = 'origin' in issue && issue.origin === 'string' ? ' characters' : '';
  if (issue.code === 'too_small') return `too little, at least ${issue.minimum}${unit}`;
  return issue.code === 'too_big' ? `too much, at most ${issue.maximum}${unit}` : undefined;
}

/** Puts words and flags into their places; values are read by each argument's schema. */
export function parseArguments(
  tokens: readonly Token[],
  spec: ArgumentSpec,
): Outcome<Readonly<Record<string, unknown>>> {
  const reading: Reading = { spec, named: new Map(), positional: [], line: [] };
  const sorted = sortTokens(tokens, reading);
  if (sorted.kind !== 'succeeded') return sorted;
  const placed = place(reading);
  if (placed.kind !== 'succeeded') return placed;
  const values: Record<string, unknown> = {};
  for (const [name, argument] of Object.entries(spec)) {
    const given = placed.value[name];
    const parsed = argument.schema.safeParse(given);
    if (!parsed.success) return wrongValue(name, argument, given);
    values[name] = parsed.data;
  }
  return succeeded(values);

  function wrongValue(name: string, argument: Argument<unknown>, given: unknown): Failed {
    const positional = !isFlag(argument);
    const label = positional ? argument.placeholder : `--${name}`;
    if (given === undefined || (Array.isArray(given) && given.length === 0))
      return failed('INPUT_INVALID_VALUE', `${label} is missing: ${argument.summary}`);
    const issue = argument.schema.safeParse(given).error?.issues[0];
    const why = wordsOf(issue);
    const what =
      why === undefined
        ? `${label} ${JSON.stringify(given)}: ${issue?.message ?? 'is not right'}`
        : `${named(label)}${JSON.stringify(given)}: ${why}`;
    return failed('INPUT_INVALID_VALUE', what, `It wants ${argument.summary}.`);
  }
}
