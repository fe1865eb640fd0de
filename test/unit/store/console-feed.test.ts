import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { EntryContent } from '../../../src/chat/console/feed.ts';
import { message } from '../../contract/journal-samples.ts';
import { sqliteBench } from '../../contract/journal-sqlite.ts';

let bench: Awaited<ReturnType<typeof sqliteBench>>;
beforeEach(async () => {
  bench = await sqliteBench();
});
afterEach(() => bench.remove());

const says = (title: string): EntryContent => ({ kind: 'message', message: message(title) });
const file = { name: 'log.txt', text: 'grüße\n' };

it('appends once a key, and numbers entries in their order', async () => {
  const { feed } = bench.journal;
  const first = await feed.append({ key: 'k1', content: says('one') });
  const both = await Promise.all([1, 2].map((n) => feed.append({ key: 'k2', content: says(`two ${n}`) })));
  expect(both[0]).toEqual(both[1]);
  expect(await feed.find('k2')).toEqual(both[0]);
  expect(await feed.find('k3')).toBeUndefined();
  const third = await feed.append({ content: says('three') });
  expect(first.position).toBeLessThan(both[0]?.position ?? 0);
  expect(third.position).toBeGreaterThan(both[0]?.position ?? 0);
  expect(first.id).toMatch(/^[A-Za-z0-9_-]{1,40}$/);
});

it('replaces in place, and keeps the revision of what did not change', async () => {
  const { feed } = bench.journal;
  const entry = await feed.append({ content: says('one'), file });
  const same = await feed.replace(entry.id, { content: says('one'), file });
  expect(same).toEqual(entry);
  const changed = await feed.replace(entry.id, { content: says('two') });
  expect(changed).toMatchObject({ id: entry.id, position: entry.position, content: says('two') });
  expect(changed).not.toHaveProperty('file');
  expect(changed?.revision).toBeGreaterThan(entry.revision);
  expect(changed?.editedAt).toBeTypeOf('number');
  expect(await feed.file(entry.id, 'ana')).toBeUndefined();
  expect(await feed.replace('m999', { content: says('x') })).toBeUndefined();
  expect(await feed.since({ viewer: 'ana', revision: entry.revision, limit: 9 })).toEqual([changed]);
});

it('pages whole roots with the replies that the viewer may see', async () => {
  const { feed } = bench.journal;
  const roots = [];
  for (const title of ['one', 'two', 'three']) roots.push(await feed.append({ content: says(title) }));
  const [one, two, three] = roots.map((root) => root.id);
  const reply = await feed.append({ thread: one ?? '', content: says('to one') });
  const nested = await feed.append({ thread: reply.id, content: says('to the reply') });
  expect(nested.thread).toBe(one);
  const secret = await feed.append({ thread: two ?? '', visibleTo: 'ana', content: says('for ana'), file });
  const ids = async (viewer: string, more: { roots: number; before?: number }) => {
    const page = await feed.page({ viewer, ...more });
    return { ids: page.entries.map((entry) => entry.id), earlier: page.earlier };
  };
  expect(await ids('ben', { roots: 2 })).toEqual({ ids: [two, three], earlier: true });
  expect(await ids('ana', { roots: 2 })).toEqual({ ids: [two, three, secret.id], earlier: true });
  const before = roots[1]?.position ?? 0;
  expect(await ids('ben', { roots: 2, before })).toEqual({ ids: [one, reply.id, nested.id], earlier: false });
  expect((await feed.page({ viewer: 'ben', roots: 1 })).revision).toBe(secret.revision);
  expect(await feed.entry(secret.id, 'ben')).toBeUndefined();
  expect(await feed.file(secret.id, 'ben')).toBeUndefined();
  expect(await feed.since({ viewer: 'ben', revision: nested.revision, limit: 9 })).toEqual([]);
  expect(await feed.entry(secret.id, 'ana')).toEqual(secret);
  expect(secret.file).toEqual({ name: 'log.txt', bytes: 8 });
  expect(await feed.file(secret.id, 'ana')).toEqual(file);
});

it('survives a restart, and tells listeners of changes until they stop', async () => {
  const told = vi.fn();
  const before = await bench.journal.feed.append({ content: says('one') });
  const { feed } = await bench.reopen();
  expect(await feed.entry(before.id, 'ana')).toEqual(before);
  const stop = feed.onChange(told);
  const next = await feed.append({ content: says('two') });
  await vi.waitFor(() => expect(told).toHaveBeenCalled());
  expect(next.revision).toBeGreaterThan(before.revision);
  stop();
  told.mockClear();
  await feed.replace(next.id, { content: says('three') });
  const heard = new Promise<void>((resolve) => feed.onChange(resolve));
  await feed.append({ content: says('four') });
  await heard;
  expect(told).not.toHaveBeenCalled();
});
