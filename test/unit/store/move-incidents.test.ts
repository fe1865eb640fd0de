import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { beginEscalation } from '../../../src/domain/escalation.ts';
import { NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';

const HOUR_MS = 3_600_000;

describe('a clock that is set back', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  beforeEach(async () => {
    bench = await sqliteBench();
  });
  afterEach(() => bench.remove());

  it('calls nobody an hour later for it; what is over stays as it was', async () => {
    const { journal } = bench;
    const chain = { steps: [{ afterMs: 300_000, call: ['ana'], webhooks: [] }], repeat: 0, repeatAfterMs: 0 };
    const draft = {
      title: 'down',
      severity: 'P0',
      origin: 'alerts',
      openedBy: 'botswain',
      openedAt: NOON,
      impactSince: NOON,
      announceAt: NOON + 10_000,
      reopened: 0,
      roles: {},
      spokenAt: NOON,
      escalation: beginEscalation(chain, NOON),
    } as const;
    await journal.incidents.write(async (desk) => {
      const { id } = await desk.create({ ...draft, state: 'open' });
      await desk.setTimer(id, 'escalate', NOON + 300_000);
      await desk.create({ ...draft, state: 'resolved' });
    });
    await journal.time.setBack(HOUR_MS, NOON - HOUR_MS);
    expect(await journal.incidents.nextDue()).toBe(NOON - HOUR_MS + 300_000);
    expect(await journal.incidents.find('INC-1')).toMatchObject({
      openedAt: NOON,
      announceAt: NOON - HOUR_MS + 10_000,
      spokenAt: NOON - HOUR_MS,
      escalation: { since: NOON - HOUR_MS, begunAt: NOON - HOUR_MS },
    });
    expect(await journal.incidents.find('INC-2')).toMatchObject({ spokenAt: NOON });
  });
});
