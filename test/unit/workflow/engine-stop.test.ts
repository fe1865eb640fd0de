import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { succeeded } from '../../../src/domain/outcome.ts';
import { type Batch, planDigest, type Step } from '../../../src/domain/plan.ts';
import { draft, entry, NOON, planOf, runningChange } from '../../contract/journal-samples.ts';
import { engineBench } from './engine-bench.ts';
import { executorWith } from './yard.ts';

const BOTH = ['karmabot/app', 'karmabot/nginx'];

describe('the engine at a stop', () => {
  const bench = engineBench();
  const { started, stateOf, until } = bench;

  it('begins no step after a stop, and the next boot goes on with what is left', async () => {
    const ran: string[] = [];
    const { promise: first, resolve } = Promise.withResolvers<void>();
    const executor = executorWith({
      run: async (request) => {
        ran.push(request.receipt ?? '');
        resolve();
        await pause(100);
        return executorWith().run(request);
      },
    });
    const { batches, ...plan } = planOf(BOTH);
    const apart = { ...plan, batches: batches.flatMap(({ steps }) => steps.map(batchOf)) };
    await bench.journal.changes.request(
      draft('a', { plan: apart, digest: planDigest(apart) }),
      entry('change requested'),
    );
    const before = await started({ executor });
    await first;
    await before.engine.stop(5_000);
    expect(before.errors).toEqual([]);
    expect(ran).toHaveLength(1);
    expect(await bench.journal.steps.ofChange('C-1')).toMatchObject([{ step: '1', state: 'succeeded' }]);
    expect(await bench.journal.locks.all()).toHaveLength(2);
    await started({ executor });
    await until('C-1', 'succeeded');
    expect(new Set(ran).size).toBe(2);
    expect(ran).toHaveLength(2);
  });

  it('does not go on with the rest of a change hours later: it says what was done and what was left out', async () => {
    const { promise: first, resolve } = Promise.withResolvers<void>();
    let runs = 0;
    const executor = executorWith({
      run: async (request) => {
        runs += 1;
        resolve();
        await pause(100);
        return executorWith().run(request);
      },
    });
    const { batches, ...plan } = planOf(BOTH);
    const apart = { ...plan, batches: batches.flatMap(({ steps }) => steps.map(batchOf)) };
    await bench.journal.changes.request(
      draft('a', { plan: apart, digest: planDigest(apart) }),
      entry('change requested'),
    );
    const before = await started({ executor });
    await first;
    await before.engine.stop(5_000);
    await started({ executor, now: () => NOON + 3 * 3_600_000 });
    await until('C-1', 'failed');
    expect(await bench.journal.changes.find('C-1')).toMatchObject({
      code: 'TARGET_INTERRUPTED',
      ending: expect.stringMatching(/stood still for 2h59m in the middle.*Left out: /),
    });
    expect(runs).toBe(1);
    expect(await bench.journal.locks.all()).toEqual([]);
  });

  it('ends a change with what failed of it while it stops, and begins nothing more of it after the boot', async () => {
    const [first, second] = planOf(BOTH).batches[0]?.steps ?? [];
    if (first === undefined || second === undefined) throw new Error('there are steps');
    // The first fails with that code; the second succeeds and has one more to come.
    const steps = [first, { ...second, acceptedCodes: [1] }, { ...second, id: '3' }];
    const plan = { ...planOf(BOTH), batches: [{ steps, verifications: [] }] };
    const { promise: both, resolve } = Promise.withResolvers<void>();
    let runs = 0;
    const executor = executorWith({
      run: async () => {
        runs += 1;
        if (runs === 2) resolve();
        await pause(100);
        return succeeded({ code: 1, stdout: '', stderr: '', truncated: false, durationMs: 1 });
      },
    });
    const asked = draft('a', { plan, digest: planDigest(plan) });
    await bench.journal.changes.request(asked, entry('change requested'));
    const { engine } = await started({ executor });
    await both;
    await engine.stop(5_000);
    expect(await stateOf('C-1')).toBe('failed');
    expect(runs).toBe(2);
  });

  it('does not begin after a long stop what should have started before it', async () => {
    const soon = await runningChange(bench.journal, 'a');
    const before = await started();
    await until(soon.id, 'succeeded');
    await before.engine.stop(1_000);
    const late = await runningChange(bench.journal, 'b');
    await started({ now: () => NOON + 3_600_000 });
    await until(late.id, 'voided');
    expect(await bench.journal.steps.ofChange(late.id)).toEqual([]);
  });
});

/** A batch of one step whose verification holds for a moment. */
function batchOf(only: Step): Batch {
  const { component } = only;
  const bounds = { checks: [], holdMs: 1, withinMs: 5_000, newRun: false };
  return { steps: [only], verifications: [{ component, expects: 'running', ...bounds }] };
}
