import { RE2JS } from 're2js';
import { z } from 'zod';
import { durationText, parseDuration } from '../src/domain/duration.ts';
import type { Parameter, ParameterType } from '../src/domain/procedure.ts';
import { readParameter } from '../src/domain/procedure-values.ts';
import { line } from './fields.ts';

const preset = z.union([z.string().max(200), z.int(), z.boolean()]);

const shape = z.strictObject({
  type: z.enum(['integer', 'text', 'choice', 'duration', 'flag']).describe('what it may be'),
  summary: line.describe('what it means, in one line'),
  min: z
    .union([z.int(), durationText])
    .optional()
    .describe('the least (integer, duration); default 0, of a duration 1s'),
  max: z
    .union([z.int(), durationText])
    .optional()
    .describe('the most (integer, duration); default 2147483647, of a duration 366d'),
  pattern: z
    .string()
    .min(1)
    .max(200)
    .optional()
    .describe('regular expression (RE2) that all of a text must match; required of a text'),
  of: z
    .array(
      z.string().regex(/^[\w.:@/+-]{1,100}$/, 'not one plain word\nuse letters, digits and . : @ / + - _'),
    )
    .min(1)
    .max(50)
    .optional()
    .describe('the words to choose from; required of a choice'),
  on: line.optional().describe('what a flag that is set stands for in a word; default `true`'),
  off: z.string().max(200).optional().describe('what a flag that is not set stands for; default `false`'),
  default: preset.optional().describe('what it is when nobody says it; of a flag always `false`'),
  optional: z.boolean().default(false).describe('may be left out without a default; it is empty then'),
  sensitive: z
    .never(
      'a secret cannot be a parameter: everybody in the channel reads it\nput it into the env_file, and let the step read it there',
    )
    .optional()
    .describe('refused: no parameter is a secret'),
});

type Setting = z.infer<typeof shape>;

const KEYS_OF = {
  integer: ['min', 'max', 'default', 'optional'],
  text: ['pattern', 'default', 'optional'],
  choice: ['of', 'default', 'optional'],
  duration: ['min', 'max', 'default', 'optional'],
  flag: ['on', 'off'],
} as const satisfies Record<Setting['type'], readonly (keyof Setting)[]>;

const OWN_KEYS = ['min', 'max', 'pattern', 'of', 'on', 'off', 'default'] as const;

const LARGEST = 2_147_483_647;
const LONGEST_MS = 366 * 86_400_000;

const typeOf = (given: Setting): ParameterType => {
  const number = (value: number | string | undefined, otherwise: number): number =>
    typeof value === 'string' ? (parseDuration(value) ?? otherwise) : (value ?? otherwise);
  switch (given.type) {
    case 'integer':
      return { kind: 'integer', min: number(given.min, 0), max: number(given.max, LARGEST) };
    case 'duration':
      return { kind: 'duration', min: number(given.min, 1000), max: number(given.max, LONGEST_MS) };
    case 'text':
      return { kind: 'text', pattern: given.pattern ?? '' };
    case 'choice':
      return { kind: 'choice', of: given.of ?? [] };
    default:
      return { kind: 'flag', on: given.on ?? 'true', off: given.off ?? 'false' };
  }
};

/** A parameter in the shape the program works with. */
export const placeParameter = (name: string, given: Setting): Parameter => ({
  name,
  summary: given.summary,
  type: typeOf(given),
  optional: given.optional,
  ...(given.default === undefined ? {} : { preset: String(given.default) }),
});

type Complain = (key: string, message: string) => void;

function lacking(given: Setting, complain: Complain): void {
  if (given.type === 'text' && given.pattern === undefined)
    complain('type', 'a text without a pattern may be anything\nadd pattern: "[a-z_]+"');
  if (given.type === 'choice' && given.of === undefined)
    complain('type', 'a choice of nothing\nadd of: [one, another]');
  const strange = OWN_KEYS.filter(
    (key) => given[key] !== undefined && !KEYS_OF[given.type].some((known) => known === key),
  );
  for (const key of strange)
    complain(
      key,
      `a parameter of type ${given.type} has no "${key}"\nremove it (it may have ${KEYS_OF[given.type].join(', ')})`,
    );
}

function badPattern(given: Setting, complain: Complain): boolean {
  if (given.pattern === undefined) return false;
  try {
    RE2JS.compile(given.pattern);
    return false;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    complain(
      'pattern',
      `not a regular expression of RE2: ${why}\nlook-around and back references do not exist there`,
    );
    return true;
  }
}

/** Whether a bound is written as its type is: a duration with units, anything else as a number. */
const isWritten = (type: Setting['type'], bound: number | string | undefined): boolean =>
  bound === undefined || (typeof bound === 'string') === (type === 'duration');

function bounds(given: Setting, complain: Complain): void {
  const wanted =
    given.type === 'duration' ? 'a duration\nwrite one such as 30s' : 'a whole number\nwrite one such as 10';
  if (!isWritten(given.type, given.min)) complain('min', `"min" is not ${wanted}`);
  if (!isWritten(given.type, given.max)) complain('max', `"max" is not ${wanted}`);
  const type = typeOf(given);
  if ((type.kind === 'integer' || type.kind === 'duration') && type.min > type.max)
    complain('max', '"max" is less than "min"\nmake "max" the greater one');
}

function badPreset(given: Setting, complain: Complain): void {
  if (given.default === undefined) return;
  const read = readParameter(placeParameter('it', given), String(given.default));
  if (read.kind !== 'succeeded')
    complain('default', `the default is refused: ${read.message}\nwrite one that fits`);
}

/** What a service file says of one parameter. */
export const parameter = shape.superRefine((given, context) => {
  const before = context.issues.length;
  const complain: Complain = (key, message) => context.addIssue({ code: 'custom', path: [key], message });
  lacking(given, complain);
  if (badPattern(given, complain) || context.issues.length > before) return;
  bounds(given, complain);
  badPreset(given, complain);
});
