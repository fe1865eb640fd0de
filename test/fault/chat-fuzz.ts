import fc from 'fast-check';

/** Any UTF-16 units at all, halves of characters among them. */
const anyUnits = fc.array(fc.nat(0xffff), { maxLength: 40 }).map((units) => String.fromCharCode(...units));

/** Pieces by which lines are built, and by which they are broken. */
const PIECES = [
  ...['restart', 'status', 'approve', 'deny', 'help', 'show', 'logs', 'karmabot', 'karmabot/app', 'C-1'],
  ...[
    'karmabot@production',
    '--reason',
    '--at',
    '--dry-run',
    '--reason=',
    '--',
    '-',
    '=',
    '--=',
    '"',
    "'",
    '“',
    '”',
  ],
  ...[
    '«',
    '\\',
    '\\"',
    '<',
    '>',
    '|',
    '<http://a|b>',
    '<@U0ANA>',
    '&amp;',
    '&lt;',
    '&',
    '\u00a0',
    '\u200b',
    '\u200f',
  ],
  ...[
    '\u202e',
    '\u2066',
    '\n',
    '\r',
    '\t',
    '\0',
    '\ud800',
    '\udc00',
    '😀',
    '__proto__',
    'constructor',
    'toString',
  ],
  ...['hasOwnProperty', '—dry-run', '–', '@', '/', '//', '@@', '$(id)', '`id`', ';', '$x', '{}', '[]', '%00'],
];

/** Lines as nobody types them: pieces of real ones with anything in between. */
export const lines: fc.Arbitrary<string> = fc
  .array(fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...PIECES) }, anyUnits), { maxLength: 24 })
  .chain((words) => fc.constantFrom('', ' ', '  ').map((gap) => words.join(gap)));

/** Any text, broken or not. */
export const texts: fc.Arbitrary<string> = fc.oneof(
  lines,
  anyUnits,
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.string({ unit: 'grapheme', maxLength: 60 }),
);

const values: fc.Arbitrary<unknown> = fc.oneof(
  texts,
  fc.constantFrom(
    null,
    true,
    false,
    0,
    -1,
    1e308,
    2 ** 53,
    '',
    [],
    {},
    [[]],
    [null],
    { id: 1 },
    { __proto__: null },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Every place in a value, outermost first. */
const placesIn = (value: unknown, at: readonly string[] = []): readonly (readonly string[])[] => [
  at,
  ...(isObject(value) ? Object.entries(value).flatMap(([key, below]) => placesIn(below, [...at, key])) : []),
];

const replaced = (value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown => {
  if (key === undefined) return by;
  if (Array.isArray(value))
    return value.map((item, at) => (String(at) === key ? replaced(item, rest, by) : item));
  return isObject(value) ? { ...value, [key]: replaced(value[key], rest, by) } : value;
};

/** A genuine body in which up to three places hold something else. */
export const spoilt = (genuine: unknown): fc.Arbitrary<unknown> => {
  const places = placesIn(genuine).filter((at) => at.length > 0);
  const spoiling = fc.tuple(fc.constantFrom(...places, ['__proto__'], ['surplus']), values);
  return fc
    .array(spoiling, { minLength: 1, maxLength: 3 })
    .map((all) => all.reduce((body, [at, by]) => replaced(body, at, by), genuine));
};
