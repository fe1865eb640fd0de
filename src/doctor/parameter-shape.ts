import type { Parameter } from '../domain/procedure.ts';
import { oneOf, orNothing, type Shape } from './call-words.ts';
import { patternShape } from './pattern.ts';

const DIGITS = new Set('0123456789');

const digit = (from: number, to: number): readonly string[] =>
  from > to ? [] : [from === to ? String(from) : `[${from}-${to}]`];

const rest = (count: number): string => (count === 0 ? '' : count === 1 ? '[0-9]' : `[0-9]{${count}}`);

/** Numbers of as many digits as the bound, from it up or down to it. */
function beside(bound: string, way: 'up' | 'down'): readonly string[] {
  if (bound === '') return [''];
  if (way === 'up' ? /^0+$/.test(bound) : /^9+$/.test(bound)) return [rest(bound.length)];
  const first = Number(bound[0]);
  const [low, high] = way === 'up' ? [first + 1, 9] : [0, first - 1];
  return [
    ...beside(bound.slice(1), way).map((end) => `${first}${end}`),
    ...digit(low, high).map((one) => `${one}${rest(bound.length - 1)}`),
  ];
}

/** Numbers between two of as many digits. */
function between(low: string, high: string): readonly string[] {
  if (low === '') return [''];
  const [from, to] = [Number(low[0]), Number(high[0])];
  if (/^0*$/.test(low.slice(1)) && /^9*$/.test(high.slice(1)))
    return digit(from, to).map((one) => `${one}${rest(low.length - 1)}`);
  if (from === to) return between(low.slice(1), high.slice(1)).map((end) => `${from}${end}`);
  return [
    ...beside(low.slice(1), 'up').map((end) => `${from}${end}`),
    ...digit(from + 1, to - 1).map((one) => `${one}${rest(low.length - 1)}`),
    ...beside(high.slice(1), 'down').map((end) => `${to}${end}`),
  ];
}

/** Whole numbers from 0 on, as they are written: without zeros before them. */
function numbers(min: number, max: number): readonly string[] {
  const found: string[] = [];
  for (let length = String(min).length; length <= String(max).length; length += 1) {
    const low = Math.max(min, length === 1 ? 0 : 10 ** (length - 1));
    found.push(...between(String(low), String(Math.min(max, 10 ** length - 1))));
  }
  return found;
}

/** Numbers of so many digits: their bounds cannot be said here. */
const digitGlobs = (least: number, most: number): readonly string[] =>
  Array.from({ length: most - least + 1 }, (_, index) => '[0-9]'.repeat(least + index));

/** Whole numbers within bounds. */
export function numberShape(min: number, max: number): Shape {
  const below = min < 0 ? numbers(Math.max(1, -max), -min).map((one) => `-${one}`) : [];
  const all = [...below, ...(max < 0 ? [] : numbers(Math.max(0, min), max))];
  return {
    ere: `(${all.join('|')})`,
    of: min < 0 ? new Set([...DIGITS, '-']) : DIGITS,
    globs: min < 0 ? [] : digitGlobs(String(min).length, String(max).length),
  };
}

function shapeOf({ type }: Parameter): Shape {
  switch (type.kind) {
    case 'integer':
      return numberShape(type.min, type.max);
    case 'duration':
      return numberShape(Math.ceil(type.min / 1000), Math.ceil(type.max / 1000));
    case 'choice':
      return oneOf(type.of);
    case 'text':
      return patternShape(type.pattern);
    default:
      return oneOf([type.on, type.off]);
  }
}

/** What may stand in a word for a parameter. */
export function parameterShape(parameter: Parameter): Shape {
  const isEmpty = parameter.optional && parameter.preset === undefined;
  return isEmpty ? orNothing(shapeOf(parameter)) : shapeOf(parameter);
}
