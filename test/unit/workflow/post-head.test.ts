import { rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DateTime } from 'luxon';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { appendHead, readHeads } from '../../../src/store/audit-heads.ts';
import { dayDue, postHead } from '../../../src/workflow/post-head.ts';
import { entry } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';

const SLACK = { platform: 'slack', channel: 'C0OPS' } as const;
const CONSOLE = { platform: 'console', channel: 'console' } as const;
const at = (iso: string): number => DateTime.fromISO(iso, { zone: 'UTC' }).toMillis();

describe('posting the head of the audit', () => {
  let bench: Awaited<ReturnType<typeof sqliteBench>>;
  let now = 0;
  let errors: unknown[] = [];
  beforeEach(async () => {
    bench = await sqliteBench();
    now = at('2026-11-20T08:00');
    errors = [];
    await bench.journal.audit.append({ ...entry('line answered'), at: now });
  });
  afterEach(() => bench.remove());

  const path = (): string => join(bench.folder, 'heads', 'audit-heads.log');
  const post = (file = path()): Promise<void> =>
    postHead({
      journal: bench.journal,
      wakeups: { nudge: () => {} },
      places: [CONSOLE, SLACK],
      heads: {
        path: file,
        read: () => readHeads(file) ?? [],
        append: (head, when) => appendHead(file, head, when),
      },
      timezone: 'UTC',
      postAtMinutes: 9 * 60,
      now: () => now,
      onError: (error) => void errors.push(error),
    });
  const said = async (prefix: string): Promise<readonly string[]> =>
    (await bench.journal.deliveries.withPrefix(prefix)).map(({ key }) => key).toSorted();

  it('waits for the hour, then says it once in each channel and notes it in the file', async () => {
    await post();
    expect(await said('audit ')).toEqual([]);
    now = at('2026-11-20T09:00');
    await post();
    await post();
    now = at('2026-11-20T23:59');
    await bench.reopen();
    await post();
    expect(await said('audit ')).toEqual([
      'audit head 2026-11-20 console:console',
      'audit head 2026-11-20 slack:C0OPS',
    ]);
    expect(readHeads(path())).toHaveLength(1);
    expect((await stat(path())).mode & 0o777).toBe(0o600);
    now = at('2026-11-21T09:30');
    await post();
    expect(await said('audit head 2026-11-21')).toHaveLength(2);
    const [first, second] = readHeads(path()) ?? [];
    expect(await bench.journal.audit.verify([first, second].flatMap((head) => head ?? []))).toMatchObject({
      kind: 'succeeded',
    });
    expect(errors).toEqual([]);
  });

  it('has nothing to say of a journal that began after the hour', async () => {
    const fresh = await sqliteBench();
    now = at('2026-11-20T10:00');
    await fresh.journal.audit.append({ ...entry('bot started'), at: now });
    const old = bench;
    bench = fresh;
    await post();
    expect(await said('audit ')).toEqual([]);
    await fresh.remove();
    bench = old;
  });

  it('posts the head although the file cannot be written, and says that', async () => {
    now = at('2026-11-20T09:00');
    await post(join(bench.folder, 'botswain.db', 'heads.log'));
    expect(errors).toHaveLength(1);
    const [delivery] = await bench.journal.deliveries.withPrefix('audit head 2026-11-20 slack');
    expect(JSON.stringify(delivery?.message)).toContain('could not be appended');
  });

  it('says that the audit is broken instead, at once, and once a day', async () => {
    now = at('2026-11-20T09:00');
    await post();
    await writeFile(join(bench.folder, 'audit-head.broken'), 'record 4 is missing\n');
    now = at('2026-11-21T03:00');
    await post();
    await post();
    expect(await said('audit broken')).toEqual([
      'audit broken 2026-11-21 console:console',
      'audit broken 2026-11-21 slack:C0OPS',
    ]);
    const [delivery] = await bench.journal.deliveries.withPrefix('audit broken 2026-11-21 slack');
    expect(delivery).toMatchObject({ lane: 'P0', message: { tone: 'bad' } });
    expect(JSON.stringify(delivery?.message)).toContain('record 4 is missing');
    now = at('2026-11-21T09:00');
    await post();
    expect(await said('audit head 2026-11-21')).toEqual([]);
    await rm(join(bench.folder, 'audit-head.broken'));
    now = at('2026-11-22T09:00');
    await post();
    expect(await said('audit head 2026-11-22')).toHaveLength(2);
  });

  it('says that the audit is broken when a head that was noted is not in it any more', async () => {
    now = at('2026-11-20T09:00');
    appendHead(path(), { sequence: 1, hash: 'a'.repeat(64) }, now);
    await post();
    const [delivery] = await bench.journal.deliveries.withPrefix('audit broken 2026-11-20 slack');
    expect(JSON.stringify(delivery?.message)).toMatch(
      /record 1 is not what was written: .*heads\.log, line 1/,
    );
  });
});

describe('the hour of posting', () => {
  it.each([
    ['2026-11-20T08:59', undefined],
    ['2026-11-20T09:00', '2026-11-20'],
    ['2026-11-20T23:59', '2026-11-20'],
    // 02:30 is skipped on this day; the clock goes on at 03:00.
    ['2026-03-29T03:30', '2026-03-29', 150],
    // 02:30 comes twice: once is enough, and the key holds that.
    ['2026-10-25T02:30', '2026-10-25', 150],
  ])('at %s in Berlin it is due: %s', (when, day, minutes = 540) => {
    const now = DateTime.fromISO(when, { zone: 'Europe/Berlin' }).toMillis();
    expect(dayDue(now, 'Europe/Berlin', minutes)?.day).toBe(day);
  });
});
