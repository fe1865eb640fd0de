import { expect, it } from 'vitest';
import type { BudgetRule } from '../../src/domain/budget.ts';
import type { ApprovalDemand, BreakGlass, Review } from '../../src/domain/change.ts';
import type { OpenJournal } from '../../src/store/open-journal.ts';
import type { Current } from './journal.ts';
import { auditEvents, decision, draft, entry, NOON, step } from './journal-samples.ts';

const requested = entry('change requested');
const started = entry('change started');
const approved = entry('change approved');
const denied = entry('change denied');
const escalated = entry('approval escalated');
const reviewed = entry('change reviewed');
const terms = { startWithinMs: 60_000 };

const DEMAND: ApprovalDemand = {
  count: 2,
  from: ['approver'],
  expiresAt: NOON + 900_000,
  rule: 'policy rule 3',
  escalate: { afterMs: 600_000, from: ['lead'] },
};

const GLASS: BreakGlass = {
  skipped: ['2 approvals from approver'],
  told: ['approver'],
  reviewFrom: ['lead'],
  reviewBy: NOON + 86_400_000,
};

const REVIEW: Review = { person: 'dora', found: 'the disk was full', at: NOON + 7_000, via: 'slack:U0DORA' };

const ON_APP = { verb: 'restart', component: 'karmabot/app@production' };
const BUDGET: readonly BudgetRule[] = [
  { verb: ['restart'], tries: 2, withinMs: 3_600_000, restMs: 1_800_000 },
];

type End = 'succeeded' | 'not verified' | 'failed' | 'voided';

const nothing = { patch: {}, audit: entry('change failed') } as const;

/** Runs a change on karmabot/app to an end; a voided one before its first step. */
async function tried(journal: OpenJournal, to: End, at: number): Promise<void> {
  const { changes, steps } = journal;
  const { change } = await changes.request(draft(`tried at ${at}`), requested);
  await changes.start(change.id, { at }, started);
  if (to !== 'voided') await steps.begin(step(change.id), entry('step started'));
  const isVerified = to === 'succeeded' || to === 'not verified';
  if (isVerified) await changes.move(change.id, ['running'], { to: 'verifying', ...nothing });
  await changes.move(change.id, [isVerified ? 'verifying' : 'running'], { to, ...nothing });
}

