import { z } from 'zod';
import type { Configuration } from '../domain/configuration.ts';
import { corrections, didYouMean } from '../domain/nearest.ts';
import { failed, type Outcome, succeeded } from '../domain/outcome.ts';
import { findSubjects, type Subject } from '../domain/subject.ts';
import { type ArgumentSpec, optionalWord, toggle, value, word, words } from './argument.ts';
import type { Chosen, Command } from './command.ts';
import { parseArguments } from './parse-arguments.ts';
import { type Token, tokenize } from './tokenize.ts';

/** A line that was understood. */
export interface ReadLine {
  readonly command: Chosen;
  readonly args: Readonly<Record<string, unknown>>;
  readonly subjects: readonly Subject[];
  readonly dryRun: boolean;
  readonly reason: string | undefined;
  /** Whether it is to go ahead without approval, because it cannot wait. */
  readonly breakGlass: boolean;
  /** `--at` as typed; read against the clock by whoever requests the change. */
  readonly at: string | undefined;
}

/** Flags that dispatch itself reads, by kind of command. */
export function commonFlags(command: Command): ArgumentSpec {
  const dryRun = toggle('show what it would do, and do nothing');
  if (command.kind === 'read' || command.kind === 'record') return { 'dry-run': dryRun };
  return {
    'dry-run': dryRun,
    reason: value('"WHY"', 'a reason that is shown and recorded', z.string().min(3).max(300)),
    'break-glass': toggle('go ahead without approval: everybody is told, and somebody else reviews it'),
    at: value('TIME', 'do it once at this time: 03:00, "in 20m", "2026-11-21 03:00"', z.string().min(1)),
  };
}

const NAMES_IT = 'what it is about: service, service/component or service@environment';

const oneSubject = (argument: ArgumentSpec[string]): ArgumentSpec[string] => ({
  ...argument,
  schema: argument.schema.transform((text) => (text === undefined ? [] : [text])),
});

const SUBJECT_WORDS: Readonly<Record<Exclude<Command['subjects'], 'none'>, ArgumentSpec[string]>> = {
  several: words('SUBJECT', NAMES_IT),
  one: oneSubject(word('SUBJECT', NAMES_IT)),
  optional: oneSubject(optionalWord('SUBJECT', NAMES_IT)),
};

/** Everything a command can be given, its common flags included, in the order of its usage. */
export function fullSpec(command: Command): ArgumentSpec {
  const subjects = command.subjects === 'none' ? {} : { subjects: SUBJECT_WORDS[command.subjects] };
  return { ...subjects, ...command.arguments, ...commonFlags(command) };
}

const EVERY_LINE = z.object({
  'dry-run': z.boolean().default(false),
  subjects: z.array(z.string()).default([]),
});

const CHANGE_LINE = z.object({
  reason: z.string().optional(),
  at: z.string().optional(),
  'break-glass': z.boolean().default(false),
});

const isOneOf = (ids: readonly string[], text = ''): boolean =>
  ids.includes(/^([a-z]+)-\d+$/i.exec(text)?.[1]?.toUpperCase() ?? '');

/** In the thread of a change or an incident nobody types its id; a verb takes only what it is about. */
function withImpliedId(words: readonly Token[], command: Command, id: string | undefined): readonly Token[] {
  const wanted = Object.values(command.arguments).flatMap(({ ids }) => (ids === undefined ? [] : [ids]));
  const [first] = wanted;
  if (id === undefined || first === undefined || !isOneOf(first, id)) return words;
  const areTyped = wanted.every((ids, index) => isOneOf(ids, words[index]?.text));
  return areTyped ? words : [{ text: id, quoted: false }, ...words];
}

/** Reads a line into a command, its arguments and what they name; touches nothing. */
export function readLine(
  text: string,
  commands: readonly Command[],
  place: { readonly configuration: Configuration; readonly impliedId?: string | undefined },
): Outcome<ReadLine> {
  const tokens = tokenize(text);
  return tokens.kind === 'succeeded' ? readTokens(tokens.value, commands, place) : tokens;
}

/** {@link readLine} for a line that is in words already. */
export function readTokens(
  tokens: readonly Token[],
  commands: readonly Command[],
  place: { readonly configuration: Configuration; readonly impliedId?: string | undefined },
): Outcome<ReadLine> {
  const [verb, ...rest] = tokens;
  const name = (verb?.text ?? 'help').toLowerCase();
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    const known = commands.map((candidate) => candidate.name);
    const message = `there is no "${name}".${didYouMean(name, known)}`;
    const refusal = failed('INPUT_UNKNOWN_VERB', message, 'Type help to see what you may run.');
    return { ...refusal, ...corrections(name, known) };
  }
  const args = parseArguments(withImpliedId(rest, command, place.impliedId), fullSpec(command));
  if (args.kind !== 'succeeded') return args;
  const flags = EVERY_LINE.parse(args.value);
  // A lock, too, must not fall on an environment that nobody meant.
  const subjects = findSubjects(place.configuration, flags.subjects, command.kind !== 'read');
  if (subjects.kind !== 'succeeded') return subjects;
  const chosen = command.kind === 'chosen' ? command.choose(args.value, subjects.value) : succeeded(command);
  if (chosen.kind !== 'succeeded') return chosen;
  // Other commands may have a `reason` of their own, in another shape.
  const change = chosen.value.kind === 'change' ? CHANGE_LINE.parse(args.value) : undefined;
  return succeeded({
    command: chosen.value,
    args: args.value,
    subjects: subjects.value,
    dryRun: flags['dry-run'],
    reason: change?.reason,
    at: change?.at,
    breakGlass: change?.['break-glass'] ?? false,
  });
}
