import { describe, expect, it, vi } from 'vitest';
import { failed, succeeded, unknown } from '../../../src/domain/outcome.ts';
import { type Plan, planDigest } from '../../../src/domain/plan.ts';
import type { Executor } from '../../../src/executors/executor.ts';
import { settle } from '../../../src/workflow/decide.ts';
import {
  component,
  draft,
  entry,
  NOON,
  planOf,
  runningChange,
  step,
  wentWell,
} from '../../contract/journal-samples.ts';
import { engineBench } from './engine-bench.ts';
import { executorWith, fleetWith, person } from './yard.ts';

const BOTH = ['karmabot/app', 'karmabot/nginx'];
const nobodyAsks = async () => failed('TARGET_UNREACHABLE', 'nobody asks it here');
const DAYS = 3 * 86_400_000;
const MINUTE = 60_000;

/** Both components one after the other, with the facts and the target of the time it was planned. */
function apart(): Plan {
  const plan = planOf(BOTH);
  return {
    ...plan,
    batches: (plan.batches[0]?.steps ?? []).map((only) => ({ steps: [only], verifications: [] })),
    preconditions: BOTH.map((key) => ({
      component: component(key),
      action: 'restart' as const,
      facts: { image: 'sha256:1' },
    })),
    targets: { 'production/karmabot-server': { host: 'one' } },
  };
}

