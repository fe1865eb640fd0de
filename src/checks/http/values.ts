import { z } from 'zod';
import { matcherOf, patternText } from '../host/pattern.ts';

const comparison = z
  .strictObject({
    min: z.number().exactOptional().describe('The least it may be; of a list, how many it has at least'),
    max: z.number().exactOptional().describe('The most it may be; of a list, how many it has at most'),
    matches: patternText.exactOptional().describe('Regular expression (RE2) that it must match, as text'),
    absent: z.literal(true).exactOptional().describe('It must not be there'),
  })
  .refine((given) => Object.keys(given).length > 0, 'nothing is compared\ngive min, max, matches or absent');

/** What values must be, by where they stand: `components.redis.ms`, `bots.0.state`. */
export const comparisons = z.record(z.string().min(1).max(200), comparison);

type Comparison = z.infer<typeof comparison>;

/** A key may hold dots itself: the longest that is there is taken. */
function valueAt(actual: unknown, path: string): unknown {
  if (typeof actual !== 'object' || actual === null) return undefined;
  if (Object.hasOwn(actual, path)) return Reflect.get(actual, path);
  const steps = path.split('.');
  for (let length = steps.length - 1; length > 0; length -= 1) {
    const key = steps.slice(0, length).join('.');
    if (Object.hasOwn(actual, key)) return valueAt(Reflect.get(actual, key), steps.slice(length).join('.'));
  }
  return undefined;
}

function numberOf(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'number') return value;
  return typeof value === 'string' && value.trim() !== '' && !Number.isNaN(Number(value))
    ? Number(value)
    : undefined;
}

const brief = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
};

function outOfBounds(value: unknown, { min, max }: Comparison): string | undefined {
  if (min === undefined && max === undefined) return undefined;
  const number = numberOf(value);
  if (number === undefined) return `${brief(value)}, which is no number`;
  if (min !== undefined && number < min) return `${number}, less than ${min}`;
  return max !== undefined && number > max ? `${number}, more than ${max}` : undefined;
}

function complaint(value: unknown, wanted: Comparison): string | undefined {
  if (wanted.absent === true)
    return value === undefined ? undefined : `${brief(value)}, and should not be there`;
  if (value === undefined) return 'not there';
  const bounds = outOfBounds(value, wanted);
  if (bounds !== undefined || wanted.matches === undefined) return bounds;
  const text = typeof value === 'string' ? value : brief(value);
  return matcherOf(wanted.matches)(text)
    ? undefined
    : `${brief(value)}, which does not match ${wanted.matches}`;
}

/** The first value that is not as wanted: `components.redis.ms is 120, more than 50`; undefined where all are. */
export function complaintAboutValues(
  actual: unknown,
  wanted: Readonly<Record<string, Comparison>>,
): string | undefined {
  for (const [path, comparison] of Object.entries(wanted)) {
    const said = complaint(valueAt(actual, path), comparison);
    if (said !== undefined) return `${path} is ${said}`;
  }
  return undefined;
}
