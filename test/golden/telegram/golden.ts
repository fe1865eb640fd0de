import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { Rendered } from '../../../src/chat/telegram/telegram-render.ts';

/** The HTML as it goes to Telegram, and below it the keyboard, a row a line. */
function written({ html, keyboard }: Rendered): string {
  const rows = keyboard.map((row) =>
    row.map((one) => `[${one.text}${one.style ? ` (${one.style})` : ''} → ${one.callback_data}]`).join(' '),
  );
  return `${[html, ...(rows.length > 0 ? ['<!-- keyboard', ...rows, '-->'] : [])].join('\n')}\n`;
}

/** Compares with `test/golden/telegram/<name>.html`; writes it when it is new, or all of them with UPDATE_GOLDEN=1. */
export async function expectGolden(name: string, rendered: Rendered): Promise<void> {
  const path = fileURLToPath(new URL(`./${name}.html`, import.meta.url));
  const write = process.env.UPDATE_GOLDEN === '1' || (!existsSync(path) && !process.env.CI);
  if (write) await writeFile(path, written(rendered));
  expect(written(rendered)).toBe(await readFile(path, 'utf8'));
}
