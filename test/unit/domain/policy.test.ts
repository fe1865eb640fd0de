import { describe, expect, it } from 'vitest';
import type { PolicyAnswer } from '../../../src/domain/policy.ts';
import { strictest } from '../../../src/domain/policy-strictest.ts';
import { rule } from '../workflow/yard.ts';

const allowed = (...more: Parameters<typeof rule>): PolicyAnswer => ({
  kind: 'allowed',
  rule: rule(...more),
});

describe('the strictest of several answers', () => {
  it('wants approvers whom every rule accepts: nobody approves a part of others along with their own', () => {
    const answer = strictest([
      allowed(1, { approvals: 1, from: ['lead', 'karmabot-approver'] }),
      allowed(2, { approvals: 2, from: ['katana-approver', 'lead'] }),
      allowed(3),
    ]);
    expect(answer).toMatchObject({ kind: 'allowed', rule: { number: 2, approvals: 2, from: ['lead'] } });
  });

  it('denies what nobody could approve as a whole', () => {
    const answer = strictest([
      allowed(1, { approvals: 1, from: ['karmabot-approver'] }),
      allowed(2, { approvals: 1, from: ['katana-approver'] }),
    ]);
    expect(answer).toMatchObject({ kind: 'denied', why: expect.stringContaining('one by one') });
  });

  it('denies when any part is denied, and needs nobody where no rule does', () => {
    expect(strictest([allowed(1), { kind: 'denied', why: 'no' }])).toEqual({ kind: 'denied', why: 'no' });
    expect(strictest([allowed(1), allowed(2)])).toMatchObject({ rule: { approvals: 0, from: [] } });
  });
});
