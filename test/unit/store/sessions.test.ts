import { afterEach, beforeEach, expect, it } from 'vitest';
import { NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';

let bench: Awaited<ReturnType<typeof sqliteBench>>;
beforeEach(async () => {
  bench = await sqliteBench();
});
afterEach(() => bench.remove());

it('gives a link to the first browser that claims it, also over a restart', async () => {
  const { sessions } = bench.journal;
  const now = Date.now();
  await sessions.saveLink({ tokenHash: 'link', person: 'ana', expiresAt: now + 1_000 });
  const claims = await Promise.all(
    ['one', 'two'].map((usedBy) => sessions.claimLink({ tokenHash: 'link', usedBy, usedAt: NOON })),
  );
  const claimed = { tokenHash: 'link', person: 'ana', expiresAt: now + 1_000, usedBy: 'one', usedAt: NOON };
  expect(claims).toEqual([claimed, claimed]);
  const after = await bench.reopen();
  expect(await after.sessions.claimLink({ tokenHash: 'link', usedBy: 'two', usedAt: NOON + 1 })).toEqual(
    claimed,
  );
  expect(await after.sessions.claimLink({ tokenHash: 'none', usedBy: 'two', usedAt: NOON })).toBeUndefined();
});

it('keeps sessions until they end, and forgets long dead ones at a start', async () => {
  const { sessions } = bench.journal;
  const now = Date.now();
  const alive = { tokenHash: 'alive', person: 'ana', createdAt: now, seenAt: now };
  await sessions.saveSession(alive);
  await sessions.saveSession({ ...alive, tokenHash: 'ended' });
  await sessions.saveSession({ ...alive, tokenHash: 'dead', seenAt: now - 15 * 24 * 3_600_000 });
  await sessions.endSession('ended');
  expect(await sessions.session('dead')).toBeDefined();
  await sessions.touchSession('alive', now + 5);
  const after = await bench.reopen();
  expect(await after.sessions.session('alive')).toEqual({ ...alive, seenAt: now + 5 });
  expect(await after.sessions.session('ended')).toBeUndefined();
  expect(await after.sessions.session('dead')).toBeUndefined();
});
