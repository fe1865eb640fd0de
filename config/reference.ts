import { entrySchema, FILE_KINDS, type FileKind, type JsonSchema, jsonSchema } from './json-schema.ts';
import type { Registries } from './schema.ts';

/** The lines between which README.md holds {@link configurationReference}. */
export const MARKERS = {
  begin: '<!-- configuration:begin -->',
  end: '<!-- configuration:end -->',
} as const;

type Node = boolean | JsonSchema | undefined;

interface Row {
  readonly key: string;
  readonly form: string;
  readonly about: string;
}

const TITLES: Readonly<Record<FileKind, string>> = {
  botswain: '`botswain.yaml`: people, chats, policy',
  targets: '`targets.yaml`: where things are',
  services: '`services/*.yaml`: what a bot is',
};

const isSchema = (node: unknown): node is JsonSchema =>
  typeof node === 'object' && node !== null && !Array.isArray(node);

const asSchema = (node: unknown): JsonSchema | undefined => (isSchema(node) ? node : undefined);

const branches = (schema: JsonSchema): readonly JsonSchema[] =>
  [...(schema.anyOf ?? []), ...(schema.oneOf ?? [])].filter(isSchema);

/** Keys by which entries of one place are told apart. */
const MARKS = ['kind', 'source'] as const;
type Mark = (typeof MARKS)[number];

const markOf = (schema: JsonSchema): Mark =>
  MARKS.find((mark) => asSchema(schema.properties?.[mark])?.const !== undefined) ?? 'kind';

const kindOf = (schema: JsonSchema): string | undefined => {
  const kind = asSchema(schema.properties?.[markOf(schema)])?.const;
  return typeof kind === 'string' ? kind : undefined;
};

/** The kinds an entry may be of; empty where it is not told apart by a key. */
const kindsOf = (schema: JsonSchema): readonly JsonSchema[] => {
  // One that its target says belongs to all of them.
  const kinds = branches(schema).filter((branch) => asSchema(branch.properties?.kind)?.pattern === undefined);
  return kinds.length > 0 && kinds.every((branch) => kindOf(branch) !== undefined) ? kinds : [];
};

const isTemplate = (schema: JsonSchema): boolean => schema.pattern === '\\$\\{';
const isSecret = (schema: JsonSchema): boolean =>
  ['env', 'file'].includes(Object.keys(schema.properties ?? {}).join());

const SIMPLE: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'number',
  boolean: 'true or false',
  object: 'map',
};

function formOfBranches(schema: JsonSchema): string {
  const forms = branches(schema).filter((branch) => !isTemplate(branch));
  const [kind] = kindsOf(schema);
  if (kind !== undefined) return `by ${markOf(kind)}`;
  if (forms.length > 0 && forms.every(isSecret)) return '`{ env: NAME }` or `{ file: PATH }`';
  return [...new Set(forms.map(formOf))].join(' or ');
}

function formOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(', ');
  if (branches(schema).length > 0) return formOfBranches(schema);
  if (schema.format === 'uri') return 'URL';
  if (schema.type === 'array') return `list of ${formOf(asSchema(schema.items) ?? {})}`;
  return SIMPLE[String(schema.type)] ?? (typeof schema.type === 'string' ? schema.type : 'anything');
}

const isEmpty = (preset: unknown): boolean => ['{}', '[]'].includes(JSON.stringify(preset));

function presetOf(schema: JsonSchema, required: boolean): string {
  if (required) return '; **required**';
  return schema.default === undefined || isEmpty(schema.default)
    ? ''
    : `; default \`${String(schema.default)}\``;
}

const INNER = new Map([
  ['people', 'PERSON'],
  ['components', 'COMPONENT'],
  ['checks', 'CHECK'],
  ['procedures', 'PROCEDURE'],
  ['parameters', 'PARAMETER'],
]);

/** What lies beneath a key: the keys of a map, of each entry of a map of names, or of each item of a list. */
function beneath(schema: JsonSchema, prefix: string, leaf: string): readonly Row[] {
  if (isSecret(schema)) return [];
  if (schema.type === 'array') return rowsOf(asSchema(schema.items), `${prefix}[].`);
  if (schema.properties !== undefined) return rowsOf(schema, `${prefix}.`);
  const each = asSchema(entrySchema(schema));
  return each?.properties === undefined ? [] : rowsOf(each, `${prefix}.${INNER.get(leaf) ?? 'NAME'}.`);
}

