import { globSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { absentIn, collectRows, drawTable } from '../fault/table.ts';
import { makeFolder, owner, removeLeftovers, removeOwn } from './owner.ts';
import { lookForParts, type PartName, type RigReport } from './parts.ts';

const partNames: readonly PartName[] = [
  'sshd',
  'engine',
  'systemd-host',
  'chromium',
  'node-slim',
  'tmpfs',
  'strace',
  'git',
  'sqlite3',
  'zstd',
  'alertmanager',
];

function summary(report: RigReport, skips: readonly string[]): readonly string[] {
  return partNames.flatMap((name) => {
    const part = report[name];
    const titles = skips.filter((line) => line.startsWith(`${name}\t`)).map((line) => line.split('\t')[1]);
    if (part.kind === 'there' || titles.length === 0) return [];
    return [`skipped: ${name} (${part.why}; ${part.how}): ${titles.join(' · ')}`];
  });
}

const root = join(import.meta.dirname, '../..');

/** Whether every test of a fault was run, and not a choice of them. */
function hasAllFaults({ vitest }: TestProject): boolean {
  const run = new Set(vitest.state.getTestModules().map(({ moduleId }) => moduleId));
  return globSync(join(root, 'test/fault/*.test.ts')).every((path) => run.has(path));
}

/** The table of the faults that were put in; where nothing may be skipped, a run of everything that has none of one is bad. */
function tellFaults(isWhole: boolean): void {
  const rows = collectRows();
  if (rows.length === 0 && !isWhole) return;
  const absent = isWhole ? absentIn(rows) : [];
  process.stdout.write(`\n${drawTable(rows, absent)}\n`);
  if (absent.length === 0 || process.env.BOTSWAIN_TEST_NO_SKIP !== '1') return;
  process.stderr.write(`faults not run: ${absent.map((number) => `#${number}`).join(', ')}\n`);
  process.exitCode = 1;
}

/**
 * Looks for the real parts once, tells the tests, and at the end says what the faults did, what was skipped and why. What
 * the bots under test compile is kept: it is half of a boot.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  process.env.BOTSWAIN_RIG_OWNER = owner();
  const report = await lookForParts();
  await removeLeftovers();
  const folder = await makeFolder();
  const skipsPath = join(folder, 'skips');
  process.env.NODE_COMPILE_CACHE ??= join(root, 'node_modules/.cache/botswain-tests');
  // Whoever names the folder draws the table: test/fault/run.ts does.
  const isOurs = process.env.BOTSWAIN_FAULT_ROWS === undefined;
  process.env.BOTSWAIN_FAULT_ROWS ??= join(folder, 'rows');
  project.provide('rig', report);
  project.provide('rigSkips', skipsPath);
  return async () => {
    const skips = (await readFile(skipsPath, 'utf8').catch(() => '')).split('\n');
    if (isOurs) tellFaults(hasAllFaults(project));
    await removeOwn();
    for (const line of summary(report, skips)) process.stdout.write(`${line}\n`);
  };
}
