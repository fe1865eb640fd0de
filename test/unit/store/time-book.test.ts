import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type OpenJournal, openJournal } from '../../../src/store/open-journal.ts';
import { restoreFrom } from '../../../src/store/restore.ts';
import { draft, entry, message, NOON } from '../../contract/journal-samples.ts';

const HOUR_MS = 3_600_000;

let folder: string;
let journal: OpenJournal;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'time-book-'));
  journal = await opened(NOON);
});
afterEach(async () => {
  await journal.close();
  await rm(folder, { recursive: true, force: true });
});

async function opened(now: number): Promise<OpenJournal> {
  const outcome = await openJournal(folder, { now: () => now });
  if (outcome.kind !== 'succeeded') throw new Error(outcome.message);
  return outcome.value;
}

const asked = async (key: string, more: object = {}) => {
  const wanted = {
    ...draft(key, { approvals: 1 }),
    requestedAt: NOON,
    startAt: NOON,
    startBy: NOON + 900_000,
  };
  const demand = { ...wanted.demand, expiresAt: NOON + 900_000 };
  return (await journal.changes.request({ ...wanted, demand, ...more }, entry('change requested'))).change;
};

it('moves what waits for a while, and leaves what waits for a time of day', async () => {
  const soon = await asked('soon');
  const tonight = await asked('tonight', { startAt: NOON + HOUR_MS, startBy: NOON + 2 * HOUR_MS });
  const conversation = { platform: 'slack', channel: 'C' } as const;
  await journal.deliveries.want({ key: 'card', conversation, message: message('x'), lane: 'decision' }, NOON);
  await journal.deliveries.keepRoom({ place: 'slack:C', pacedOut: NOON + 1000, restUntil: NOON + 30_000 });
  const moved = await journal.time.setBack(HOUR_MS, NOON - HOUR_MS);
  expect(moved).toEqual({ byMs: HOUR_MS, changes: [soon.id, tonight.id] });
  expect(await journal.changes.find(soon.id)).toMatchObject({
    requestedAt: NOON - HOUR_MS,
    startAt: NOON - HOUR_MS,
    startBy: NOON + 900_000 - HOUR_MS,
    demand: { expiresAt: NOON + 900_000 - HOUR_MS },
  });
  expect(await journal.changes.find(tonight.id)).toMatchObject({
    startAt: NOON + HOUR_MS,
    startBy: NOON + 2 * HOUR_MS,
    demand: { expiresAt: NOON + 900_000 - HOUR_MS },
  });
  expect((await journal.deliveries.find('card'))?.wantedAt).toBe(NOON - HOUR_MS);
  expect(await journal.deliveries.rooms()).toEqual([
    { place: 'slack:C', pacedOut: NOON + 1000 - HOUR_MS, restUntil: NOON + 30_000 - HOUR_MS },
  ]);
  expect((await journal.audit.list({ limit: 1 }))[0]).toMatchObject({
    event: 'clock set back',
    detail: { byMs: HOUR_MS },
  });
});

it('notices at the next opening that the clock shows less than was seen, and moves as far', async () => {
  const soon = await asked('soon');
  await journal.time.saw(NOON + 5000);
  await journal.close();
  journal = await opened(NOON + 5000 - HOUR_MS);
  expect(journal.time.setBackBefore).toEqual({ byMs: HOUR_MS, changes: [soon.id] });
  expect((await journal.changes.find(soon.id))?.demand.expiresAt).toBe(NOON + 900_000 - HOUR_MS);
  await journal.close();
  journal = await opened(NOON + 6000 - HOUR_MS);
  expect(journal.time.setBackBefore).toBeUndefined();
});

it('moves a restore that lies ahead now: what people say from then on was not said before it', async () => {
  const copy = join(folder, 'copy.db');
  await journal.backUp(copy);
  await journal.close();
  await restoreFrom(copy, folder);
  journal = await opened(NOON);
  expect(journal.restored?.at).toBe(NOON);
  await journal.time.setBack(HOUR_MS, NOON - HOUR_MS);
  expect(journal.restored?.at).toBe(NOON - HOUR_MS);
  await journal.close();
  journal = await opened(NOON);
  expect(journal.restored?.at).toBe(NOON - HOUR_MS);
});

it('moves tries that lie ahead now, and none that were made before the clock went ahead', async () => {
  const tried = async (key: string, at: number): Promise<void> => {
    const { change } = await journal.changes.request(
      draft(key, { requestedAt: at, startBy: at + 1000 }),
      entry('change requested'),
    );
    await journal.changes.start(change.id, { at, budget: [] }, entry('change started'));
    const record = {
      change: change.id,
      step: '1',
      attempt: 1,
      owner: 'x',
      receipt: key,
      evidence: '{}',
      startedAt: at,
    };
    await journal.steps.begin(record, entry('step started'));
    await journal.changes.move(change.id, ['running'], {
      to: 'failed',
      patch: { endedAt: at },
      audit: entry('change failed'),
    });
  };
  await tried('before', NOON);
  // Two hours ahead, and two hours back again.
  await tried('ahead', NOON + 2 * HOUR_MS);
  await journal.time.setBack(2 * HOUR_MS, NOON + 1000);
  const tries = await journal.changes.tries({ verb: 'restart', component: 'karmabot/app@production' });
  expect(tries.map(({ at }) => at)).toEqual([NOON, NOON]);
});
