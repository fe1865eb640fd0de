import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Rendered } from '../../../src/chat/telegram/telegram-render.ts';
import { written } from './written.ts';

/** Compares with `test/golden/telegram/<name>.html`; writes it when it is new, or all of them with UPDATE_GOLDEN=1. */
export async function expectGolden(name: string, rendered: Rendered): Promise<void> {
  const path = fileURLToPath(new URL(`./${name}.html`, import.meta.url));
  const write = process.env.UPDATE_GOLDEN === '1' || (!existsSync(path) && !process.env.CI);
  if (write) await writeFile(path, written(rendered));
  expect(written(rendered)).toBe(await readFile(path, 'utf8'));
}
