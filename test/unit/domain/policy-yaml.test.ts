import { describe, expect, it } from 'vitest';
import { ruleText } from '../../../src/domain/policy-yaml.ts';
import { underPolicy } from './policy-stage.ts';

/** What the program shows of a rule that is written like this. */
async function shown(written: string): Promise<string> {
  const [rule] = (await underPolicy(`  - ${written}\n`)).policy;
  if (rule === undefined) throw new Error('there is no rule');
  return ruleText(rule);
}

const ASKED = 'allow: [operator], approvals: 1, from: [approver]';

describe('a rule is shown as it is written', () => {
  it.each([
    `{ risk: change, ${ASKED}, expires: 1d2h30m, remind: 1h1m1s, escalate: { after: 2h3m4s, from: [lead] } }`,
    `{ risk: change, ${ASKED}, expires: 4s200ms, start_within: 1h1m1s }`,
    '{ recent_failures: { at_least: 2, within: 1d1h1m }, allow: [operator] }',
    '{ severity: [P0, none], hours: { days: [sat], from: "22:00", to: "06:00", timezone: Europe/Berlin }, deny: true }',
  ])('%s', async (written) => {
    expect(await shown(written)).toBe(written);
  });

  it('without both clocks where they are as they would be anyway', async () => {
    const { policy } = await underPolicy(`  - { ${ASKED} }\n`);
    expect(policy[0]).toMatchObject({ expiresMs: 900_000, startWithinMs: 900_000 });
    expect(await shown(`{ ${ASKED}, expires: 15m, start_within: 900s }`)).toBe(`{ ${ASKED} }`);
  });
});
