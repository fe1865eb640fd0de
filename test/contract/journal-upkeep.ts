import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { changeAudit } from '../../src/workflow/change-ending.ts';
import type { Current } from './journal.ts';
import { draft, entry, incoming, message, NOON } from './journal-samples.ts';

const DAY_MS = 24 * 60 * 60_000;
const CONSOLE = { platform: 'console', channel: 'operations' } as const;

/** Forgetting, counting, and copying. */
export function upkeepContract(current: Current): void {
  const ended = async (key: string, at: number): Promise<string> => {
    const { changes } = current().journal;
    const { change } = await changes.request(draft(key, { requestedAt: at }), entry('change requested'));
    const audit = changeAudit(change, 'change cancelled', { at });
    await changes.move(change.id, ['requested'], { to: 'cancelled', patch: { endedAt: at }, audit });
    return change.id;
  };

  it('forgets ended changes and delivered messages of old, and never what goes on, nor the audit', async () => {
    const { journal } = current();
    const old = await ended('old', NOON - 500 * DAY_MS);
    const young = await ended('young', NOON);
    const open = (
      await journal.changes.request(
        draft('open', { requestedAt: NOON - 500 * DAY_MS }),
        entry('change requested'),
      )
    ).change.id;
    for (const [key, at] of [
      ['old', NOON - 100 * DAY_MS],
      ['young', NOON],
      ['undelivered', NOON - 100 * DAY_MS],
      [`${old} card console:operations`, NOON - 500 * DAY_MS],
      [`${open} card console:operations`, NOON - 500 * DAY_MS],
      [`${young} card console:operations`, NOON - 100 * DAY_MS],
    ] as const)
      await journal.deliveries.want({ key, conversation: CONSOLE, message: message(key) }, at);
    for (const key of ['old', 'young', ...[old, open, young].map((id) => `${id} card console:operations`)])
      await journal.deliveries.delivered(key, 1, { ...CONSOLE, message: key });
    const token = await journal.tokens.issue('status', NOON - 100 * DAY_MS);
    const before = await journal.audit.list({ limit: 100 });
    const pruned = await journal.prune({ chats: NOON - 90 * DAY_MS, changes: NOON - 400 * DAY_MS });
    expect(pruned).toEqual({ messages: 2, entries: 0, buttons: 1, changes: 1, incidents: 0, alerts: 0 });
    expect(await journal.changes.find(old)).toBeUndefined();
    expect(await journal.changes.find(young)).toBeDefined();
    expect(await journal.changes.find(open)).toBeDefined();
    expect(await journal.deliveries.find('old')).toBeUndefined();
    expect(await journal.deliveries.find('undelivered')).toBeDefined();
    // Without its card a change would be shown anew at the next start.
    for (const id of [open, young])
      expect(await journal.deliveries.find(`${id} card console:operations`)).toBeDefined();
    expect(await journal.deliveries.find(`${old} card console:operations`)).toBeUndefined();
    expect(await journal.tokens.lineOf(token)).toBeUndefined();
    const after = await journal.audit.list({ limit: 100 });
    expect(after.slice(1)).toEqual(before);
    expect(after[0]).toMatchObject({ event: 'journal pruned', detail: pruned });
    expect(await journal.audit.verify()).toMatchObject({ kind: 'succeeded' });
    // Nothing more to forget: nothing to record.
    await journal.prune({ chats: NOON - 90 * DAY_MS, changes: NOON - 400 * DAY_MS });
    expect(await journal.audit.list({ limit: 100 })).toHaveLength(after.length);
  });

  it('forgets a thread of the console as a whole, once it has been quiet for so long', async () => {
    const { feed } = current().journal;
    const content = { kind: 'message', message: message('x') } as const;
    const root = await feed.append({ content });
    const reply = await feed.append({ content, thread: root.id });
    const other = await feed.append({ content });
    expect(await current().journal.prune({ chats: other.at + 1, changes: 0 })).toMatchObject({ entries: 3 });
    expect(await feed.entry(reply.id, 'ana')).toBeUndefined();
    const quiet = await feed.append({ content });
    expect(await current().journal.prune({ chats: quiet.at, changes: 0 })).toMatchObject({ entries: 0 });
  });

  it('keeps the button that is shown again', async () => {
    const { journal } = current();
    const token = await journal.tokens.issue('status', NOON - 100 * DAY_MS);
    expect(await journal.tokens.issue('status', NOON)).toBe(token);
    await journal.prune({ chats: NOON - 90 * DAY_MS, changes: 0 });
    expect(await journal.tokens.lineOf(token)).toBe('status');
  });

  it('forgets many in portions', async () => {
    const { journal } = current();
    for (let index = 0; index < 450; index += 1)
      await journal.tokens.issue(`status ${index}`, NOON - 100 * DAY_MS);
    const pruned = await journal.prune({ chats: NOON, changes: 0 });
    expect(pruned.buttons).toBe(450);
  });

  it('counts what it holds', async () => {
    const { journal } = current();
    await ended('a', NOON);
    await journal.changes.request(draft('b'), entry('change requested'));
    await journal.inbox.accept(incoming('x'), NOON);
    await journal.deliveries.want({ key: 'k', conversation: CONSOLE, message: message('k') }, NOON);
    const figures = await journal.figures();
    expect(figures).toMatchObject({
      pendingLines: 1,
      locks: 0,
      undelivered: [{ platform: 'console', count: 1, oldest: NOON }],
    });
    expect(figures.changes).toContainEqual({ state: 'cancelled', count: 1 });
    expect(figures.changes).toContainEqual({ state: 'requested', count: 1 });
    expect(figures.auditRecords).toBe((await journal.audit.list({ limit: 100 })).length);
    await expect(journal.probe()).resolves.toBeUndefined();
  });

  it('copies itself while it is written, whole and readable by its owner alone; never over what is there', async () => {
    const { journal } = current();
    const folder = await mkdtemp(join(tmpdir(), 'journal-copy-'));
    try {
      const path = join(folder, 'copy.db');
      let writes = 0;
      const writing = (async () => {
        for (; writes < 200; writes += 1) await journal.audit.append(entry('lock taken'));
      })();
      const copied = await journal.backUp(path);
      await writing;
      expect(copied).toMatchObject({ kind: 'succeeded', value: { path } });
      expect(statSync(path).mode & 0o777).toBe(0o600);
      expect(existsSync(`${path}.partial`)).toBe(false);
      expect(await journal.backUp(path)).toMatchObject({ kind: 'failed', code: 'INPUT_INVALID_VALUE' });
      expect(await journal.backUp(join(folder, 'none/copy.db'))).toMatchObject({
        kind: 'failed',
        code: 'STORE_UNAVAILABLE',
      });
      expect(await journal.audit.verify()).toMatchObject({ kind: 'succeeded' });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
}
