import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { clearRows, collectRows, drawTable } from './table.ts';

/**
 * `npm run test:fault`: every fault test, then one table of what they did. `--long` runs the long forms (500 kills and
 * more); any other argument goes to vitest, `npm run test:fault -- kill` runs the files with that word in their path.
 */
const given = process.argv.slice(2);
const rest = given.filter((word) => word !== '--long');
const isLong = given.length > rest.length || process.env.BOTSWAIN_FAULT_LONG === '1';
const root = join(import.meta.dirname, '../..');
const files = rest.some((word) => !word.startsWith('-'))
  ? rest.map((word) => (word.startsWith('-') ? word : `test/fault/${word.replace(/^test\/fault\//, '')}`))
  : ['test/fault', ...rest];

clearRows();
const vitest = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...files], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, ...(isLong ? { BOTSWAIN_FAULT_LONG: '1' } : {}) },
});
console.log(`\n${drawTable(collectRows())}`);
process.exitCode = vitest.status ?? 1;
