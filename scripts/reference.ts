import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { configurationReference, MARKERS, withReference } from '../config/reference.ts';
import { registries } from '../config/registries.ts';

// node scripts/reference.ts           writes the configuration reference into README.md
// node scripts/reference.ts --print   prints it
const reference = configurationReference(registries);
const path = fileURLToPath(new URL('../README.md', import.meta.url));

if (process.argv.includes('--print')) {
  process.stdout.write(`${reference}\n`);
} else {
  const readme = withReference(await readFile(path, 'utf8'), reference);
  if (readme === undefined) throw new Error(`README.md lacks ${MARKERS.begin} and ${MARKERS.end}`);
  await writeFile(path, readme);
}
