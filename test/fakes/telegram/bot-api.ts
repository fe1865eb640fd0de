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

/** A value must be of one of the types: `Integer|String`, `Array of MessageEntity`; what is shortened away nothing here uses. */
function complaintsOf(types: string, value: unknown, path: string): readonly Complaint[] {
  const known = types.split('|').filter(isDescribed);
  const tries = known.map((type) => complaintsOfType(type, value, path));
  return tries.find((complaints) => complaints.length === 0) ?? tries[0] ?? [];
}

function isDescribed(type: string): boolean {
  const inner = type.replace(/^(Array of )+/, '');
  return inner in BASES || TYPES.has(inner);
}

function complaintsOfType(type: string, raw: unknown, path: string): readonly Complaint[] {
  const value = type === 'String' ? raw : read(raw);
  if (type.startsWith('Array of ')) return complaintsOfItems(type.slice('Array of '.length), value, path);
  const isOfBase = BASES[type];
  const described = TYPES.get(type);
  if (isOfBase && !isOfBase(value)) return [`${path}: not ${type}`];
  return described ? complaintsOfObject({ type, described }, value, path) : [];
}

function complaintsOfItems(type: string, value: unknown, path: string): readonly Complaint[] {
  if (!Array.isArray(value)) return [`${path}: not an array of ${type}`];
  return value.flatMap((item, index) => complaintsOf(type, item, `${path}[${index}]`));
}

interface Typed {
  readonly type: string;
  readonly described: object;
}

function complaintsOfObject({ type, described }: Typed, value: unknown, path: string): readonly Complaint[] {
  const subtypes = fieldOf(described, 'subtypes');
  if (Array.isArray(subtypes)) return complaintsOf(subtypes.join('|'), value, path);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${path}: not ${type}`];
  const parameters = new Map(Object.entries(fieldOf(described, 'fields') ?? {}));
  return fieldsOf({ parameters, given: value, path: `${path}(${type})` });
}

const BASES: Readonly<Record<string, (value: unknown) => boolean>> = {
  Integer: Number.isSafeInteger,
  Float: (value) => typeof value === 'number',
  // A number is as good: the server reads text arguments as they come.
  String: (value) => typeof value === 'string' || typeof value === 'number',
  Boolean: (value) => typeof value === 'boolean',
  True: (value) => value === true,
  // A file's content travels beside the arguments.
  InputFile: () => false,
};