function rowsOf(node: Node, prefix: string): readonly Row[] {
  const schema = asSchema(node);
  const required = schema?.required ?? [];
  return Object.entries(schema?.properties ?? {}).flatMap(([key, value]) => {
    const inner = asSchema(value);
    if (inner === undefined) return [];
    const about = inner.description ?? '';
    return [
      { key: `${prefix}${key}`, form: `${formOf(inner)}${presetOf(inner, required.includes(key))}`, about },
      ...beneath(inner, `${prefix}${key}`, key),
    ];
  });
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ');

function table(rows: readonly Row[]): string {
  const lines = rows.map(({ key, form, about }) => `| \`${key}\` | ${cell(form)} | ${cell(about)} |`);
  return ['| key | form | what it is |', '|---|---|---|', ...lines].join('\n');
}

/** Keys that all kinds of a place share are told once. */
function sharedKeys(kinds: readonly JsonSchema[]): readonly string[] {
  const [first, ...rest] = kinds.map((kind) => Object.keys(kind.properties ?? {}));
  return (first ?? []).filter((key) => rest.length > 0 && rest.every((keys) => keys.includes(key)));
}

function kindSections(what: string, kinds: readonly JsonSchema[]): readonly string[] {
  const shared = sharedKeys(kinds);
  const [first = {}] = kinds;
  const mark = markOf(first);
  const isShared = ({ key }: Row): boolean => shared.includes(key.split(/[.[]/)[0] ?? key);
  const common = rowsOf(first, '').filter((row) => isShared(row) && row.key !== mark);
  return [
    `#### Every ${what.toLowerCase()}`,
    `| key | form | what it is |\n|---|---|---|\n| \`${mark}\` | ${kinds.map((kind) => `\`${kindOf(kind)}\``).join(', ')}; **required** | what it is |${common.map(({ key, form, about }) => `\n| \`${key}\` | ${cell(form)} | ${cell(about)} |`).join('')}`,
    ...kinds.flatMap((kind) => {
      const own = rowsOf(kind, '').filter((row) => !isShared(row));
      const title = `#### ${what} ${mark} \`${kindOf(kind)}\``;
      return [title, kind.description ?? '', ...(own.length === 0 ? ['No keys of its own.'] : [table(own)])];
    }),
  ];
}

const entriesOf = (schema: JsonSchema, key: string): readonly JsonSchema[] =>
  kindsOf(asSchema(entrySchema(asSchema(schema.properties?.[key]))) ?? {});

function sections(kind: FileKind, schema: JsonSchema): readonly string[] {
  const file = [`### ${TITLES[kind]}`, table(rowsOf(schema, ''))];
  if (kind === 'botswain')
    return [...file, ...kindSections('Integration', entriesOf(schema, 'integrations'))];
  if (kind === 'targets') {
    const environment = asSchema(entrySchema(schema));
    const each = kindsOf(asSchema(entrySchema(environment)) ?? {});
    return [
      file[0] ?? '',
      table([
        ...rowsOf(schema, ''),
        { key: 'ENVIRONMENT.TARGET', form: 'by kind', about: 'a target by environment and name' },
      ]),
      ...kindSections('Target', each),
    ];
  }
  return [
    ...file,
    ...kindSections('Component', entriesOf(schema, 'components')),
    ...kindSections('Check', entriesOf(schema, 'checks')),
    ...kindSections('Deploy', kindsOf(asSchema(schema.properties?.deploy) ?? {})),
  ];
}

/** The settings as Markdown tables, made of the schemas the loader uses. */
export function configurationReference(registries: Registries): string {
  const blocks = FILE_KINDS.flatMap((kind) => sections(kind, jsonSchema(kind, registries)));
  return blocks.filter((block) => block !== '').join('\n\n');
}

/** README's text with the reference between its markers; undefined where it has no markers. */
export function withReference(readme: string, reference: string): string | undefined {
  const begin = readme.indexOf(MARKERS.begin);
  const end = readme.indexOf(MARKERS.end);
  if (begin === -1 || end < begin) return undefined;
  return `${readme.slice(0, begin)}${MARKERS.begin}\n${reference}\n${readme.slice(end)}`;
}
