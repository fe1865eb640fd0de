import type { ConsoleEntry, ConsoleFeed, EntryDraft, EntryRevision } from '../../../src/chat/console/feed.ts';
import type { AttachedFile } from '../../../src/domain/message.ts';

/** A feed that forgets everything with its process; for tests and the console's dev harness. */
export function createMemoryFeed(now: () => number = Date.now): ConsoleFeed {
  const entries = new Map<string, ConsoleEntry>();
  const files = new Map<string, AttachedFile>();
  const keys = new Map<string, string>();
  const listeners = new Set<() => void>();
  let revision = 0;

  const sees = (entry: ConsoleEntry, viewer: string): boolean =>
    entry.visibleTo === undefined || entry.visibleTo === viewer;

  const keep = (entry: ConsoleEntry, file: AttachedFile | undefined): ConsoleEntry => {
    entries.set(entry.id, entry);
    if (file === undefined) files.delete(entry.id);
    else files.set(entry.id, file);
    for (const listener of listeners) queueMicrotask(listener);
    return entry;
  };

  return {
    async append(draft: EntryDraft) {
      const { key, file, ...shown } = draft;
      const earlier = key === undefined ? undefined : entries.get(keys.get(key) ?? '');
      if (earlier !== undefined) return earlier;
      const position = entries.size + 1;
      revision += 1;
      if (key !== undefined) keys.set(key, `m${position}`);
      return keep({ id: `m${position}`, position, revision, at: now(), ...shown, ...noted(file) }, file);
    },
    async replace(id: string, next: EntryRevision) {
      const before = entries.get(id);
      if (before === undefined) return undefined;
      const same =
        JSON.stringify([before.content, files.get(id)]) === JSON.stringify([next.content, next.file]);
      if (same) return before;
      revision += 1;
      const { file: _gone, ...rest } = before;
      return keep(
        { ...rest, content: next.content, revision, editedAt: now(), ...noted(next.file) },
        next.file,
      );
    },
    async find(key) {
      return entries.get(keys.get(key) ?? '');
    },
    async entry(id, viewer) {
      const entry = entries.get(id);
      return entry !== undefined && sees(entry, viewer) ? entry : undefined;
    },
    async page({ viewer, roots, before = Number.POSITIVE_INFINITY }) {
      const visible = [...entries.values()].filter((entry) => sees(entry, viewer));
      const older = visible.filter((entry) => entry.thread === undefined && entry.position < before);
      const chosen = new Set(older.slice(-roots).map((entry) => entry.id));
      return {
        entries: visible.filter((entry) => chosen.has(entry.thread ?? entry.id)),
        revision,
        earlier: older.length > roots,
      };
    },
    async since({ viewer, revision: after, limit }) {
      return [...entries.values()]
        .filter((entry) => entry.revision > after && sees(entry, viewer))
        .sort((a, b) => a.revision - b.revision)
        .slice(0, limit);
    },
    async file(id, viewer) {
      const entry = entries.get(id);
      return entry !== undefined && sees(entry, viewer) ? files.get(id) : undefined;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const noted = (file: AttachedFile | undefined): Pick<ConsoleEntry, 'file'> =>
  file === undefined ? {} : { file: { name: file.name, bytes: Buffer.byteLength(file.text) } };
