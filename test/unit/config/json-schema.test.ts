import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { FILE_KINDS, type FileKind, jsonSchema } from '../../../config/json-schema.ts';
import { registries } from '../../../config/registries.ts';
import { standIns } from '../../fixtures/config/stand-ins.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

const read = async (path: string): Promise<unknown> =>
  parse(await readFile(`${ROOT}/${path}`, 'utf8'), { merge: true });

async function filesOf(folder: string): Promise<readonly (readonly [FileKind, string])[]> {
  const services = await readdir(`${ROOT}/${folder}/services`);
  return [
    ['botswain', `${folder}/botswain.yaml`],
    ['targets', `${folder}/targets.yaml`],
    ...services
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => ['services', `${folder}/services/${name}`] as const),
  ];
}

/** Every object schema in a schema, with its path. */
function objects(node: unknown, path = ''): readonly (readonly [string, Record<string, unknown>])[] {
  if (typeof node !== 'object' || node === null) return [];
  const here = { ...node };
  const inner = Object.entries(here).flatMap(([key, value]) => objects(value, `${path}/${key}`));
  return 'properties' in here ? [[path, here], ...inner] : inner;
}

describe('JSON Schema of the settings', () => {
  it.each(FILE_KINDS)('%s: every key says what it is', (kind) => {
    const silent = objects(jsonSchema(kind, registries)).flatMap(([path, { properties }]) =>
      Object.entries(properties ?? {})
        .filter(([, value]) => typeof value?.description !== 'string')
        .map(([key]) => `${path}/${key}`),
    );
    expect(silent).toEqual([]);
  });

  it.each(FILE_KINDS)('%s: x- keys are ignored wherever keys are strict', (kind) => {
    const strict = objects(jsonSchema(kind, standIns)).filter(
      ([, { additionalProperties }]) => additionalProperties === false,
    );
    expect(strict.length).toBeGreaterThan(0);
    for (const [, { patternProperties }] of strict) expect(patternProperties).toMatchObject({ '^x-': {} });
  });

  it('accepts the files of the five bots and of the example', async () => {
    const real = (await filesOf('config')).map((file) => [...file, registries] as const);
    const good = (await filesOf('test/fixtures/config/good')).map((file) => [...file, standIns] as const);
    for (const [kind, path, kinds] of [...real, ...good]) {
      const result = z.fromJSONSchema(jsonSchema(kind, kinds)).safeParse(await read(path));
      expect(result.error?.issues ?? [], path).toEqual([]);
    }
  });

  it('refuses an unknown key and an unknown kind', async () => {
    const schema = z.fromJSONSchema(jsonSchema('services', standIns));
    const service = { version: 1, service: 'bot', title: 'Bot', components: {} };
    expect(schema.safeParse(service).success).toBe(true);
    expect(schema.safeParse({ ...service, uint: 1 }).success).toBe(false);
    expect(schema.safeParse({ ...service, components: { app: { kind: 'compsoe' } } }).success).toBe(false);
  });
});
