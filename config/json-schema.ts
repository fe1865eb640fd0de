import { z } from 'zod';
import { NAME } from './fields.ts';
import { fileSchemas, type Registries } from './schema.ts';

/** A JSON Schema (draft 2020-12). */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The kinds of file, by the name `botswain schema` takes. */
export const FILE_KINDS = ['botswain', 'targets', 'services'] as const;

/** One of {@link FILE_KINDS}. */
export type FileKind = (typeof FILE_KINDS)[number];

const EXTENSIONS = { '^x-': {} };

const isNames = (schema: JsonSchema): boolean =>
  typeof schema.propertyNames === 'object' && schema.propertyNames.pattern === NAME.source;

/** A map of names of ours; `version` is no environment. */
function byName(schema: JsonSchema, pattern: string): void {
  schema.patternProperties = { ...EXTENSIONS, [pattern]: schema.additionalProperties ?? {} };
  schema.additionalProperties = false;
  delete schema.propertyNames;
}

function ignoreExtensions(schema: JsonSchema): void {
  if (isNames(schema)) byName(schema, NAME.source);
  // A schema with a default is seen twice, once inside and once outside of it.
  else if (schema.additionalProperties === false) schema.patternProperties ??= EXTENSIONS;
  else if (schema.properties?.version !== undefined) byName(schema, '^(?!x-|version$)[a-z][a-z0-9-]*$');
}

/** What each entry of a map of names must be; undefined where a schema is no such map. */
export function entrySchema(schema: JsonSchema | undefined): unknown {
  const { '^x-': _, ...named } = schema?.patternProperties ?? {};
  return Object.values(named)[0] ?? schema?.additionalProperties;
}

const isNarrow = (schema: JsonSchema): boolean =>
  schema.const === undefined &&
  schema.enum === undefined &&
  schema.pattern !== NAME.source &&
  (schema.type === 'number' ||
    schema.type === 'integer' ||
    (schema.type === 'string' && (schema.format !== undefined || schema.pattern !== undefined)));

/** Lets `${target.variable}` stand where a number or a URL belongs. */
function allowTemplates(schema: JsonSchema): void {
  if (!isNarrow(schema)) return;
  const { description, default: preset, ...narrow } = schema;
  for (const key of Object.keys(narrow)) delete schema[key];
  schema.anyOf = [narrow, { type: 'string', pattern: '\\$\\{' }];
}

const hasKind = (schema: JsonSchema | boolean): boolean =>
  typeof schema === 'object' &&
  typeof schema.properties?.kind === 'object' &&
  schema.properties.kind.const !== undefined;

/** Lets `${target.manager}` stand for a kind: which keys belong to it, only the target says. */
function allowKindTemplates(schema: JsonSchema): void {
  const kinds = schema.oneOf ?? schema.anyOf;
  if (kinds === undefined || !kinds.every(hasKind)) return;
  const kind = { type: 'string', pattern: '^\\$\\{', description: 'what it is, as its target says' } as const;
  kinds.push({ type: 'object', properties: { kind }, required: ['kind'] });
}

/** What editors check a file of this kind against, made of the same schemas as the loader. */
export const jsonSchema = (kind: FileKind, registries: Registries): JsonSchema =>
  z.toJSONSchema(fileSchemas(registries)[kind], {
    io: 'input',
    unrepresentable: 'any',
    override: ({ jsonSchema: schema }) => {
      ignoreExtensions(schema);
      if (kind !== 'services') return;
      allowTemplates(schema);
      allowKindTemplates(schema);
    },
  });
