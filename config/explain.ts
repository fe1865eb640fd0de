import { z } from 'zod';
import { nearest } from '../src/domain/nearest.ts';
import { entry } from './read.ts';

type Issue = z.core.$ZodRawIssue;
type IssueOf<Code extends Issue['code']> = Extract<Issue, { readonly code: Code }>;

/** What stands between what is wrong and what to do, in a message of ours; a foreign message has none. */
export const REMEDY_MARK = '\n';

const say = (message: string, remedy: string): string => `${message}${REMEDY_MARK}${remedy}`;

const quote = (value: unknown): string => {
  const written = JSON.stringify(value) ?? String(value);
  return written.length > 60 ? `${written.slice(0, 57)}…` : written;
};

const NAMES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
  record: 'a map of keys and values',
};

const plain = (expected: string): string => NAMES[expected] ?? expected;

const nameOf = (value: unknown): string => {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return quote(value);
};

const keyOf = (issue: Issue): string => {
  const last = issue.path?.at(-1);
  if (last === undefined) return 'this';
  return typeof last === 'number' ? `item ${last + 1}` : `"${String(last)}"`;
};

const described = (issue: Issue): string => {
  const text = issue.schema instanceof z.ZodType ? issue.schema.description : undefined;
  return text === undefined ? '' : `: ${text}`;
};

/** `one of a, b, c`, cut where it would fill the screen. */
const oneOf = (values: readonly unknown[]): string =>
  values.length === 1 ? String(values[0]) : `one of ${values.slice(0, 20).map(String).join(', ')}`;

const suggestion = (given: unknown, values: readonly unknown[]): string | undefined =>
  typeof given === 'string' ? nearest(given, values.map(String)) : undefined;

function explainType(issue: IssueOf<'invalid_type'>): string {
  const key = keyOf(issue);
  if (issue.input === null && key === 'this') return say('the file is empty', 'begin it with version: 1');
  if (issue.input === undefined) return say(`${key} is missing`, `add it${described(issue)}`);
  const wanted = plain(issue.expected);
  return say(`${key} must be ${wanted}, and is ${nameOf(issue.input)}`, `write ${wanted}${described(issue)}`);
}

function explainValue(issue: IssueOf<'invalid_value'>): string {
  const { values, input } = issue;
  if (input === undefined) return say(`${keyOf(issue)} is missing`, `add it: ${oneOf(values)}`);
  const near = suggestion(input, values);
  const guess = near === undefined ? '' : `: did you mean "${near}"?`;
  return say(
    `${keyOf(issue)} must be ${oneOf(values)}, and is ${nameOf(input)}${guess}`,
    near === undefined ? `write ${oneOf(values)}` : `write ${near}`,
  );
}

function explainDiscriminator(issue: Issue, key: string, kinds: readonly unknown[]): string {
  const given = entry(issue.input)[key];
  if (given === undefined) return say(`"${key}" is missing`, `add ${key}: ${oneOf(kinds)}`);
  const near = suggestion(given, kinds);
  return near === undefined
    ? say(`unknown ${key} ${quote(given)}`, `write ${oneOf(kinds)}`)
    : say(`unknown ${key} ${quote(given)}: did you mean "${near}"?`, `write ${near}`);
}

const isSecretReference = (schema: unknown): boolean =>
  schema instanceof z.ZodObject && ['env', 'file'].includes(Object.keys(schema.shape).join());

/** True for the union every edge writes as `{ env: NAME } | { file: PATH }`. */
const isSecretUnion = (schema: unknown): boolean =>
  schema instanceof z.ZodUnion && schema.options.length > 1 && schema.options.some(isSecretReference);

function explainUnion(issue: IssueOf<'invalid_union'>): string {
  if ('discriminator' in issue && typeof issue.discriminator === 'string') {
    return explainDiscriminator(
      issue,
      issue.discriminator,
      Array.isArray(issue.options) ? issue.options : [],
    );
  }
  if (isSecretUnion(issue.inst) && typeof issue.input === 'string') {
    return say(`${keyOf(issue)} holds a secret itself`, 'write { env: NAME } or { file: PATH } instead');
  }
  if (issue.input === undefined) return say(`${keyOf(issue)} is missing`, `add it${described(issue)}`);
  const branches = 'errors' in issue ? issue.errors : [];
  const wrongShape = branches.flatMap((errors) =>
    errors.flatMap((error) =>
      error.code === 'invalid_type' && error.path.length === 0 ? [plain(error.expected)] : [],
    ),
  );
  const wanted = [...new Set(wrongShape)].join(' or ');
  return say(
    wanted === ''
      ? `${keyOf(issue)} fits none of its forms: ${nameOf(issue.input)}`
      : `${keyOf(issue)} must be ${wanted}, and is ${nameOf(issue.input)}`,
    wanted === ''
      ? 'compare it with the configuration reference in README.md'
      : `write ${wanted}${described(issue)}`,
  );
}

const UNITS: Readonly<Record<string, string>> = {
  string: ' characters',
  array: ' entries',
  object: ' entries',
  record: ' entries',
  map: ' entries',
  set: ' entries',
};

function explainSize(issue: IssueOf<'too_small'> | IssueOf<'too_big'>): string {
  const small = issue.code === 'too_small';
  if (issue.input === '') return say(`${keyOf(issue)} is empty`, 'write something');
  const bound = `${small ? 'at least' : 'at most'} ${small ? issue.minimum : issue.maximum}`;
  const unit = UNITS[issue.origin];
  if (unit === undefined)
    return say(`${keyOf(issue)} must be ${bound}, and is ${quote(issue.input)}`, `write ${bound}`);
  return say(`${keyOf(issue)} must have ${bound}${unit}`, `give it ${bound}${unit}`);
}

function explainFormat(issue: IssueOf<'invalid_format'>): string {
  const wanted =
    issue.format === 'url' ? 'a URL such as https://example.org' : `like ${issue.pattern ?? issue.format}`;
  return say(
    `${keyOf(issue)} is ${quote(issue.input)}, which is not ${issue.format === 'url' ? 'a URL' : 'in the form it needs'}`,
    described(issue) === '' ? `write ${wanted}` : `write ${described(issue).slice(2)}`,
  );
}

/** The keys a strict map knows; how the place that reports an unknown key learns of them. */
function knownKeys(issue: Issue): string {
  return issue.inst instanceof z.ZodObject ? Object.keys(issue.inst.shape).join(' ') : '';
}

/** Words for what zod found, in the form `what is wrong\nwhat to do`; for unknown keys, the known ones. */
export function explain(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return explainType(issue);
    case 'invalid_value':
      return explainValue(issue);
    case 'invalid_union':
      return explainUnion(issue);
    case 'too_small':
    case 'too_big':
      return explainSize(issue);
    case 'invalid_format':
      return explainFormat(issue);
    case 'unrecognized_keys':
      return knownKeys(issue);
    default:
      return undefined;
  }
}
