import published from './bot-api.json' with { type: 'json' };
import { fieldOf } from './request-body.ts';

/** Something that is not as the published description of the Bot API has it: `sendMessage.chat_id: missing`. */
export type Complaint = string;

interface Described {
  readonly parameters: ReadonlyMap<string, string>;
  readonly returns: string;
}

const METHODS: ReadonlyMap<string, Described> = new Map(
  Object.entries(published.methods).map(([name, { parameters, returns }]) => [
    name.toLowerCase(),
    { parameters: new Map(Object.entries(parameters)), returns },
  ]),
);
const TYPES: ReadonlyMap<string, object> = new Map(Object.entries(published.types));

/** What is wrong with a call's arguments. */
export function complaintsOfCall(
  method: string,
  values: object,
  files: readonly string[],
): readonly Complaint[] {
  const described = METHODS.get(method.toLowerCase());
  if (!described) return [`${method}: not described`];
  return fieldsOf({ ...described, given: values, path: method }).filter(
    // A file's content travels beside the arguments.
    (complaint) => !(files.length > 0 && complaint.includes('InputFile')),
  );
}

/** What is wrong with what a method answered. */
export function complaintsOfResult(method: string, result: unknown): readonly Complaint[] {
  return complaintsOf(METHODS.get(method.toLowerCase())?.returns ?? '', result, `${method} →`);
}

/** What is wrong with an update. */
export const complaintsOfUpdate = (update: unknown): readonly Complaint[] =>
  complaintsOf('Update', update, 'Update');

/** Arguments may travel as text: numbers, flags and JSON. */
function read(value: unknown): unknown {
  if (typeof value !== 'string' || !/^(-?\d+$|true$|false$|\{|\[)/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

interface Fields {
  readonly parameters: ReadonlyMap<string, string>;
  readonly given: object;
  readonly path: string;
}

function fieldsOf({ parameters, given, path }: Fields): readonly Complaint[] {
  const unknown = Object.keys(given)
    .filter((name) => !parameters.has(name))
    .map((name) => `${path}.${name}: not described`);
  const wrong = [...parameters].flatMap(([name, types]) => {
    const value = fieldOf(given, name);
    if (value === undefined)
      return types.startsWith('?') ? [] : [`${path}.${name}: missing, wanted ${types}`];
    return complaintsOf(types.replace('?', ''), value, `${path}.${name}`);
  });
  return [...unknown, ...wrong];
}

/** A value must be of one of the types: `Integer|String`, `Array of MessageEntity`. */
function complaintsOf(types: string, value: unknown, path: string): readonly Complaint[] {
  const tries = types.split('|').map((type) => complaintsOfType(type, value, path));
  return tries.find((complaints) => complaints.length === 0) ?? tries[0] ?? [];
}

function complaintsOfType(type: string, raw: unknown, path: string): readonly Complaint[] {
  const value = type === 'String' ? raw : read(raw);
  if (type.startsWith('Array of ')) {
    if (!Array.isArray(value)) return [`${path}: not ${type}`];
    return value.flatMap((item, index) => complaintsOf(type.slice(9), item, `${path}[${index}]`));
  }
  const isOfBase = BASES[type];
  if (isOfBase) return isOfBase(value) ? [] : [`${path}: not ${type}`];
  const described = TYPES.get(type);
  // Shortened away: nothing here uses it.
  if (!described) return type === 'InputFile' ? [`${path}: not InputFile`] : [];
  const subtypes = fieldOf(described, 'subtypes');
  if (Array.isArray(subtypes)) return complaintsOf(subtypes.join('|'), value, path);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: not ${type}`];
  const fields = fieldOf(described, 'fields') ?? {};
  return fieldsOf({ parameters: new Map(Object.entries(fields)), given: value, path: `${path}(${type})` });
}

const BASES: Readonly<Record<string, (value: unknown) => boolean>> = {
  Integer: Number.isSafeInteger,
  Float: (value) => typeof value === 'number',
  // A number is as good: the server reads text arguments as they come.
  String: (value) => typeof value === 'string' || typeof value === 'number',
  Boolean: (value) => typeof value === 'boolean',
  True: (value) => value === true,
};
