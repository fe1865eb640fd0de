import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isScalar, parseDocument, type Scalar, visit } from 'yaml';
import { loadConfiguration } from '../../../config/load.ts';
import { folderOf } from '../../fixtures/config/folder.ts';
import { standIns } from '../../fixtures/config/stand-ins.ts';

const GOOD = fileURLToPath(new URL('../../fixtures/config/good', import.meta.url));
const PATHS = ['botswain.yaml', 'targets.yaml', 'services/karmabot.yaml'];
const FILES = Object.fromEntries(PATHS.map((path) => [path, readFileSync(`${GOOD}/${path}`, 'utf8')]));

/** The file with one of its values (or keys) replaced. */
function altered(text: string, pick: number, value: unknown): string {
  const document = parseDocument(text, { merge: true });
  const scalars: Scalar[] = [];
  visit(document, { Scalar: (_, node) => void scalars.push(node) });
  const chosen = scalars[pick % scalars.length];
  if (isScalar(chosen)) chosen.value = value;
  return document.toString();
}

const anything = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom(
    'constructor',
    '__proto__',
    `$${'{'}karmabot-server.web}`,
    `$${'{'}x}`,
    '0s',
    'x-a',
    'production',
  ),
);

describe('any one value replaced', () => {
  it('is taken or refused with a place, never thrown at', async () => {
    const folder = await folderOf(FILES);
    const run = async (path: string, pick: number, value: unknown) => {
      writeFileSync(`${folder}/${path}`, altered(FILES[path] ?? '', pick, value));
      const loaded = await loadConfiguration(folder, standIns);
      writeFileSync(`${folder}/${path}`, FILES[path] ?? '');
      if (loaded.kind === 'loaded') return;
      expect(loaded.problems.length).toBeGreaterThan(0);
      for (const { line, column, remedy } of loaded.problems)
        expect([line > 0, column > 0, remedy !== '']).not.toContain(false);
    };
    await fc.assert(fc.asyncProperty(fc.constantFrom(...PATHS), fc.nat(), anything, run), { numRuns: 60 });
  });
});
