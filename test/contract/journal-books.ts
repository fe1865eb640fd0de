import { expect, it } from 'vitest';
import type { Lock } from '../../src/domain/lock.ts';
import type { Current } from './journal.ts';
import { auditEvents, draft, entry, incoming, NOON } from './journal-samples.ts';

const lock = (key: string, holder: string, more: Partial<Lock> = {}): Lock => ({
  key,
  holder,
  holderName: holder,
  reason: 'mongo upgrade',
  at: NOON,
  ...more,
});

/** Inbox, locks, check states and tokens. */
export function booksContract(current: Current): void {
  it('accepts what comes in once, and gives back what is not done, oldest first', async () => {
    const { inbox } = current().journal;
    const odd = { ...incoming('slack:b', 'status \u0000 \ud83d ünï'), replyHandle: 'https://x/1' };
    expect(await inbox.accept(odd, NOON)).toBe(true);
    expect(await inbox.accept(incoming('slack:a'), NOON)).toBe(true);
    const twice = await Promise.all([1, 2].map(() => inbox.accept(incoming('telegram:7'), NOON)));
    expect(twice).toEqual([true, false]);
    await inbox.done('slack:a');
    expect(await inbox.accept(incoming('slack:a'), NOON + 5)).toBe(false);
    const after = await current().reopen();
    expect(await after.inbox.pending()).toEqual([odd, incoming('telegram:7')]);
  });

  it('takes all locks or none, and tells the first in the way', async () => {
    const { locks } = current().journal;
    const taken = entry('lock taken');
    expect(await locks.take([lock('b/x@p', 'person:ben')], taken)).toBeUndefined();
    const wanted = [lock('c/x@p', 'person:ana'), lock('b/x@p', 'person:ana'), lock('a/x@p', 'person:ana')];
    expect(await locks.take(wanted, taken)).toEqual(lock('b/x@p', 'person:ben'));
    expect(await locks.all()).toEqual([lock('b/x@p', 'person:ben')]);
    expect(await auditEvents(current().journal)).toEqual(['lock taken']);
  });

  it('lets the same holder say it again, and gives one of two that want it at once', async () => {
    const { locks } = current().journal;
    const taken = entry('lock taken');
    const results = await Promise.all([
      locks.take([lock('a/x@p', 'person:ana')], taken),
      locks.take([lock('a/x@p', 'person:ben')], taken),
    ]);
    expect(results).toEqual([undefined, lock('a/x@p', 'person:ana')]);
    const again = lock('a/x@p', 'person:ana', { reason: 'still at it', at: NOON + 9_000 });
    expect(await locks.take([again], taken)).toBeUndefined();
    expect(await locks.all()).toEqual([{ ...again, at: NOON }]);
  });

  it('releases only what the holder holds, and is in the way of changes until then', async () => {
    const { locks, changes } = current().journal;
    const released = entry('lock released');
    await locks.take([lock('karmabot/app@production', 'person:ben')], entry('lock taken'));
    await changes.request(draft('a'), entry('change requested'));
    const start = () => changes.start('C-1', { at: NOON }, entry('change started'));
    expect(await start()).toMatchObject({ kind: 'locked', lock: { holder: 'person:ben' } });
    expect(await locks.release(['karmabot/app@production'], 'person:ana', released)).toBe(0);
    expect(await locks.release([], 'person:ben', released)).toBe(0);
    expect(await locks.release(['karmabot/app@production', 'x/y@p'], 'person:ben', released)).toBe(1);
    expect((await start()).kind).toBe('started');
    expect(await auditEvents(current().journal)).toEqual([
      'lock taken',
      'change requested',
      'lock released',
      'change started',
    ]);
  });

  it('remembers what the checks last saw', async () => {
    const { checks } = current().journal;
    const seen = (key: string, verdict: 'pass' | 'fail') => ({
      key,
      verdict,
      since: NOON,
      last: { verdict, summary: 'HTTP 200 in 41 ms', at: NOON },
      streak: 0,
    });
    await checks.save([seen('karmabot/web@production', 'pass'), seen('a/b@c', 'pass')]);
    await checks.save([seen('karmabot/web@production', 'fail')]);
    await checks.save([]);
    const after = await current().reopen();
    expect(await after.checks.all()).toEqual([
      seen('a/b@c', 'pass'),
      seen('karmabot/web@production', 'fail'),
    ]);
  });

  it('keeps the latest turns of each verdict, a hundred of them, for a year and a bit', async () => {
    const { checks } = current().journal;
    const turn = (key: string, at: number, verdict: 'pass' | 'fail' = 'fail') =>
      checks.turned({ key, verdict, since: at, last: { verdict, summary: `at ${at}`, at }, streak: 0 });
    await turn('a:web@p', NOON - 500 * 86_400_000);
    await turn('b:web@p', NOON);
    for (let round = 0; round < 120; round += 1)
      await turn('a:web@p', NOON + round, round % 2 ? 'pass' : 'fail');
    const after = await current().reopen();
    expect(await after.checks.history('a:web@p', 2)).toEqual([
      { verdict: 'pass', summary: `at ${NOON + 119}`, at: NOON + 119 },
      { verdict: 'fail', summary: `at ${NOON + 118}`, at: NOON + 118 },
    ]);
    expect(await after.checks.history('a:web@p', 500)).toHaveLength(100);
    expect(await after.checks.history('b:web@p', 500)).toHaveLength(1);
    expect((await after.checks.all()).find(({ key }) => key === 'a:web@p')).toMatchObject({
      since: NOON + 119,
    });
  });

  it('remembers what was heard of programs, and since when they were silent', async () => {
    const { heartbeats } = current().journal;
    expect(await heartbeats.find('x')).toBeUndefined();
    await heartbeats.noteLate('x', NOON);
    await heartbeats.noteLate('x', NOON + 5);
    expect(await heartbeats.find('x')).toEqual({ name: 'x', note: '', lateSince: NOON });
    await heartbeats.note({ name: 'x', kind: 'start', at: NOON + 10, note: 'a' });
    await heartbeats.note({ name: 'x', kind: 'beat', at: NOON + 20, note: 'b' });
    await heartbeats.note({ name: 'y', kind: 'fail', at: NOON, note: 'c' });
    const after = await current().reopen();
    expect(await after.heartbeats.find('x')).toEqual({
      name: 'x',
      note: 'b',
      startedAt: NOON + 10,
      beatAt: NOON + 20,
    });
    expect(await after.heartbeats.find('y')).toMatchObject({ failedAt: NOON });
  });

  it('turns long lines into short tokens that outlive a restart', async () => {
    const { tokens } = current().journal;
    const line = `approve C-1 ${'f'.repeat(64)}`;
    const token = await tokens.issue(line, NOON);
    expect(token).toMatch(/^[A-Za-z0-9_-]{1,40}$/);
    expect(await tokens.issue(line, NOON + 5)).toBe(token);
    expect(await tokens.issue(`deny C-1 ${'f'.repeat(64)}`, NOON)).not.toBe(token);
    const after = await current().reopen();
    expect(await after.tokens.lineOf(token)).toBe(line);
    expect(await after.tokens.lineOf('nothing')).toBeUndefined();
  });
  it('links an account by a code that works once, in the place of the one before', async () => {
    const { accountLinks } = current().journal;
    const by = (account: string) => ({ platform: 'telegram', account, at: NOON });
    await accountLinks.offer('11112222', 'ana', NOON + 600_000);
    expect(await accountLinks.offeredTo('11112222', NOON)).toBe('ana');
    expect(await accountLinks.offeredTo('11112222', NOON + 600_000)).toBeUndefined();
    expect(await accountLinks.offeredTo('00000000', NOON)).toBeUndefined();
    expect(await accountLinks.take('11112222', by('111'))).toBe('ana');
    expect(await accountLinks.take('11112222', by('666'))).toBeUndefined();
    await accountLinks.offer('33334444', 'ana', NOON + 600_000);
    await accountLinks.take('33334444', by('222'));
    const after = await current().reopen();
    expect(await after.accountLinks.all()).toEqual([{ ...by('222'), person: 'ana' }]);
    expect(await auditEvents(after)).toEqual(['account linked', 'account unlinked', 'account linked']);
  });

  it('removes what one person linked, on one platform or everywhere', async () => {
    const { accountLinks } = current().journal;
    for (const [code, person, platform] of [
      ['11112222', 'ana', 'telegram'],
      ['33334444', 'ana', 'slack'],
      ['55556666', 'ben', 'telegram'],
    ] as const) {
      await accountLinks.offer(code, person, NOON + 600_000);
      await accountLinks.take(code, { platform, account: code, at: NOON });
    }
    const removed = await accountLinks.remove({ person: 'ana', platform: 'telegram', at: NOON });
    expect(removed.map(({ account }) => account)).toEqual(['11112222']);
    expect(await accountLinks.remove({ person: 'ana', platform: 'telegram', at: NOON })).toEqual([]);
    expect(await accountLinks.remove({ person: 'ana', at: NOON })).toHaveLength(1);
    const after = await current().reopen();
    expect((await after.accountLinks.all()).map(({ person }) => person)).toEqual(['ben']);
  });

  it('knows until when everything was heard', async () => {
    const { time } = current().journal;
    expect(await time.heard()).toBeUndefined();
    await time.noteHeard(NOON);
    await time.noteHeard(NOON + 60_000);
    expect(await (await current().reopen()).time.heard()).toBe(NOON + 60_000);
  });
}
