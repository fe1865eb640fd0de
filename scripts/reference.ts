import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { commands } from '../commands/registry.ts';
import { configurationReference, MARKERS, withReference } from '../config/reference.ts';
import { registries } from '../config/registries.ts';
import { COMMAND_MARKERS, commandTable, withCommands } from './commands-table.ts';

// node scripts/reference.ts           writes the command table and the configuration reference into README.md
// node scripts/reference.ts --print   prints the reference
const reference = configurationReference(registries);
const path = fileURLToPath(new URL('../README.md', import.meta.url));

if (process.argv.includes('--print')) {
  process.stdout.write(`${reference}\n`);
} else {
  const referenced = withReference(await readFile(path, 'utf8'), reference);
  const readme = referenced === undefined ? undefined : withCommands(referenced, commandTable(commands));
  if (readme === undefined)
    throw new Error(`README.md lacks ${MARKERS.begin} or ${COMMAND_MARKERS.begin} with its end`);
  await writeFile(path, readme);
}
