import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Call } from '../../../src/domain/call.ts';
import { planDigest } from '../../../src/domain/plan.ts';
import type { OpenJournal } from '../../../src/store/open-journal.ts';
import { loseOthers } from '../../../src/workflow/keep-waiting.ts';
import { LEFT } from '../../../src/workflow/left.ts';
import { personExecutor } from '../../../src/workflow/own-person.ts';
import { waitExecutor } from '../../../src/workflow/own-wait.ts';
import { createWakeups } from '../../../src/workflow/wakeups.ts';
import { draft, entry, NOON, planOf, step } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';
import { target } from './yard.ts';

const RECEIPT = '11111111-2222-4333-8444-555555555555';
const PERSON: Call = { kind: 'person', asks: 'go on', text: 'Go on?', from: [], byOther: false };

describe('what waits', () => {
  let journal: OpenJournal;
  let remove: () => Promise<void>;
  let now = NOON + 3_000;
  let isEnding = false;
  const wakeups = createWakeups();

  beforeEach(async () => {
    const bench = await sqliteBench();
    journal = bench.journal;
    remove = () => bench.remove();
    now = NOON + 3_000;
    isEnding = false;
  });
  afterEach(() => remove());

  const ports = () => ({ journal, wakeups, now: () => now, isEnding: () => isEnding });

  /** A running change whose one step is this call, begun at NOON + 2 s, with 30 s to go. */
  async function begun(call: Call): Promise<void> {
    const { batches, ...plan } = planOf(['karmabot/app']);
    const asked = {
      ...plan,
      batches: batches.map((batch) => ({ ...batch, steps: batch.steps.map((each) => ({ ...each, call })) })),
    };
    await journal.changes.request(
      draft('a', { plan: asked, digest: planDigest(asked) }),
      entry('change requested'),
    );
    await journal.changes.start('C-1', { at: NOON, budget: [] }, entry('change started'));
    expect(await journal.steps.begin(step('C-1'), entry('step started'))).toBe(true);
  }

  const said = (person: string) =>
    journal.confirmations.add(
      { change: 'C-1', step: '1', receipt: RECEIPT, person, at: now, via: `slack:${person}` },
      entry('step confirmed'),
    );

  const run = (call: Call) => ({ target, call, receipt: RECEIPT, deadlineMs: 30_000, outputCapBytes: 100 });
  const lost = (call: Call) => ({
    target,
    call,
    begun: { receipt: RECEIPT, startedAt: NOON + 2_000, evidence: {} },
  });

  it('a person: the first word counts, and none after the end', async () => {
    await begun(PERSON);
    const running = personExecutor(ports()).run(run(PERSON));
    expect([await said('ana'), await said('ben')]).toEqual([true, false]);
    wakeups.nudge('changes');
    expect(await running).toMatchObject({ kind: 'succeeded', value: { code: 0, durationMs: 1_000 } });
    expect(await journal.confirmations.ofChange('C-1')).toMatchObject([{ person: 'ana' }]);
  });

  it('a person: nothing can be said to a step that has ended', async () => {
    await begun(PERSON);
    const end = { state: 'failed', endedAt: now } as const;
    await journal.steps.finish(
      { change: 'C-1', step: '1', attempt: 1, owner: 'boot-1' },
      end,
      entry('step failed'),
    );
    expect(await said('ana')).toBe(false);
  });

  it('a person: after its time it has failed in words; a stop of the change ends it, a stop of the bot leaves it', async () => {
    await begun(PERSON);
    isEnding = true;
    await expect(personExecutor(ports()).run(run(PERSON))).rejects.toBe(LEFT);
    now = NOON + 32_000;
    expect(await personExecutor(ports()).run(run(PERSON))).toMatchObject({
      kind: 'failed',
      code: 'DENIED_EXPIRED',
      message: 'nobody answered within 30s; nothing after it was done',
    });
    await journal.changes.askToStop('C-1', 'Ben', entry('change cancelled'));
    expect(await personExecutor(ports()).run(run(PERSON))).toMatchObject({ code: 'DENIED_CANCELLED' });
  });

  it('what was declared lost all the same is judged by what stands in the journal', async () => {
    await begun(PERSON);
    await journal.steps.loseOrphans('boot-2', now);
    const { reconcile } = personExecutor(ports());
    expect(await reconcile(lost(PERSON))).toEqual({ kind: 'still running' });
    await said('ana');
    expect(await reconcile(lost(PERSON))).toMatchObject({ kind: 'happened' });
    const { reconcile: again } = waitExecutor(ports());
    await expect(again(lost(PERSON))).rejects.toThrow('does not wait');
  });

  it('a wait: as long as was left, however the clock was set', async () => {
    const wait: Call = { kind: 'wait', ms: 200 };
    await begun(wait);
    const { reconcile, run: go } = waitExecutor(ports());
    now = NOON;
    const from = performance.now();
    expect(await go(run(wait))).toMatchObject({ kind: 'succeeded' });
    expect(performance.now() - from).toBeGreaterThan(190);
    now = NOON + 60_000;
    expect(await reconcile(lost(wait))).toMatchObject({ kind: 'happened' });
  });

  it("at a boot it is the new owner's, so that nobody declares it lost; what may have done something is", async () => {
    await begun(PERSON);
    expect(await loseOthers(journal, 'boot-2', now)).toEqual([]);
    expect(await journal.steps.ofReceipt(RECEIPT)).toMatchObject({ state: 'started', owner: 'boot-2' });
  });

  it('at a boot what may have done something is lost', async () => {
    await begun({ kind: 'argv', argv: ['true'] });
    expect(await loseOthers(journal, 'boot-2', now)).toMatchObject([{ id: 'C-1' }]);
  });
});
