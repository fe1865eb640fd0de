import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** Compares with `test/golden/slack/<name>.json`; writes it when it is new, or all of them with UPDATE_GOLDEN=1. */
export const expectGolden = async (name: string, value: unknown): Promise<void> => {
  const path = fileURLToPath(new URL(`./${name}.json`, import.meta.url));
  const write = process.env.UPDATE_GOLDEN === '1' || (!existsSync(path) && !process.env.CI);
  if (write) await writeFile(path, `${JSON.stringify(value, null, 2)}\n`);
  expect(value).toEqual(JSON.parse(await readFile(path, 'utf8')));
};
