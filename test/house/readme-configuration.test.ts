import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { configurationReference, MARKERS, withReference } from '../../config/reference.ts';
import { registries } from '../../config/registries.ts';

const README = fileURLToPath(new URL('../../README.md', import.meta.url));

describe("README's configuration reference", () => {
  it('is what the schema says; mend it with: node scripts/reference.ts', async () => {
    const readme = await readFile(README, 'utf8');
    expect(withReference(readme, configurationReference(registries)) === readme, MARKERS.begin).toBe(true);
  });

  it('has a section for each kind there is', () => {
    const reference = configurationReference(registries);
    const kinds = [
      ...registries.executors.map(({ kind }) => `#### Target kind \`${kind}\``),
      ...registries.components.map(({ kind }) => `#### Component kind \`${kind}\``),
      ...registries.checks.map(({ kind }) => `#### Check kind \`${kind}\``),
    ];
    for (const title of kinds) expect(reference).toContain(title);
  });

  it('goes between its markers and nowhere else', () => {
    const readme = `before\n${MARKERS.begin}\nold\n${MARKERS.end}\nafter\n`;
    expect(withReference(readme, 'new')).toBe(`before\n${MARKERS.begin}\nnew\n${MARKERS.end}\nafter\n`);
    expect(withReference('no markers', 'new')).toBeUndefined();
  });
});
