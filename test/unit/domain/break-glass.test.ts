import { describe, expect, it } from 'vitest';
import { judgeThroughGlass, mayBreakGlass } from '../../../src/domain/break-glass.ts';
import type { PolicyQuestion } from '../../../src/domain/policy.ts';
import { rule } from '../workflow/yard.ts';

const asked: PolicyQuestion = {
  verb: 'restart',
  risk: 'change',
  subject: { service: 'shop', component: 'app', environment: 'production' },
  roles: ['operator', 'oncall'],
  at: Date.UTC(2026, 0, 5, 12),
  frozen: true,
};

describe('a broken glass', () => {
  it.each([
    ['a freeze does not count', [rule(1)], 'allowed'],
    ['nor that others may during a freeze', [rule(1, { frozen: true, allow: ['lead'] }), rule(2)], 'allowed'],
    ['a rule that denies stays', [rule(1, { allow: [] }), rule(2)], 'denied'],
    ['also one that denies during freezes', [rule(1, { allow: [], frozen: true }), rule(2)], 'denied'],
    ['who may not at all still may not', [rule(1, { allow: ['lead'] })], 'denied'],
    ['nothing that matches is still no', [rule(1, { verb: ['stop'] })], 'denied'],
  ])('%s', (_what, policy, expected) => {
    expect(judgeThroughGlass(policy, asked).kind).toBe(expected);
  });

  it('may be broken by those with the role alone, and by nobody without the setting', () => {
    const breakGlass = { roles: ['oncall'], reviewFrom: ['lead'], withinMs: 1 };
    expect(mayBreakGlass({ breakGlass }, { roles: ['operator', 'oncall'] })).toBe(true);
    expect(mayBreakGlass({ breakGlass }, { roles: ['operator', 'lead'] })).toBe(false);
    expect(mayBreakGlass({}, { roles: ['oncall'] })).toBe(false);
  });
});
