import { describe, expect, it } from 'vitest';
import { defineChange } from '../../../src/dispatch/command.ts';
import { succeeded } from '../../../src/domain/outcome.ts';
import { askAnew, replan } from '../../../src/lines/replan.ts';
import { decision, draft, entry, planOf } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { contextOf } from '../workflow/context.ts';
import { configuration, person, rule } from '../workflow/yard.ts';

const restart = defineChange({
  name: 'restart',
  summary: 'restart',
  examples: ['restart karmabot/app'],
  subjects: 'several',
  risk: 'change',
  arguments: {},
  plan: async () => succeeded(planOf(['karmabot/app'])),
});

describe('a plan made again', () => {
  it('does not run on fewer approvals than the policy wants by now, nor on those of people who may not approve', async () => {
    const bench = await sqliteBench();
    const { journal } = bench;
    const { change } = await journal.changes.request(draft('a', { approvals: 1 }), entry('change requested'));
    await journal.changes.decide(
      decision(change, 'ben'),
      { startWithinMs: 60_000 },
      entry('change approved'),
    );
    const again = (approvals: number, approver = 'ben') => {
      const policy = [rule(7, { approvals, from: ['approver'] })];
      const people = [person('ana', 'operator'), person(approver, 'approver'), person('cleo', 'approver')];
      const ours = { ...configuration(policy), people };
      const contextFor = () => contextOf({ journal, configuration: ours }, person('ana', 'operator'));
      return replan({ configuration: ours, commands: [restart], contextFor }, change);
    };
    expect((await again(1)).kind).toBe('succeeded');
    expect(await again(2)).toMatchObject({ code: 'DENIED_POLICY' });
    expect(await again(1, 'zoe')).toMatchObject({ code: 'DENIED_POLICY' });
    await bench.remove();
  });

  it('is asked for anew once, where others must approve it as it is now; then the old one never runs', async () => {
    const bench = await sqliteBench();
    const { journal } = bench;
    const { change } = await journal.changes.request(draft('a', { approvals: 1 }), entry('change requested'));
    const portsUnder = (approvals: number) => {
      const policy = [rule(7, approvals === 0 ? {} : { approvals, from: ['approver'] })];
      const people = [person('ana', 'operator'), person('ben', 'approver'), person('cleo', 'approver')];
      const ours = { ...configuration(policy), people };
      const contextFor = () => contextOf({ journal, configuration: ours }, person('ana', 'operator'));
      return { configuration: ours, commands: [restart], contextFor };
    };
    // Nobody would have seen the new plan.
    expect(await askAnew(portsUnder(0), change)).toBeUndefined();
    // Nobody could approve it.
    expect(await askAnew(portsUnder(3), change)).toBeUndefined();
    const id = await askAnew(portsUnder(2), change);
    expect(await askAnew(portsUnder(2), change)).toBe(id);
    const anew = await journal.changes.find(id ?? '');
    expect(anew).toMatchObject({ state: 'awaiting approval', requester: 'ana', demand: { count: 2 } });
    expect(await journal.changes.list({ limit: 10 })).toHaveLength(2);
    expect(await replan(portsUnder(0), change)).toMatchObject({ kind: 'failed', code: 'DENIED_STALE' });
    await bench.remove();
  });
});
