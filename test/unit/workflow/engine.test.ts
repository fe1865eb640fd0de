import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { succeeded } from '../../../src/domain/outcome.ts';
import { planDigest } from '../../../src/domain/plan.ts';
import type { Reconciliation } from '../../../src/executors/executor.ts';
import { draft, entry, NOON, planOf, runningChange, step } from '../../contract/journal-samples.ts';
import { engineBench } from './engine-bench.ts';
import { executorWith, fleetWith } from './yard.ts';

const BOTH = ['karmabot/app', 'karmabot/nginx'];

describe('the engine', () => {
  const bench = engineBench();
  const { started, stateOf, until } = bench;

  it('keeps the locks of a change while one of its steps is unknown, though another has failed', async () => {
    const change = await runningChange(bench.journal, 'a', BOTH);
    const { steps } = bench.journal;
    await steps.begin(step(change.id), entry('step started'));
    await steps.begin(step(change.id, { step: '2', startedAt: NOON + 3_000 }), entry('step started'));
    const end = { state: 'failed', endedAt: NOON + 4_000, exitCode: 1 } as const;
    await steps.finish(step(change.id), end, entry('step failed'));
    let says: Reconciliation = { kind: 'still running' };
    let asked = 0;
    const executor = executorWith({
      reconcile: async () => {
        asked += 1;
        return says;
      },
    });
    await started({ executor });
    await vi.waitFor(() => expect(asked).toBeGreaterThan(0));
    await pause(100);
    expect(await stateOf(change.id)).toBe('unknown');
    expect(await bench.journal.locks.all()).toHaveLength(2);
    says = { kind: 'did not happen' };
    await until(change.id, 'failed');
    expect(await bench.journal.locks.all()).toEqual([]);
  });

  it('asks a target that breaks the asking again after a while, not at once', async () => {
    const change = await runningChange(bench.journal, 'a');
    await bench.journal.steps.begin(step(change.id), entry('step started'));
    let asked = 0;
    const executor = executorWith({
      reconcile: async () => {
        asked += 1;
        throw new Error('broken');
      },
    });
    const { errors } = await started({ executor });
    await vi.waitFor(() => expect(errors).toHaveLength(1));
    await pause(300);
    expect(asked).toBe(1);
    expect(await stateOf(change.id)).toBe('unknown');
  });

  it('goes on with the others when one change cannot be shown', async () => {
    const { changes, locks } = bench.journal;
    const lock = { key: 'karmabot/app@production', holder: 'person:ben', holderName: 'Ben', reason: 'no' };
    await locks.take([{ ...lock, at: NOON }], entry('lock taken'));
    await changes.request(draft('locked'), entry('change requested'));
    await changes.request(draft('free', { keys: ['katana/app'] }), entry('change requested'));
    const { errors } = await started({
      publish: async (id) => {
        if (id === 'C-1' && (await stateOf('C-2')) === 'requested') throw new Error('cannot be drawn');
      },
    });
    await until('C-2', 'succeeded');
    expect(errors).toContainEqual(new Error('cannot be drawn'));
  });

  it('waits for the step of one component when another breaks, and asks nobody about it meanwhile', async () => {
    let asked = 0;
    let ended = false;
    const executor = executorWith({
      run: async (request) => {
        await pause(200);
        ended = true;
        return executorWith().run(request);
      },
      reconcile: async () => {
        asked += 1;
        return { kind: 'did not happen' };
      },
    });
    const well = fleetWith();
    const fleet = fleetWith({
      status: async (placed) => {
        if (placed.ref.component === 'nginx') throw new Error('broken');
        return well.status(placed);
      },
    });
    await bench.journal.changes.request(draft('a', { keys: BOTH }), entry('change requested'));
    await started({ executor, fleet });
    await until('C-1', 'failed');
    expect({ ended, asked }).toEqual({ ended: true, asked: 0 });
    expect(await bench.journal.steps.ofChange('C-1')).toMatchObject([{ step: '1', state: 'succeeded' }]);
  });

  it('says that a component failed though somebody stopped the others', async () => {
    const plan = planOf(BOTH);
    const [first] = plan.batches[0]?.steps ?? [];
    if (first === undefined) throw new Error('there is a step');
    const steps = [...(plan.batches[0]?.steps ?? []), { ...first, id: '3' }];
    const longer = { ...plan, batches: [{ steps, verifications: [] }] };
    const executor = executorWith({
      run: async (request) => {
        await bench.journal.changes.askToStop('C-1', 'Ana', entry('change cancelled'));
        const isNginx = (await bench.journal.steps.ofChange('C-1')).some(
          (record) => record.receipt === request.receipt && record.step === '2',
        );
        return succeeded({
          code: isNginx ? 1 : 0,
          stdout: '',
          stderr: '',
          truncated: false,
          durationMs: 1,
        });
      },
    });
    const asked = draft('a', { plan: longer, digest: planDigest(longer) });
    await bench.journal.changes.request(asked, entry('change requested'));
    await started({ executor });
    await until('C-1', 'failed');
    expect((await bench.journal.changes.find('C-1'))?.ending).toContain('Step 2 of 3');
  });

  it('shows after a boot how a change ended that a crash left unshown, and shows it once', async () => {
    const change = await runningChange(bench.journal, 'a');
    const first = await started();
    await until(change.id, 'succeeded');
    await first.engine.stop(1_000);
    const other = await runningChange(bench.journal, 'b');
    await bench.journal.changes.move(other.id, ['running'], {
      to: 'failed',
      patch: { endedAt: NOON + 5_000, ending: 'It failed.' },
      audit: entry('change failed'),
    });
    const second = await started();
    expect(second.shown).toEqual([other.id]);
    const [card] = await bench.journal.deliveries.withPrefix(`${other.id} card `);
    expect(card?.message.state).toBe('failed');
    expect(await bench.journal.deliveries.withPrefix(`${other.id} failed `)).toHaveLength(1);
    const third = await started();
    expect(third.shown).toEqual([]);
  });

  it('survives a change that breaks whoever shows it, to the end', async () => {
    await bench.journal.changes.request(draft('a'), entry('change requested'));
    const { errors } = await started({
      publish: async (id) => {
        if ((await stateOf(id)) !== 'requested') throw new Error('cannot be drawn');
      },
    });
    // An unhandled rejection would end the process; vitest fails on one.
    await until('C-1', 'failed');
    await vi.waitFor(() => expect(errors.length).toBeGreaterThanOrEqual(2));
    expect(await bench.journal.locks.all()).toEqual([]);
  });
});
