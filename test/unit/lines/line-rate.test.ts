import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { AuditEntry } from '../../../src/domain/audit-event.ts';
import { LineRate } from '../../../src/lines/line-rate.ts';
import { CountedAudit } from '../../../src/upkeep/counted-audit.ts';
import { NOON } from '../../contract/journal-samples.ts';

const SECOND = 1000;

describe('how fast an account may send lines', () => {
  it('takes a burst, then as many as a minute gives, and says so once a minute', () => {
    let now = NOON;
    const rate = new LineRate({ burst: 3, perMinute: 6 }, () => now);
    const taken = () => rate.take('ana');
    for (let line = 0; line < 3; line += 1) expect(taken()).toEqual({ kind: 'admitted' });
    expect([taken(), taken()]).toEqual([
      { kind: 'held', sayIt: true },
      { kind: 'held', sayIt: false },
    ]);
    expect(rate.take('ben')).toEqual({ kind: 'admitted' });
    now += 10 * SECOND;
    expect([taken().kind, taken().kind]).toEqual(['admitted', 'held']);
    now += 60 * SECOND;
    for (let line = 0; line < 3; line += 1) expect(taken().kind).toBe('admitted');
    expect(taken()).toEqual({ kind: 'held', sayIt: true });
    now -= 3600 * SECOND;
    expect(taken()).toEqual({ kind: 'held', sayIt: true });
  });

  it('gives back what came again, and remembers no more names than it must', () => {
    let now = NOON;
    const rate = new LineRate({ burst: 1, perMinute: 1 }, () => now);
    rate.take('ana');
    rate.giveBack('ana');
    expect(rate.take('ana').kind).toBe('admitted');
    for (let name = 0; name < 20_000; name += 1) {
      now += 1;
      rate.take(`stranger ${name}`);
    }
    expect(rate.take('stranger 19999').kind).toBe('held');
    expect(rate.size).toBeLessThanOrEqual(5000);
  });
});

describe('what anybody may cause is counted', () => {
  const counting = () => {
    const rows: AuditEntry[] = [];
    const clock = { now: NOON };
    const counted = new CountedAudit({
      append: async (entry) => void rows.push(entry),
      now: () => clock.now,
      onError: (error) => {
        throw error;
      },
    });
    const note = (kind: string): void =>
      counted.note(kind, { event: 'request refused', actor: 'x', detail: { why: kind } }, () => ({
        bytes: 1,
      }));
    return { rows, clock, counted, note, times: () => rows.map(({ detail }) => detail.times) };
  };

  it('the first at once, those of the same minute in one row', async () => {
    const { clock, counted, note, times, rows } = counting();
    for (let time = 0; time < 50; time += 1) note('forged');
    await counted.flush();
    expect(times()).toEqual([1]);
    expect(rows[0]?.detail).toEqual({ why: 'forged', bytes: 1, times: 1 });
    clock.now += 60_000;
    await counted.flush();
    expect(times()).toEqual([1, 49]);
    note('forged');
    await counted.flush(true);
    expect(times()).toEqual([1, 49, 1]);
  });

  it('loses none that comes while rows are written, and is through when the last of them stands', async () => {
    const { promise: disk, resolve: goOn } = Promise.withResolvers<void>();
    const rows: AuditEntry[] = [];
    const counted = new CountedAudit({
      append: async (entry) => {
        await disk;
        rows.push(entry);
      },
      now: () => NOON,
      onError: (error) => {
        throw error;
      },
    });
    const note = (kind: string): void =>
      counted.note(kind, { event: 'request refused', actor: 'x', detail: {} });
    for (const kind of ['a', 'b', 'a', 'b']) note(kind);
    let isThrough = false;
    const flushing = counted.flush(true).then(() => {
      isThrough = true;
    });
    for (const kind of ['a', 'b']) note(kind);
    await setImmediate();
    expect([isThrough, rows.length]).toEqual([false, 0]);
    goOn();
    await flushing;
    await counted.flush(true);
    expect(rows.reduce((sum, { detail }) => sum + Number(detail.times), 0)).toBe(6);
  });

  it('is through only when the row of the first of a kind stands', async () => {
    const { promise: disk, resolve: goOn } = Promise.withResolvers<void>();
    const counted = new CountedAudit({ append: () => disk, now: () => NOON, onError: () => {} });
    counted.note('a', { event: 'request refused', actor: 'x', detail: {} });
    const first = await Promise.race([counted.flush(true).then(() => 'through'), setImmediate('waits')]);
    goOn();
    expect(first).toBe('waits');
  });

  it('a kind too many is counted with the others', async () => {
    const { counted, note, times } = counting();
    for (let kind = 0; kind < 500; kind += 1) note(`kind ${kind}`);
    await counted.flush(true);
    expect(times().length).toBeLessThan(110);
    expect(times().reduce((sum: number, count) => sum + Number(count), 0)).toBe(500);
  });
});