describe('what is left of a change', () => {
  const bench = engineBench();

  /** A fleet and an executor whose facts, place and time can be altered while a change runs. */
  function world() {
    const state = { now: NOON + 1_000, host: 'one', images: new Map<string, string>(), reads: 0 };
    const sent: string[] = [];
    const fleet = fleetWith({
      describe: () => ({ host: state.host }),
      component: ({ ref }) => ({
        actions: ['start', 'restart'],
        steps: (action) => [
          {
            title: `${action} ${ref.service}/${ref.component}`,
            effect: 'change',
            call: { kind: 'argv', argv: ['systemctl', action, 'x'] },
            deadlineMs: 30_000,
            acceptedCodes: [0],
          },
        ],
        status: nobodyAsks,
        identity: nobodyAsks,
        logs: nobodyAsks,
      }),
      identity: async ({ ref }, action) => {
        state.reads += 1;
        if (action !== 'restart') return failed('TARGET_NOT_FOUND', 'another action takes up something else');
        return succeeded({ image: state.images.get(ref.component) ?? 'sha256:1' });
      },
    });
    const after: { sent: () => void } = { sent: () => {} };
    const executor = executorWith({
      run: async (request) => {
        sent.push(state.host);
        after.sent();
        return executorWith().run(request);
      },
    });
    return { state, sent, fleet, executor, after, now: () => state.now };
  }

  async function ask(plan = apart()) {
    await bench.journal.changes.request(
      draft('a', { plan, digest: planDigest(plan) }),
      entry('change requested'),
    );
  }

  /** A change whose first step is unknown on its target, which cannot tell. */
  async function inDoubt(more: Parameters<typeof bench.started>[0]) {
    await ask();
    const run = vi.fn<Executor['run']>(async () => unknown('TARGET_TIMEOUT', 'cut'));
    const executor = executorWith({ run, reconcile: async () => ({ kind: 'cannot tell', why: 'gone' }) });
    await bench.started({ executor, ...more });
    await bench.until('C-1', 'unknown');
    run.mockImplementation(executorWith().run);
    return run;
  }

  const itHappened = (now: () => number) =>
    settle(
      { journal: bench.journal, people: [], now },
      { id: 'C-1', person: person('ana'), via: 'slack:U0ANA', happened: true },
    );

  const ended = () => bench.journal.changes.find('C-1');

  it('is not done when its unknown step is settled days later, however fresh that is', async () => {
    const { state, fleet, now } = world();
    const run = await inDoubt({ now, fleet });
    state.now += DAYS;
    expect((await itHappened(now)).kind).toBe('succeeded');
    await bench.until('C-1', 'failed');
    expect(await ended()).toMatchObject({
      code: 'TARGET_INTERRUPTED',
      ending: expect.stringMatching(/stood still for 3d.*Left out: restart karmabot\/nginx\./),
    });
    expect(run).toHaveBeenCalledTimes(1);
    expect(await bench.journal.locks.all()).toEqual([]);
  });

  it('is not begun days later within a batch that had begun', async () => {
    const change = await runningChange(bench.journal, 'a', BOTH);
    await bench.journal.steps.begin(step(change.id), entry('step started'));
    await bench.journal.steps.finish(step(change.id), wentWell, entry('step succeeded'));
    const run = vi.fn(executorWith().run);
    await bench.started({ executor: executorWith({ run }), now: () => NOON + DAYS });
    await bench.until(change.id, 'failed');
    expect(run).not.toHaveBeenCalled();
    expect((await ended())?.ending).toContain('Left out: restart karmabot/nginx');
  });

  it('is judged again after a resume, by what policy and freezes say now', async () => {
    const { state, fleet, now } = world();
    let denies = false;
    const rebuild = vi.fn(async () =>
      denies ? failed('DENIED_FROZEN', 'karmabot is frozen') : succeeded(apart()),
    );
    const run = await inDoubt({ now, fleet, rebuild });
    state.now += MINUTE;
    denies = true;
    await itHappened(now);
    await bench.until('C-1', 'failed');
    expect(await ended()).toMatchObject({
      code: 'TARGET_INTERRUPTED',
      ending: expect.stringMatching(/karmabot is frozen\. Left out: restart karmabot\/nginx/),
    });
    expect({ rebuilt: rebuild.mock.calls.length, run: run.mock.calls.length }).toEqual({
      rebuilt: 2,
      run: 1,
    });
  });

  it('is done after a short absence though the first step altered its own component, as it should', async () => {
    const { state, fleet, now } = world();
    let image = 'sha256:1';
    const rebuild = async () => {
      const plan = apart();
      const [app, ...others] = plan.preconditions;
      if (app === undefined) throw new Error('there is one');
      return succeeded({ ...plan, preconditions: [{ ...app, facts: { image } }, ...others] });
    };
    const run = await inDoubt({ now, fleet, rebuild });
    image = 'sha256:2';
    state.now += MINUTE;
    await itHappened(now);
    await bench.until('C-1', 'succeeded');
    expect(run).toHaveBeenCalledTimes(2);
  });

  it('is not done on a component that has changed since it was planned', async () => {
    const { state, sent, fleet, executor, after, now } = world();
    after.sent = () => state.images.set('app', 'sha256:2').set('nginx', 'sha256:2');
    await ask();
    await bench.started({ fleet, executor, now });
    await bench.until('C-1', 'failed');
    expect(await ended()).toMatchObject({
      code: 'DENIED_DRIFTED',
      ending: 'karmabot/nginx@production has changed since it was planned. Left out: restart karmabot/nginx.',
    });
    expect(sent).toEqual(['one']);
  });

  it('is not sent anywhere else than to the approved target', async () => {
    const { state, sent, fleet, executor, after, now } = world();
    after.sent = () => {
      state.host = 'two';
    };
    await ask();
    await bench.started({ fleet, executor, now });
    await bench.until('C-1', 'failed');
    expect(await ended()).toMatchObject({
      code: 'DENIED_DRIFTED',
      ending: expect.stringContaining('where karmabot/nginx@production runs has changed'),
    });
    expect(sent).toEqual(['one']);
  });

  it('voids a change whose target is another one before its first step', async () => {
    const { state, sent, fleet, executor, now } = world();
    state.host = 'two';
    await ask();
    await bench.started({ fleet, executor, now });
    await bench.until('C-1', 'voided');
    expect(sent).toEqual([]);
    expect((await ended())?.ending).toMatch(/^Nothing was done: where .* runs has changed/);
  });

  it('is looked at once a component, and not at all where the plan has just been made again', async () => {
    const { state, fleet, executor, now } = world();
    await ask();
    await bench.started({ fleet, executor, now });
    await bench.until('C-1', 'succeeded');
    expect(state.reads).toBe(1);
  });
});
