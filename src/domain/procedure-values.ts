import { RE2JS } from 're2js';
import { formatDuration, parseSpokenDuration, writeDuration } from './duration.ts';
import { didYouMean } from './nearest.ts';
import { failed, type Outcome, succeeded } from './outcome.ts';
import type { Parameter, ParameterType } from './procedure.ts';

/** What stands for each parameter in a word, by its name. */
export type Values = Readonly<Record<string, string>>;

/** Characters a value may have at most. */
const LONGEST_VALUE = 200;

type TypeOf<Kind extends ParameterType['kind']> = Extract<ParameterType, { readonly kind: Kind }>;

const refused = (parameter: Parameter, what: string): Outcome<never> =>
  failed('INPUT_INVALID_VALUE', `the value of ${parameter.name} ${what}`, `It is ${wantedText(parameter)}.`);

/** What a parameter takes, for people: `a whole number from 1 to 10`. */
export function wantedText({ type }: Parameter): string {
  switch (type.kind) {
    case 'integer':
      return `a whole number from ${type.min} to ${type.max}`;
    case 'text':
      return `a text like ${type.pattern}`;
    case 'choice':
      return `one of ${type.of.join(', ')}`;
    case 'duration':
      return `a duration from ${formatDuration(type.min)} to ${formatDuration(type.max)}`;
    default:
      return 'yes or no';
  }
}

/** A value that fits, for a line that people can copy; a text's is told by its pattern. */
export function exampleValue({ name, type, preset }: Parameter): string {
  if (preset !== undefined) return preset;
  switch (type.kind) {
    case 'integer':
      return String(type.min);
    case 'choice':
      return type.of[0] ?? '';
    case 'duration':
      return writeDuration(Math.min(type.max, Math.max(type.min, 3_600_000)));
    case 'flag':
      return 'yes';
    default:
      return name.toUpperCase();
  }
}

function readInteger(parameter: Parameter, type: TypeOf<'integer'>, text: string): Outcome<string> {
  if (!/^-?\d{1,15}$/.test(text)) return refused(parameter, 'is not a whole number');
  const number = Number(text);
  if (number < type.min || number > type.max) return refused(parameter, `is out of its bounds: ${number}`);
  return succeeded(String(number));
}

function readText(parameter: Parameter, type: TypeOf<'text'>, text: string): Outcome<string> {
  // What begins with a dash would be an option of the program.
  if (text.startsWith('-')) return refused(parameter, 'may not begin with "-"');
  return RE2JS.compile(type.pattern).matches(text)
    ? succeeded(text)
    : refused(parameter, 'does not fit its pattern');
}

function readDuration(parameter: Parameter, type: TypeOf<'duration'>, text: string): Outcome<string> {
  const ms = parseSpokenDuration(text);
  if (ms === undefined) return refused(parameter, 'is not a duration such as 30s, 15m or 1h30m');
  if (ms < type.min || ms > type.max) return refused(parameter, 'is out of its bounds');
  return succeeded(String(Math.ceil(ms / 1000)));
}

const YES = ['yes', 'true', 'on'];
const NO = ['no', 'false', 'off'];

function readFlag(parameter: Parameter, type: TypeOf<'flag'>, text: string): Outcome<string> {
  if (YES.includes(text)) return succeeded(type.on);
  return NO.includes(text) ? succeeded(type.off) : refused(parameter, 'is neither yes nor no');
}

/** Line ends, and whatever else is no printed character. */
const UNPRINTED = /\p{C}|\p{Zl}|\p{Zp}/u;

/** What people typed, as it is put into words; refused with `INPUT_INVALID_VALUE`. */
export function readParameter(parameter: Parameter, text: string): Outcome<string> {
  const { type } = parameter;
  if (text.length > LONGEST_VALUE) return refused(parameter, `is longer than ${LONGEST_VALUE} characters`);
  if (UNPRINTED.test(text)) return refused(parameter, 'holds a character that is not printed');
  switch (type.kind) {
    case 'integer':
      return readInteger(parameter, type, text);
    case 'text':
      return text === '' ? refused(parameter, 'is empty') : readText(parameter, type, text);
    case 'choice':
      return type.of.includes(text)
        ? succeeded(text)
        : refused(parameter, `cannot be "${text}".${didYouMean(text, type.of)}`);
    case 'duration':
      return readDuration(parameter, type, text);
    default:
      return readFlag(parameter, type, text.toLowerCase());
  }
}
