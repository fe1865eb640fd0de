import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
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
];

function summary(report: RigReport, skips: readonly string[]): readonly string[] {
  return partNames.flatMap((name) => {
    const part = report[name];
    const titles = skips.filter((line) => line.startsWith(`${name}\t`)).map((line) => line.split('\t')[1]);
    if (part.kind === 'there' || titles.length === 0) return [];
    return [`skipped: ${name} (${part.why}; ${part.how}): ${titles.join(' · ')}`];
  });
}

/** Looks for the real parts once, tells the tests, and at the end says what was skipped and why. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  process.env.BOTSWAIN_RIG_OWNER = owner();
  const report = await lookForParts();
  await removeLeftovers();
  const skipsPath = join(await makeFolder(), 'skips');
  project.provide('rig', report);
  project.provide('rigSkips', skipsPath);
  return async () => {
    const skips = (await readFile(skipsPath, 'utf8').catch(() => '')).split('\n');
    await removeOwn();
    for (const line of summary(report, skips)) process.stdout.write(`${line}\n`);
  };
}
