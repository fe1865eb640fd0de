import { describe, expect, it } from 'vitest';
import { heartbeatCheckKind } from '../../../src/checks/heartbeat.ts';
import { failed } from '../../../src/domain/outcome.ts';
import { listenForHeartbeats } from '../../../src/workflow/heartbeats.ts';
import { StoreError } from '../../../src/workflow/journal.ts';
import { NOON } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';

const MINUTE = 60_000;

/** A program that calls a Botswain that can be stopped and started again on the same journal. */
async function stage(settings: object = {}) {
  const bench = await sqliteBench();
  let now = NOON;
  let listening = listenForHeartbeats({ book: bench.journal.heartbeats, now: () => now });
  const given = { name: 'nightly', within: '5m', grace: '1m', ...settings };
  return {
    remove: () => bench.remove(),
    pass: (minutes: number): void => {
      now += minutes * MINUTE;
    },
    restart: (): void => {
      listening = listenForHeartbeats({ book: bench.journal.heartbeats, now: () => now });
    },
    call: (kind: 'beat' | 'start' | 'fail' = 'beat', note = '') =>
      listening.take({ name: 'nightly', kind, note }),
    look: () =>
      heartbeatCheckKind
        .bind(given, {
          componentStatus: async () => failed('TARGET_NOT_FOUND', 'none'),
          secret: () => failed('CONFIG_SECRET_MISSING', 'none'),
          now: () => now,
          heartbeats: listening,
        })
        .look(AbortSignal.timeout(2_000)),
  };
}

describe('the heartbeat check', () => {
  it('passes, warns and fails as the silence grows, and recovers with a call', async () => {
    const { call, look, pass, remove } = await stage();
    expect(await look()).toMatchObject({
      verdict: 'unknown',
      summary: expect.stringContaining('never heard of'),
    });
    await call();
    pass(5);
    expect(await look()).toEqual({ verdict: 'pass', summary: 'nightly: last heard of 5m ago' });
    pass(1);
    expect(await look()).toMatchObject({
      verdict: 'warn',
      summary: 'nightly: late: last heard of 6m ago, expected every 5m',
    });
    pass(1);
    expect(await look()).toMatchObject({
      verdict: 'fail',
      summary: 'nightly: silent: last heard of 7m ago, expected every 5m',
    });
    await call('beat', 'back again');
    expect(await look()).toEqual({ verdict: 'pass', summary: 'nightly: last heard of 0s ago: back again' });
    await remove();
  });

  it('fails when nobody ever called', async () => {
    const { look, pass, remove } = await stage();
    pass(7);
    expect(await look()).toMatchObject({
      verdict: 'fail',
      summary: expect.stringContaining('never heard of'),
    });
    await remove();
  });

  it('fails at once for /fail, with its words', async () => {
    const { call, look, pass, remove } = await stage();
    await call();
    pass(1);
    await call('fail', 'exit code 3');
    expect(await look()).toEqual({
      verdict: 'fail',
      summary: 'nightly: it said 0s ago that it went wrong: exit code 3',
    });
    await remove();
  });

  it('gives a /start its time, and fails when no end comes', async () => {
    const { call, look, pass, remove } = await stage({ max: '30m' });
    await call('start');
    pass(29);
    expect(await look()).toMatchObject({
      verdict: 'pass',
      summary: expect.stringContaining('has not ended yet'),
    });
    pass(2);
    expect(await look()).toMatchObject({ verdict: 'fail', summary: expect.stringContaining('may take 30m') });
    await call();
    expect(await look()).toMatchObject({ verdict: 'pass' });
    await remove();
  });

  it('raises no alarm for calls that came while Botswain was down, but waits no longer than otherwise', async () => {
    const { call, look, pass, restart, remove } = await stage();
    await call();
    pass(60);
    restart();
    expect(await look()).toMatchObject({
      verdict: 'unknown',
      summary: expect.stringContaining('nobody listened'),
    });
    pass(6);
    expect(await look()).toMatchObject({ verdict: 'unknown' });
    pass(1);
    expect(await look()).toMatchObject({ verdict: 'fail' });
    await remove();
  });

  it('forgets no silence by a restart', async () => {
    const { call, look, pass, restart, remove } = await stage();
    await call();
    pass(7);
    expect(await look()).toMatchObject({ verdict: 'fail' });
    restart();
    expect(await look()).toMatchObject({ verdict: 'fail', summary: expect.stringContaining('silent') });
    await call();
    restart();
    expect(await look()).toMatchObject({ verdict: 'pass' });
    await remove();
  });

  it('writes a flood of the same call once a second, and says when it cannot write', async () => {
    const bench = await sqliteBench();
    let writes = 0;
    const book = {
      ...bench.journal.heartbeats,
      note: async () => {
        writes += 1;
        if (writes === 2) throw new StoreError('STORE_FULL', 'no space');
      },
    };
    let now = NOON;
    const { take } = listenForHeartbeats({ book, now: () => now });
    const beat = { name: 'x', kind: 'beat', note: '' } as const;
    for (let round = 0; round < 50; round += 1) await take(beat);
    expect(writes).toBe(1);
    await expect(take({ ...beat, kind: 'fail' })).rejects.toThrow('no space');
    now += 1_000;
    await take(beat);
    expect(writes).toBe(3);
    await bench.remove();
  });
});