/** Decisions taken back, the next roles, broken glass and its review, and what was tried. */
export function approvalsContract(current: Current): void {
  it('lets an approver deny while it still waits, and nobody take a denial back', async () => {
    const { changes } = current().journal;
    const { change } = await changes.request(draft('a', { approvals: 2 }), requested);
    await changes.decide(decision(change, 'ben'), terms, approved);
    const no = decision(change, 'ben', { decision: 'denied', reason: 'I was wrong', at: NOON + 2_000 });
    const result = await changes.decide(no, terms, denied);
    expect(result).toMatchObject({ kind: 'recorded', change: { state: 'denied' }, decisions: [no] });
    expect(await changes.decisions('C-1')).toEqual([no]);
    expect(await changes.decide(decision(change, 'ben'), terms, approved)).toMatchObject({
      kind: 'too late',
    });
    expect(await auditEvents(current().journal)).toEqual([
      'change requested',
      'change approved',
      'change denied',
    ]);
  });

  it('does not let an approver deny what is approved already', async () => {
    const { changes } = current().journal;
    const { change } = await changes.request(draft('a', { approvals: 1 }), requested);
    await changes.decide(decision(change, 'ben'), terms, approved);
    const no = decision(change, 'ben', { decision: 'denied' });
    expect(await changes.decide(no, terms, denied)).toMatchObject({
      kind: 'too late',
      change: { state: 'requested' },
    });
    expect(await changes.decisions('C-1')).toMatchObject([{ decision: 'approved' }]);
  });

  it('counts only those who may approve by now', async () => {
    const { changes } = current().journal;
    const { change } = await changes.request(draft('a', { approvals: 2 }), requested);
    await changes.decide(decision(change, 'ben'), terms, approved);
    const second = await changes.decide(
      decision(change, 'cleo'),
      { ...terms, approvers: ['cleo', 'dora'] },
      approved,
    );
    expect(second).toMatchObject({ kind: 'recorded', change: { state: 'awaiting approval' } });
    const third = await changes.decide(
      decision(change, 'dora'),
      { ...terms, approvers: ['cleo', 'dora'] },
      approved,
    );
    expect(third).toMatchObject({ kind: 'recorded', change: { state: 'requested' } });
  });

  it('asks the next roles once, when they are due and it still waits', async () => {
    const { journal } = current();
    const { changes } = journal;
    await changes.request(draft('a', { approvals: 2, demand: DEMAND }), requested);
    expect(await changes.escalate('C-1', NOON + 599_999, escalated)).toBeUndefined();
    const both = await Promise.all(
      [0, 1].map((more) => changes.escalate('C-1', NOON + 600_000 + more, escalated)),
    );
    expect(both.filter((change) => change !== undefined)).toHaveLength(1);
    const after = await current().reopen();
    const demand = { from: ['approver', 'lead'], escalatedAt: NOON + 600_000 };
    expect(await after.changes.find('C-1')).toMatchObject({ state: 'awaiting approval', demand });
    expect(await auditEvents(after)).toEqual(['change requested', 'approval escalated']);
  });

  it.each<[string, { readonly approvals: number; readonly demand?: ApprovalDemand }]>([
    ['that nobody is asked about any more', { approvals: 2, demand: DEMAND }],
    ['without next roles', { approvals: 2 }],
  ])('does not escalate a change %s', async (_what, wish) => {
    const { changes } = current().journal;
    const { change } = await changes.request(draft('a', wish), requested);
    const no = decision(change, 'ben', { decision: 'denied' });
    if (wish.demand !== undefined) await changes.decide(no, terms, denied);
    expect(await changes.escalate('C-1', NOON + 600_000, escalated)).toBeUndefined();
    expect(await changes.escalate('C-9', NOON + 600_000, escalated)).toBeUndefined();
  });

  it('keeps a broken glass open until one person signs, after the end', async () => {
    const { journal } = current();
    const { changes } = journal;
    await changes.request(draft('a', { breakGlass: GLASS }), requested, entry('glass broken'));
    await changes.request(draft('b', { keys: ['leavebot/app'] }), requested);
    expect((await journal.audit.list({ limit: 9 })).map(({ subject }) => subject)).toEqual([
      'C-2',
      'C-1',
      'C-1',
    ]);
    const open = async (more: object = {}) =>
      (await changes.list({ reviewOpen: true, limit: 9, ...more })).map(({ id }) => id);
    expect(await open()).toEqual(['C-1']);
    expect(await open({ service: 'leavebot' })).toEqual([]);
    expect(await changes.review('C-1', REVIEW, reviewed)).toBeUndefined();
    await changes.move('C-1', ['requested'], {
      to: 'cancelled',
      patch: {},
      audit: entry('change cancelled'),
    });
    const both = await Promise.all([
      changes.review('C-1', REVIEW, reviewed),
      changes.review('C-1', { ...REVIEW, person: 'eve' }, reviewed),
    ]);
    expect(both.filter((change) => change !== undefined)).toHaveLength(1);
    expect(await open()).toEqual([]);
    expect(await changes.review('C-2', REVIEW, reviewed)).toBeUndefined();
    const after = await current().reopen();
    expect(await after.changes.find('C-1')).toMatchObject({ breakGlass: GLASS, review: REVIEW });
    expect((await auditEvents(after)).filter((event) => event === 'change reviewed')).toHaveLength(1);
  });

  it('remembers each try on a component by its verb, and how it ended', async () => {
    const { journal } = current();
    await tried(journal, 'not verified', NOON + 1);
    await tried(journal, 'succeeded', NOON + 2);
    await tried(journal, 'voided', NOON + 3);
    await tried(journal, 'failed', NOON + 4);
    await journal.changes.request(draft('e'), requested);
    await journal.changes.start('C-5', { at: NOON + 5 }, started);
    expect(await journal.changes.tries(ON_APP)).toEqual([
      { change: 'C-5', by: 'ana', at: NOON + 5, result: 'under way' },
      { change: 'C-4', by: 'ana', at: NOON + 4, result: 'not verified' },
      { change: 'C-2', by: 'ana', at: NOON + 2, result: 'verified' },
      { change: 'C-1', by: 'ana', at: NOON + 1, result: 'not verified' },
    ]);
    expect(await journal.changes.tries({ ...ON_APP, verb: 'stop' })).toEqual([]);
    expect(await journal.changes.tries({ ...ON_APP, component: 'karmabot/nginx@production' })).toEqual([]);
  });

  it('lets one of two changes make the last try, and a broken glass one more', async () => {
    const { journal } = current();
    const { changes, locks } = journal;
    await tried(journal, 'failed', NOON + 1);
    await changes.request(draft('b'), requested);
    await changes.request(draft('c'), requested);
    await changes.request(draft('d', { breakGlass: GLASS }), requested);
    const start = (id: string) => changes.start(id, { at: NOON + 10, budget: BUDGET }, started);
    expect(await start('C-2')).toMatchObject({ kind: 'started' });
    await journal.steps.begin(step('C-2'), entry('step started'));
    await changes.move('C-2', ['running'], { to: 'failed', patch: {}, audit: entry('change failed') });
    expect(await start('C-3')).toMatchObject({
      kind: 'exhausted',
      component: ON_APP.component,
      standing: { kind: 'exhausted', since: NOON + 10, recoversAt: NOON + 1_800_010 },
    });
    expect(await changes.find('C-3')).toMatchObject({ state: 'requested' });
    expect(await locks.all()).toEqual([]);
    expect(await start('C-4')).toMatchObject({ kind: 'started' });
  });
}
