import { corrections, didYouMean } from './nearest.ts';
import { type Failed, failed, type Outcome, succeeded } from './outcome.ts';
import type { Parameter, PlacedProcedure } from './procedure.ts';
import { exampleValue, readParameter, type Values, wantedText } from './procedure-values.ts';

/** What was typed for a procedure. */
export interface Given {
  /** What stands for each parameter in a word. */
  readonly values: Values;
  /** The words as they must be typed to mean the same again: `pid=4711`. */
  readonly words: readonly string[];
}

/** `pid=4711 table=users`: what a line needs at least. */
export const exampleWords = ({ parameters }: PlacedProcedure): string =>
  parameters
    .filter(({ preset, optional, type }) => preset === undefined && !optional && type.kind !== 'flag')
    .map((parameter) => `${parameter.name}=${exampleValue(parameter)}`)
    .join(' ');

const about = (procedure: PlacedProcedure): string => {
  const names = procedure.parameters.map(({ name }) => name);
  return names.length === 0
    ? `${procedure.name} takes none.`
    : `${procedure.name} takes ${names.map((name) => `${name}=…`).join(', ')}.`;
};

function unknownParameter(procedure: PlacedProcedure, name: string): Failed {
  const known = procedure.parameters.map((parameter) => parameter.name);
  return {
    ...failed(
      'INPUT_INVALID_VALUE',
      `${procedure.name} has no parameter "${name}".${didYouMean(name, known)}`,
      about(procedure),
    ),
    ...corrections(name, known),
  };
}

function missing(procedure: PlacedProcedure, parameter: Parameter): Failed {
  return failed(
    'INPUT_INVALID_VALUE',
    `${procedure.name} needs ${parameter.name}: ${parameter.summary}, ${wantedText(parameter)}`,
    `Add it: ${parameter.name}=${exampleValue(parameter)}`,
  );
}

function pairsIn(procedure: PlacedProcedure, words: readonly string[]): Outcome<ReadonlyMap<string, string>> {
  const pairs = new Map<string, string>();
  for (const word of words) {
    const at = word.indexOf('=');
    const name = at < 0 ? word : word.slice(0, at);
    if (at < 0)
      return failed(
        'INPUT_INVALID_VALUE',
        `"${word}" is not a parameter`,
        `Write NAME=VALUE. ${about(procedure)}`,
      );
    if (!procedure.parameters.some((parameter) => parameter.name === name))
      return unknownParameter(procedure, name);
    if (pairs.has(name)) return failed('INPUT_INVALID_VALUE', `${name} was said twice`, 'Say it once.');
    pairs.set(name, word.slice(at + 1));
  }
  return succeeded(pairs);
}

/** What stands for a parameter that was not said; undefined where it must be. */
function absent({ type, preset, optional, ...rest }: Parameter): Outcome<string> | undefined {
  if (preset !== undefined) return readParameter({ type, optional, ...rest }, preset);
  if (type.kind === 'flag') return succeeded(type.off);
  return optional ? succeeded('') : undefined;
}

/** Reads `pid=4711 …`: each by its type, all that are needed; refused with `INPUT_INVALID_VALUE`. */
export function readGiven(procedure: PlacedProcedure, words: readonly string[]): Outcome<Given> {
  const pairs = pairsIn(procedure, words);
  if (pairs.kind !== 'succeeded') return pairs;
  const values: Record<string, string> = {};
  for (const parameter of procedure.parameters) {
    const text = pairs.value.get(parameter.name);
    const read = text === undefined ? absent(parameter) : readParameter(parameter, text);
    if (read === undefined) return missing(procedure, parameter);
    if (read.kind !== 'succeeded') return read;
    values[parameter.name] = read.value;
  }
  return succeeded({ values, words: [...pairs.value].map(([name, value]) => `${name}=${value}`) });
}
