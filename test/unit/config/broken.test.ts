import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadConfiguration } from '../../../config/load.ts';
import { formatProblems } from '../../../config/problem.ts';
import { standIns } from '../../fixtures/config/stand-ins.ts';

const BROKEN = fileURLToPath(new URL('../../fixtures/config/broken', import.meta.url));

const load = async () => {
  const loaded = await loadConfiguration(BROKEN, standIns);
  if (loaded.kind === 'loaded') throw new Error('the broken configuration was taken');
  return loaded.problems;
};

describe('a configuration with a mistake in every corner', () => {
  it('says all of them at once, in the words of the golden file', async () => {
    const said = formatProblems(await load()).replaceAll(/^.*?fixtures\/config\/broken\//gm, '');
    await expect(`${said}\n`).toMatchFileSnapshot('../../fixtures/config/broken.golden.txt');
  });

  it('knows at least 25 different mistakes in all files', async () => {
    const problems = await load();
    expect(new Set(problems.map(({ message }) => message)).size).toBeGreaterThanOrEqual(25);
    expect(new Set(problems.map(({ file }) => file)).size).toBeGreaterThanOrEqual(8);
    for (const problem of problems) expect(problem.remedy).not.toBe('');
  });

  // The golden file says where; this holds it against the text that stands there.
  it.each([
    ['services/karmabot.yaml', 'unknown key "uint"', 'uint: nginx'],
    ['services/karmabot.yaml', '30 has no unit', '30 }'],
    ['services/karmabot.yaml', 'there is no component "ap"', 'ap, expect'],
    ['services/karmabot.yaml', '"port" must be a number', '"80"'],
    ['services/karmabot.yaml', '"kind" is missing', 'odd:'],
    ['services/karmabot.yaml', '"compose_service" is missing', 'app: {'],
    ['services/karmabot.yaml', 'there is no target "karmabot-sever"', 'karmabot-sever'],
    ['services/katana.yaml', 'this key stands twice', 'bot: { kind: systemd, unit: katana_bot, sudo'],
    ['services/alias.yaml', 'nothing is called "&nowhere"', '*nowhere'],
    ['targets.yaml', 'unknown kind "shs"', 'shs'],
    ['targets.yaml', 'unknown key "hots"', 'hots: 10.0.0.1'],
    ['targets.yaml', 'there is no target "bastoin"', 'bastoin'],
    ['targets.yaml', '"Staging" is not a name', 'Staging:'],
    ['botswain.yaml', '"risk" must be one of', 'chnage'],
    ['botswain.yaml', 'there is no verb "restrat"', 'restrat'],
    ['botswain.yaml', 'slack account U0BEN', 'U0BEN, roles: operator'],
    ['botswain.yaml', '"token" holds a secret itself', 'xoxb-1-secret'],
    ['botswain.yaml', 'approvals without "from"', '1 }'],
  ])('%s: %s', async (file, message, there) => {
    const problem = (await load()).find((one) => one.file.endsWith(file) && one.message.startsWith(message));
    const lines = (await readFile(join(BROKEN, file), 'utf8')).split('\n');
    const rest = lines[(problem?.line ?? 0) - 1]?.slice((problem?.column ?? 0) - 1);
    expect(rest?.slice(0, there.length)).toBe(there);
  });
});
