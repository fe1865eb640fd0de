import { describe, expect, it } from 'vitest';
import { demandOf, escalated, escalatesAt, reminderDue, tally } from '../../../src/domain/approval.ts';
import type { ApprovalDemand, Decision } from '../../../src/domain/change.ts';
import { NOON } from '../../contract/journal-samples.ts';
import { rule } from '../workflow/yard.ts';

const MINUTE = 60_000;

const demand = (more: Partial<ApprovalDemand> = {}): ApprovalDemand => ({
  count: 2,
  from: ['approver'],
  expiresAt: NOON + 30 * MINUTE,
  rule: 'policy rule 3',
  remindEveryMs: 5 * MINUTE,
  escalate: { afterMs: 10 * MINUTE, from: ['lead'] },
  ...more,
});

const said = (person: string, decision: Decision['decision'] = 'approved'): Decision => ({
  change: 'C-1',
  person,
  decision,
  digest: '',
  at: NOON,
  via: '',
});

describe('the tally', () => {
  const [ben, cleo] = [said('ben'), said('cleo')];
  it.each<[string, { readonly decisions: Decision[]; readonly approvers?: string[] }, string]>([
    ['one of two', { decisions: [ben] }, 'waiting'],
    ['the same person twice', { decisions: [ben, ben] }, 'waiting'],
    ['two people', { decisions: [ben, cleo] }, 'approved'],
    ['one who may not approve any more', { decisions: [ben, cleo], approvers: ['cleo', 'dora'] }, 'waiting'],
    ['both still may', { decisions: [ben, cleo], approvers: ['ben', 'cleo'] }, 'approved'],
    ['a denial counts whoever gave it', { decisions: [said('ben', 'denied')], approvers: [] }, 'denied'],
  ])('%s', (_what, { decisions, approvers }, expected) => {
    expect(tally(demand(), decisions, approvers)).toBe(expected);
  });
});

describe('the next roles', () => {
  const change = (more: Partial<ApprovalDemand> = {}) => ({ demand: demand(more), requestedAt: NOON });

  it('are asked once, after their time, if it comes before the end', () => {
    const due = NOON + 10 * MINUTE;
    expect(escalatesAt(change())).toBe(due);
    expect(escalatesAt(change({ expiresAt: due }))).toBeUndefined();
    expect(
      escalatesAt({ demand: { ...demand(), ...escalated(demand(), due) }, requestedAt: NOON }),
    ).toBeUndefined();
    const { escalate: _, ...without } = demand();
    expect(escalatesAt({ demand: without, requestedAt: NOON })).toBeUndefined();
  });

  it('count beside those before them', () => {
    expect(escalated(demand(), NOON + 1)).toMatchObject({
      from: ['approver', 'lead'],
      escalatedAt: NOON + 1,
    });
  });
});

describe('reminders', () => {
  it.each([
    ['at once none', { minute: 0 }, 0],
    ['just before the first', { minute: 4.99 }, 0],
    ['the first', { minute: 5 }, 1],
    ['still the first', { minute: 9.99 }, 1],
    ['only the latest after a long sleep', { minute: 28 }, 5],
    ['none when it is too late', { minute: 30 }, 0],
    ['none where the next roles were asked just now', { minute: 10, escalatedAt: NOON + 10 * MINUTE }, 0],
    ['then again', { minute: 15, escalatedAt: NOON + 10 * MINUTE }, 3],
    ['none before the request, whatever the clock says', { minute: -10 }, 0],
  ])('%s', (_what, { minute, ...more }, number) => {
    const change = { demand: demand(more), requestedAt: NOON };
    expect(reminderDue(change, NOON + minute * MINUTE)).toBe(number);
  });

  it('never, where the rule wants none', () => {
    const { remindEveryMs: _, ...without } = demand();
    expect(reminderDue({ demand: without, requestedAt: NOON }, NOON + 20 * MINUTE)).toBe(0);
  });
});

it('a demand is what its rule says, from now on', () => {
  const escalate = { afterMs: 5, from: ['lead'] };
  const full = rule(7, {
    approvals: 2,
    from: ['a'],
    expiresMs: 9,
    remindEveryMs: 3,
    escalate,
    onExpiry: 'denied',
  });
  expect(demandOf(full, NOON)).toEqual({
    count: 2,
    from: ['a'],
    expiresAt: NOON + 9,
    rule: 'policy rule 7',
    remindEveryMs: 3,
    escalate,
    onExpiry: 'denied',
  });
  expect(Object.keys(demandOf(rule(1), NOON))).toEqual(['count', 'from', 'expiresAt', 'rule']);
});
