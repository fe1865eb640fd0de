import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { absentIn, collectRows, drawTable } from './table.ts';

/** What has a long form besides: parameters under every login shell. */
const FUZZED = ['test/security/shell-words'];

/**
 * `npm run test:fault`: every fault test, then one table of what they did. `--long` runs the long forms (500 kills and
 * more); any other argument goes to vitest, `npm run test:fault -- kill` runs the files with that word in their path. A
 * number of the issue without a row is an error where all of them are wanted: with `--long`, and where nothing may be skipped.
 */
const given = process.argv.slice(2);
const rest = given.filter((word) => word !== '--long');
const isLong = given.length > rest.length || process.env.BOTSWAIN_FAULT_LONG === '1';
const root = join(import.meta.dirname, '../..');
const files = rest.some((word) => !word.startsWith('-'))
  ? rest.map((word) => (word.startsWith('-') ? word : `test/fault/${word.replace(/^test\/fault\//, '')}`))
  : ['test/fault', ...(isLong ? FUZZED : []), ...rest];

const rows = mkdtempSync(join(tmpdir(), 'botswain-rows-'));
process.env.BOTSWAIN_FAULT_ROWS = rows;
const vitest = spawnSync(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), 'run', ...files], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, ...(isLong ? { BOTSWAIN_FAULT_LONG: '1' } : {}) },
});
const collected = collectRows();
rmSync(rows, { recursive: true, force: true });
const absent = absentIn(collected);
console.log(`\n${drawTable(collected, absent)}`);
const isWhole = isLong || process.env.BOTSWAIN_TEST_NO_SKIP === '1';
if (isWhole && absent.length > 0)
  console.error(`not run: ${absent.map((number) => `#${number}`).join(', ')}`);
process.exitCode = isWhole && absent.length > 0 ? 1 : (vitest.status ?? 1);
