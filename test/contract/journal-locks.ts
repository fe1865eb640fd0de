import { expect, it } from 'vitest';
import type { Lock } from '../../src/domain/lock.ts';
import type { FreezeDraft, LockWait } from '../../src/workflow/lock-books.ts';
import type { Current } from './journal.ts';
import { auditEvents, draft, entry, NOON } from './journal-samples.ts';

const APP = 'karmabot/app@production';
const HOUR_MS = 3_600_000;

const lock = (holder: string, more: Partial<Lock> = {}): Lock => ({
  key: APP,
  holder,
  holderName: holder,
  reason: 'mongo upgrade',
  at: NOON,
  ...more,
});

const wait = (person: string, more: Partial<LockWait> = {}): LockWait => ({
  person,
  subject: 'karmabot/app@production',
  keys: [APP],
  conversation: { platform: 'slack', channel: 'C0OPS' },
  at: NOON,
  ...more,
});

const freeze = (requestKey: string, more: Partial<FreezeDraft> = {}): FreezeDraft => ({
  requestKey,
  until: NOON + HOUR_MS,
  reason: 'the demo',
  person: 'ana',
  personName: 'Ana',
  at: NOON,
  ...more,
});

/** Locks with an end and locks below a change, who waits for them, and freezes. */
export function locksContract(current: Current): void {
  const taken = entry('lock taken');
  const start = async (requester: string, at = NOON) => {
    const { changes } = current().journal;
    const { change } = await changes.request(
      draft(`by ${requester}`, { requester, startBy: at + HOUR_MS }),
      entry('change requested'),
    );
    return { change, result: await changes.start(change.id, { at }, entry('change started')) };
  };
  const end = (id: string) =>
    current().journal.changes.move(id, ['running'], {
      to: 'failed',
      patch: { endedAt: NOON + 9_000 },
      audit: entry('change failed'),
    });

  it('runs the change of whoever holds the lock under it, and gives it back at the end', async () => {
    const { locks } = current().journal;
    const own = lock('person:ana', { until: NOON + HOUR_MS });
    await locks.take([own], taken);
    const { change, result } = await start('ana', NOON + 1);
    expect(result.kind).toBe('started');
    const { key: _, ...below } = own;
    expect(await locks.all()).toMatchObject([{ key: APP, holder: change.id, under: below }]);
    expect(await locks.take([lock('person:ben')], taken)).toMatchObject({ holder: change.id });
    await end(change.id);
    expect(await locks.all()).toEqual([own]);
  });

  it('keeps the changes of everybody else away, also a second one of its holder', async () => {
    const { locks } = current().journal;
    await locks.take([lock('person:ana')], taken);
    expect((await start('ben')).result).toMatchObject({ kind: 'locked', lock: { holder: 'person:ana' } });
    const first = await start('ana');
    const { changes } = current().journal;
    const { change } = await changes.request(draft('again', { requester: 'ana' }), entry('change requested'));
    const second = await changes.start(change.id, { at: NOON }, entry('change started'));
    expect(second).toMatchObject({ kind: 'locked', lock: { holder: first.change.id } });
  });

  it('lets its holder let go, or say it again, while their change runs under it', async () => {
    const { locks } = current().journal;
    await locks.take([lock('person:ana')], taken);
    const { change } = await start('ana', NOON + 1);
    await locks.take([lock('person:ana', { reason: 'still at it', at: NOON + 2 })], taken);
    expect(await locks.all()).toMatchObject([
      { holder: change.id, under: { holder: 'person:ana', reason: 'still at it', at: NOON } },
    ]);
    expect(await locks.release([APP], 'person:ben', entry('lock released'))).toBe(0);
    expect(await locks.release([APP], 'person:ana', entry('lock released'))).toBe(1);
    const [standing] = await locks.all();
    expect(standing).toMatchObject({ holder: change.id });
    expect(standing).not.toHaveProperty('under');
    await end(change.id);
    expect(await locks.all()).toEqual([]);
  });

  it('frees what has come to its end, each on record, and nothing else', async () => {
    const { locks } = current().journal;
    await locks.take([lock('person:ana', { until: NOON + 1000 })], taken);
    await locks.take([lock('person:ana', { key: 'b/x@p' }), lock('person:ana', { key: 'c/x@p' })], taken);
    expect(await locks.expire(NOON + 999)).toEqual([]);
    expect(await locks.expire(NOON + 1000)).toMatchObject([{ key: APP, holder: 'person:ana' }]);
    expect(await locks.expire(NOON + 1000)).toEqual([]);
    expect((await locks.all()).map(({ key }) => key)).toEqual(['b/x@p', 'c/x@p']);
    const [record] = await current().journal.audit.list({ limit: 1 });
    expect(record).toMatchObject({
      event: 'lock released',
      actor: 'botswain',
      service: 'karmabot',
      subject: APP,
    });
  });

  it('a lock whose time is over is in nobody’s way, whether or not it was freed yet', async () => {
    const { locks } = current().journal;
    await locks.take([lock('person:ana', { until: NOON + 1000 })], taken);
    expect((await start('ben', NOON + 999)).result.kind).toBe('locked');
    const late = lock('person:ben', { at: NOON + 1000 });
    expect(await locks.take([late], taken)).toBeUndefined();
    expect(await locks.all()).toEqual([late]);
    expect(await auditEvents(current().journal)).toEqual([
      'lock taken',
      'change requested',
      'lock released',
      'lock taken',
    ]);
  });

  it('a lock below a change comes to its end, too', async () => {
    const { locks } = current().journal;
    await locks.take([lock('person:ana', { until: NOON + 1000 })], taken);
    const { change } = await start('ana');
    expect(await locks.expire(NOON + 1000)).toHaveLength(1);
    expect((await locks.all()).map(({ holder }) => holder)).toEqual([change.id]);
    await end(change.id);
    expect(await locks.all()).toEqual([]);
  });

  it('two who lock at once: one of them, and the other is told who', async () => {
    const { locks } = current().journal;
    const both = await Promise.all(['person:ana', 'person:ben'].map((who) => locks.take([lock(who)], taken)));
    const [standing] = await locks.all();
    expect(both.filter((each) => each === undefined)).toHaveLength(1);
    expect(both.find((each) => each !== undefined)).toEqual(standing);
  });

  it('remembers who wants to be told, each once a subject', async () => {
    const { lockWaits } = current().journal;
    await lockWaits.add(wait('ana'));
    await lockWaits.add(wait('ben', { at: NOON + 1 }));
    await lockWaits.told(wait('ana'), 'free ana 1');
    await lockWaits.told(wait('ben', { at: NOON }), 'an earlier wish of his');
    const after = await current().reopen();
    expect(await after.lockWaits.all()).toEqual([
      wait('ana', { told: 'free ana 1' }),
      wait('ben', { at: NOON + 1 }),
    ]);
    await after.lockWaits.add(wait('ana', { at: NOON + 2 }));
    await after.lockWaits.forget(wait('ana', { at: NOON }));
    await after.lockWaits.forget(wait('ben', { at: NOON + 1 }));
    expect(await after.lockWaits.all()).toEqual([wait('ana', { at: NOON + 2 })]);
  });

  it('keeps freezes until they end or are lifted, one a request', async () => {
    const { freezes } = current().journal;
    const set = entry('freeze set');
    const places = [{ service: 'karmabot', component: 'app', environment: 'production' }];
    const first = await freezes.add(freeze('slack:1', { places }), set);
    expect(first).toMatchObject({ id: 'F-1', places, until: NOON + HOUR_MS });
    expect(await freezes.add(freeze('slack:1'), set)).toEqual(first);
    const second = await freezes.add(freeze('slack:2', { until: NOON + 1000 }), set);
    expect(second.id).toBe('F-2');
    const after = await current().reopen();
    expect(await after.freezes.standing(NOON)).toEqual([first, second]);
    expect(await after.freezes.standing(NOON + 1000)).toEqual([first]);
    const lifted = entry('freeze lifted');
    expect(await after.freezes.lift('F-2', NOON + 1000, lifted)).toBeUndefined();
    expect(await after.freezes.lift('F-1', NOON + 5, lifted)).toEqual({ ...first, liftedAt: NOON + 5 });
    expect(await after.freezes.lift('F-1', NOON + 6, lifted)).toBeUndefined();
    expect(await after.freezes.standing(NOON)).toEqual([second]);
    expect(await after.freezes.find('F-1')).toEqual({ ...first, liftedAt: NOON + 5 });
    expect(await after.freezes.find('F-9')).toBeUndefined();
    expect(await auditEvents(after)).toEqual(['freeze set', 'freeze set', 'freeze lifted']);
  });
}
