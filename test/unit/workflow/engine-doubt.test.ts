import { describe, expect, it, vi } from 'vitest';
import type { ComponentStatus } from '../../../src/domain/fleet.ts';
import { failed, type Outcome, succeeded } from '../../../src/domain/outcome.ts';
import { planDigest } from '../../../src/domain/plan.ts';
import { settle } from '../../../src/workflow/decide.ts';
import {
  component,
  draft,
  entry,
  NOON,
  planOf,
  runningChange,
  step,
} from '../../contract/journal-samples.ts';
import { engineBench } from './engine-bench.ts';
import { executorWith, fleetWith, person } from './yard.ts';

const KEYS = ['karmabot/app'] as const;

const running = (run: string | undefined): Outcome<ComponentStatus> =>
  succeeded({ state: 'running', summary: 'active', facts: {}, ...(run === undefined ? {} : { run }) });

describe('the engine in doubt', () => {
  const bench = engineBench();

  /** Restarts a component whose looks come out like this, the last for ever. */
  async function restart(looks: readonly Outcome<ComponentStatus>[]) {
    const plan = planOf(KEYS);
    const verification = {
      component: component(KEYS[0]),
      expects: 'running' as const,
      newRun: true,
      checks: [],
      holdMs: 0,
      withinMs: 300,
    };
    const batches = plan.batches.map((batch) => ({ ...batch, verifications: [verification] }));
    const strict = { ...plan, batches };
    const left = [...looks];
    let sent = 0;
    const executor = executorWith({
      run: async (request) => {
        sent += 1;
        return executorWith().run(request);
      },
    });
    const status = async (): Promise<Outcome<ComponentStatus>> =>
      (left.length > 1 ? left.shift() : left[0]) ?? running('none');
    await bench.journal.changes.request(
      draft('a', { plan: strict, digest: planDigest(strict) }),
      entry('change requested'),
    );
    await bench.started({ executor, fleet: fleetWith({ status }) });
    const change = await vi.waitFor(
      async () => {
        const found = await bench.journal.changes.find('C-1');
        expect(found?.endedAt).toBeDefined();
        return found;
      },
      { timeout: 5000 },
    );
    return { state: change?.state, ending: change?.ending, sent };
  }

  it('sends nothing where the run before cannot be read, because nobody could tell a new one from it', async () => {
    const unread = failed('TARGET_UNREACHABLE', 'karmabot-server does not answer');
    const came = await restart([unread, running('2')]);
    expect(came).toMatchObject({ state: 'failed', sent: 0 });
    expect(came.ending).toMatch(/nothing was sent[\s\S]*karmabot-server does not answer/);
  });

  it('calls nothing verified of which it cannot be read whether it is a new run', async () => {
    const came = await restart([running('1'), running(undefined)]);
    expect(came).toMatchObject({ state: 'not verified', sent: 1 });
    expect(came.ending).toMatch(/whether it is a new run cannot be read/);
  });

  it('goes on as soon as a person has settled the last unknown step, not when it would have asked again', async () => {
    const change = await runningChange(bench.journal, 'a', KEYS);
    await bench.journal.steps.begin(step(change.id), entry('step started'));
    let asked = 0;
    const executor = executorWith({
      reconcile: async () => {
        asked += 1;
        return { kind: 'unreachable', why: 'it does not answer' };
      },
    });
    await bench.started({ executor });
    // From then on it is asked again after five seconds only.
    await vi.waitFor(() => expect(asked).toBe(4), { timeout: 8000 });
    const said = { id: 'C-1', person: person('ana'), via: 'slack:U0ANA', happened: false };
    await settle({ journal: bench.journal, people: [], now: () => NOON }, said);
    await vi.waitFor(async () => expect(await bench.stateOf('C-1')).toBe('failed'), { timeout: 2500 });
    expect(asked).toBe(4);
  }, 15_000);
});
