import { existsSync } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { OpenJournal } from '../../src/store/open-journal.ts';
import { StoreError } from '../../src/workflow/journal.ts';
import {
  auditEvents,
  decision,
  draft,
  entry,
  incoming,
  message,
  NOON,
  runningChange,
  step,
  wentWell,
} from '../contract/journal-samples.ts';
import { opened } from '../contract/journal-sqlite.ts';
import { describeWith } from '../rig/rig.ts';
import { mountTmpfs, type Tmpfs } from '../rig/tmpfs.ts';

const MIB = 1024 * 1024;

describeWith(['tmpfs'], 'the journal on a full disk', () => {
  let disk: Tmpfs;
  let journal: OpenJournal;
  const ballast = () => join(disk.folder, 'ballast');
  const reserve = () => join(disk.folder, 'data', 'reserve');

  beforeEach(async () => {
    disk = await mountTmpfs(16 * MIB);
    journal = await opened(join(disk.folder, 'data'));
  });
  afterEach(async () => {
    await journal.close();
    await disk.unmount();
  });

  async function fillDisk(): Promise<void> {
    const file = await open(ballast(), 'a');
    try {
      for (let size = MIB; size >= 4_096; ) {
        const wrote = await file.write(Buffer.alloc(size, 1)).catch(() => undefined);
        if (wrote === undefined || wrote.bytesWritten < size) size /= 4;
      }
    } finally {
      await file.close();
    }
  }

  const refusal = async (write: Promise<unknown>): Promise<string> => {
    const error = await write.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return error instanceof StoreError ? error.code : `no StoreError: ${String(error)}`;
  };

  /** Everything that can be read, to see that nothing was half done. */
  const seen = async () => ({
    changes: await journal.changes.list({ limit: 500 }),
    steps: await Promise.all(['C-1', 'C-2', 'C-3'].map((id) => journal.steps.ofChange(id))),
    decisions: await journal.changes.decisions('C-3'),
    locks: await journal.locks.all(),
    inbox: await journal.inbox.pending(),
    checks: await journal.checks.all(),
    audit: await journal.audit.list({ limit: 10_000 }),
  });

  async function prepare(): Promise<void> {
    await runningChange(journal, 'a');
    await journal.steps.begin(step('C-1'), entry('step started'));
    await journal.changes.request(draft('b', { keys: ['leavebot/app'] }), entry('change requested'));
    await journal.changes.request(draft('c', { approvals: 1 }), entry('change requested'));
  }

  const newWork = (): readonly [string, () => Promise<unknown>][] => {
    const c3 = { id: 'C-3', digest: draft('c', { approvals: 1 }).digest };
    const verdict = { verdict: 'pass', summary: 'x', at: NOON } as const;
    return [
      ['inbox.accept', () => journal.inbox.accept(incoming('slack:new'), NOON)],
      ['changes.request', () => journal.changes.request(draft('d'), entry('change requested'))],
      ['changes.start', () => journal.changes.start('C-2', { at: NOON + 1 }, entry('change started'))],
      [
        'changes.decide',
        () => journal.changes.decide(decision(c3, 'ben'), { startWithinMs: 1 }, entry('change approved')),
      ],
      ['steps.begin', () => journal.steps.begin(step('C-1', { step: '2' }), entry('step started'))],
      [
        'locks.take',
        () =>
          journal.locks.take(
            [{ key: 'x/y@z', holder: 'person:ana', holderName: 'Ana', reason: '', at: NOON }],
            entry('lock taken'),
          ),
      ],
      ['audit.append', () => journal.audit.append(entry('line answered'))],
      [
        'checks.save',
        () => journal.checks.save([{ key: 'k', ...verdict, since: NOON, last: verdict, streak: 0 }]),
      ],
      ['tokens.issue', () => journal.tokens.issue('approve C-3', NOON)],
    ];
  };

  it('refuses everything new, whole, and takes it again once there is space, without a restart', async () => {
    await prepare();
    const before = await seen();
    await fillDisk();
    for (const [name, write] of newWork())
      expect([name, await refusal(write())]).toEqual([name, 'STORE_FULL']);
    expect(await seen()).toEqual(before);
    expect((await journal.audit.verify()).kind).toBe('succeeded');
    expect(existsSync(reserve())).toBe(true);
    await rm(ballast());
    for (const [name, write] of newWork())
      expect([name, await refusal(write())]).toEqual([name, expect.stringContaining('no StoreError')]);
  });

  it('still writes down how what was begun ended, out of the reserve, and takes the reserve back', async () => {
    await prepare();
    await fillDisk();
    expect(await journal.steps.finish(step('C-1'), wentWell, entry('step succeeded'))).toBe(true);
    expect(existsSync(reserve())).toBe(false);
    // The reserve is for ends: a beginning does not get it.
    expect(await refusal(journal.inbox.accept(incoming('slack:new'), NOON))).toBe('STORE_FULL');
    const move = { to: 'failed', patch: { code: 'STORE_FULL' }, audit: entry('change failed') } as const;
    expect((await journal.changes.move('C-1', ['running'], move))?.state).toBe('failed');
    expect(await journal.locks.all()).toEqual([]);

    await journal.close();
    journal = await opened(join(disk.folder, 'data'));
    expect(await journal.changes.find('C-1')).toMatchObject({ state: 'failed', code: 'STORE_FULL' });
    expect(await refusal(journal.inbox.accept(incoming('slack:new'), NOON))).toBe('STORE_FULL');
    await rm(ballast());
    expect(await journal.inbox.accept(incoming('slack:new'), NOON)).toBe(true);
    expect(existsSync(reserve())).toBe(true);
    expect((await auditEvents(journal)).slice(-2)).toEqual(['step succeeded', 'change failed']);
  });

  it('stays whole when the reserve is used up too', async () => {
    await prepare();
    await fillDisk();
    let taken = 0;
    for (; taken < 2_000; taken += 1) {
      const key = `C-${taken} card`;
      const wish = {
        key,
        conversation: { platform: 'slack', channel: 'C' },
        message: message('x'.repeat(20_000)),
      } as const;
      const code = await refusal(journal.deliveries.want(wish, NOON));
      if (code === 'STORE_FULL') break;
    }
    expect(taken).toBeGreaterThan(10);
    expect(taken).toBeLessThan(2_000);
    expect(await journal.deliveries.find(`C-${taken} card`)).toBeUndefined();
    expect(await journal.deliveries.find(`C-${taken - 1} card`)).toBeDefined();
    expect((await journal.audit.verify()).kind).toBe('succeeded');
    await rm(ballast());
    expect(await journal.steps.finish(step('C-1'), wentWell, entry('step succeeded'))).toBe(true);
  });

  it('says that the disk is full when it is to open a new journal there', async () => {
    await journal.close();
    await rm(join(disk.folder, 'data'), { recursive: true });
    await fillDisk();
    await expect(opened(join(disk.folder, 'data'))).rejects.toThrow(/STORE_FULL/);
    await rm(ballast());
    journal = await opened(join(disk.folder, 'data'));
  });
});
