import { z } from 'zod';
import type { Json } from '../../domain/json.ts';
import { comparisons, complaintAboutValues } from './values.ts';

const status = z.int().min(100).max(599);

/** What an answer must be like; absent keys are not looked at, but an absent `status` means 200 to 299. */
export const expectation = z.strictObject({
  status: z
    .union([status, z.array(status).min(1)])
    .exactOptional()
    .describe('HTTP status, or several that will do; absent = 200 to 299'),
  json: z
    .json()
    .exactOptional()
    .describe('What the JSON answer must contain: other keys may stand beside these'),
  values: comparisons
    .exactOptional()
    .describe(
      'Values in the JSON answer by their path, and what they must be: { components.redis.ms: { max: 50 } }',
    ),
  text: z.string().min(1).exactOptional().describe('Text that must occur in the answer'),
});

/** An expectation as {@link expectation} read it. */
export type Expectation = z.infer<typeof expectation>;

const brief = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Where an answer lacks what was wanted: `components.redis.status is "down", not "healthy"`; undefined where nothing is missing. */
export function missingFrom(actual: unknown, wanted: Json, path = ''): string | undefined {
  const at = path === '' ? 'the answer' : path;
  const inside = (key: string) => (path === '' ? key : `${path}.${key}`);
  if (Array.isArray(wanted)) {
    if (!Array.isArray(actual) || actual.length !== wanted.length)
      return `${at} is ${brief(actual)}, not ${brief(wanted)}`;
    return first(
      wanted.map((value: Json, index): string | undefined =>
        missingFrom(actual[index], value, inside(String(index))),
      ),
    );
  }
  if (isObject(wanted)) {
    if (!isObject(actual)) return `${at} is ${brief(actual)}, not ${brief(wanted)}`;
    return first(Object.entries(wanted).map(([key, value]) => missingFrom(actual[key], value, inside(key))));
  }
  return actual === wanted ? undefined : `${at} is ${brief(actual)}, not ${brief(wanted)}`;
}

const first = (found: readonly (string | undefined)[]): string | undefined =>
  found.find((complaint) => complaint !== undefined);

/** What is wrong with an answer, in a few words; undefined where it is as wanted. */
export function complaintAbout(
  answer: { readonly status: number; readonly body: string },
  wanted: Expectation,
): string | undefined {
  const statuses = wanted.status === undefined ? undefined : [wanted.status].flat();
  const good =
    statuses === undefined ? answer.status >= 200 && answer.status < 300 : statuses.includes(answer.status);
  if (!good) return `wanted ${statuses?.join(' or ') ?? '200 to 299'}`;
  if (wanted.text !== undefined && !answer.body.includes(wanted.text))
    return `the text ${brief(wanted.text)} is missing`;
  return wanted.json === undefined && wanted.values === undefined
    ? undefined
    : jsonComplaint(answer.body, wanted);
}

function jsonComplaint(body: string, { json, values = {} }: Expectation): string | undefined {
  try {
    const actual: unknown = JSON.parse(body);
    const missing = json === undefined ? undefined : missingFrom(actual, json);
    return missing ?? complaintAboutValues(actual, values);
  } catch {
    return 'the answer is not JSON';
  }
}
