import { describe, expect, it, vi } from 'vitest';
import type { ConsoleFeed, EntryDraft } from '../../src/chat/console/feed.ts';

const said = (title: string, rest: Partial<EntryDraft> = {}): EntryDraft => ({
  content: { kind: 'message', message: { title, tone: 'neutral', parts: [], actions: [] } },
  ...rest,
});

/** What every {@link ConsoleFeed} must do; `open` gives an empty one. */
export function describeConsoleFeed(name: string, open: () => Promise<ConsoleFeed>): void {
  describe(`the console's feed, ${name}`, () => {
    it('keeps the order of appends, and moves only the revision on a replace', async () => {
      const feed = await open();
      const first = await feed.append(said('one'));
      const second = await feed.append(said('two'));
      const edited = await feed.replace(first.id, said('one, edited'));
      expect(second.position).toBeGreaterThan(first.position);
      expect(edited).toMatchObject({ id: first.id, position: first.position, at: first.at });
      expect(edited?.revision).toBeGreaterThan(second.revision);
      expect(edited?.editedAt).toBeGreaterThanOrEqual(first.at);
      const page = await feed.page({ viewer: 'ana', roots: 10 });
      expect(page.entries.map(({ id }) => id)).toEqual([first.id, second.id]);
      expect(page.revision).toBe(edited?.revision);
    });

    it('appends once under one key, also when asked at the same time', async () => {
      const feed = await open();
      const [one, two] = await Promise.all([
        feed.append(said('first', { key: 'k' })),
        feed.append(said('second', { key: 'k' })),
      ]);
      expect(two).toEqual(one);
      expect(await feed.find('k')).toEqual(one);
      expect(await feed.find('other')).toBeUndefined();
      expect((await feed.page({ viewer: 'ana', roots: 10 })).entries).toHaveLength(1);
    });

    it('leaves the revision of an entry that did not change', async () => {
      const feed = await open();
      const entry = await feed.append(said('same'));
      expect(await feed.replace(entry.id, said('same'))).toEqual(entry);
      expect(await feed.replace('nobody', said('x'))).toBeUndefined();
    });

    it('tells a reader what changed after a revision, each entry once, oldest change first', async () => {
      const feed = await open();
      const one = await feed.append(said('one'));
      const two = await feed.append(said('two'));
      await feed.replace(one.id, said('one again'));
      await feed.replace(one.id, said('one at last'));
      const changes = await feed.since({ viewer: 'ana', revision: one.revision, limit: 10 });
      expect(changes.map(({ id }) => id)).toEqual([two.id, one.id]);
      expect(JSON.stringify(changes)).toContain('one at last');
      expect(await feed.since({ viewer: 'ana', revision: one.revision, limit: 1 })).toHaveLength(1);
      const last = changes.at(-1)?.revision ?? 0;
      expect(await feed.since({ viewer: 'ana', revision: last, limit: 10 })).toEqual([]);
    });

    it('shows what is for one person to nobody else, in no way', async () => {
      const feed = await open();
      const file = { name: 'a.log', text: 'private' };
      const entry = await feed.append(said('psst', { visibleTo: 'ana', file }));
      expect(await feed.entry(entry.id, 'ana')).toEqual(entry);
      expect(await feed.file(entry.id, 'ana')).toEqual(file);
      expect(await feed.entry(entry.id, 'ben')).toBeUndefined();
      expect(await feed.file(entry.id, 'ben')).toBeUndefined();
      expect((await feed.page({ viewer: 'ben', roots: 10 })).entries).toEqual([]);
      expect(await feed.since({ viewer: 'ben', revision: 0, limit: 10 })).toEqual([]);
    });

    it('pages by roots and brings all replies along', async () => {
      const feed = await open();
      const roots = [];
      for (const title of ['a', 'b', 'c']) roots.push(await feed.append(said(title)));
      const reply = await feed.append(said('to a', { thread: roots[0]?.id ?? '' }));
      const newest = await feed.page({ viewer: 'ana', roots: 2 });
      expect(newest.entries.map(({ id }) => id)).toEqual([roots[1]?.id, roots[2]?.id]);
      expect(newest.earlier).toBe(true);
      const before = roots[1]?.position ?? 0;
      const older = await feed.page({ viewer: 'ana', roots: 2, before });
      expect(older.entries.map(({ id }) => id)).toEqual([roots[0]?.id, reply.id]);
      expect(older.earlier).toBe(false);
    });

    it('keeps files beside their entry, whole', async () => {
      const feed = await open();
      const file = { name: 'größe.log', text: 'ä\n'.repeat(50_000) };
      const entry = await feed.append({ content: { kind: 'file' }, file });
      expect(entry.file).toEqual({ name: 'größe.log', bytes: 150_000 });
      expect(await feed.file(entry.id, 'ana')).toEqual(file);
      const without = await feed.replace(entry.id, said('no file any more'));
      expect(without?.file).toBeUndefined();
      expect(await feed.file(entry.id, 'ana')).toBeUndefined();
    });

    it('hints at changes until told to stop', async () => {
      const feed = await open();
      const heard = vi.fn();
      const stop = feed.onChange(heard);
      await feed.append(said('one'));
      await vi.waitFor(() => expect(heard).toHaveBeenCalled());
      stop();
      const before = heard.mock.calls.length;
      await feed.append(said('two'));
      await new Promise(setImmediate);
      expect(heard).toHaveBeenCalledTimes(before);
    });
  });
}
