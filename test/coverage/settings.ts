import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { CONFIG } from './ground.ts';

const files = new Map<string, Promise<unknown>>();

function fileOf(name: string): Promise<unknown> {
  const known = files.get(name) ?? readFile(join(CONFIG, name), 'utf8').then((text): unknown => parse(text));
  files.set(name, known);
  return known;
}

const inside = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([name]) => name === key)?.[1]
    : undefined;

/** What stands in the settings at `FILE KEY KEY …`; nothing that is only noted under `x-…`. */
export async function settingAt(path: string): Promise<unknown> {
  const [file = '', ...keys] = path.split(' ');
  if (keys.some((key) => key.startsWith('x-'))) return undefined;
  let value = await fileOf(file);
  for (const key of keys) value = inside(value, key);
  return value;
}
