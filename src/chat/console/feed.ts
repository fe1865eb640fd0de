import type { AttachedFile, Message } from '../../domain/message.ts';

/** What stands beside an entry and is downloaded on its own; its text is fetched by {@link ConsoleFeed.file}. */
export interface FileNote {
  readonly name: string;
  readonly bytes: number;
}

/** A line as a person typed it, or as the button they pressed typed it for them. */
export interface LineContent {
  readonly kind: 'line';
  /** Person key. */
  readonly person: string;
  /** How that person is called. */
  readonly name: string;
  readonly text: string;
  /** The label of the button, when one was pressed. */
  readonly pressed?: string;
  /** Why the line never reached Botswain; absent when it did. */
  readonly refused?: string;
}

/** What one entry of the feed shows. */
export type EntryContent =
  | LineContent
  | { readonly kind: 'message'; readonly message: Omit<Message, 'file'> }
  | { readonly kind: 'file' };

/** One thing in the feed: a root, or a reply beneath one. */
export interface ConsoleEntry {
  /** Unique in the feed, `A-Za-z0-9_-`, at most 40 characters. */
  readonly id: string;
  /** Grows with each append and never changes: the order of the feed. */
  readonly position: number;
  /** Grows over the whole feed with each append and each replace: what a reader resumes from. */
  readonly revision: number;
  /** The root this entry hangs beneath; absent on roots. Never the id of another reply. */
  readonly thread?: string;
  /** Only this person (key) may see it; absent means everybody signed in. */
  readonly visibleTo?: string;
  /** Epoch milliseconds of the append. */
  readonly at: number;
  /** Epoch milliseconds of the latest replace that changed something. */
  readonly editedAt?: number;
  readonly content: EntryContent;
  readonly file?: FileNote;
}

/** An entry about to be appended. */
export interface EntryDraft {
  /** Unique in the feed; a second append under the same key gives back the first entry and changes nothing. */
  readonly key?: string;
  readonly thread?: string;
  readonly visibleTo?: string;
  readonly content: EntryContent;
  readonly file?: AttachedFile;
}

/** What a replaced entry shows from now on; without `file` an earlier file goes away. */
export type EntryRevision = Pick<EntryDraft, 'content' | 'file'>;

/** A stretch of the feed, oldest first: whole roots, each with all its replies that the viewer may see. */
export interface FeedPage {
  readonly entries: readonly ConsoleEntry[];
  /** The feed's highest revision when the page was read, counting entries the viewer may not see. */
  readonly revision: number;
  /** Whether older roots exist. */
  readonly earlier: boolean;
}

/** Which stretch: the newest `roots` roots, or the newest ones older than position `before`. */
export interface PageQuery {
  readonly viewer: string;
  readonly roots: number;
  readonly before?: number;
}

/** What changed after a revision, for one viewer. */
export interface ChangesQuery {
  readonly viewer: string;
  readonly revision: number;
  /** At most this many entries. */
  readonly limit: number;
}

/**
 * The durable feed of the console. Every method rejects only when the store is broken (disk full, closed), and then
 * nothing was written. Several processes may share it if revisions become visible in their order.
 */
export interface ConsoleFeed {
  append(draft: EntryDraft): Promise<ConsoleEntry>;
  /** Replaces in place; the same content keeps its revision. Undefined when there is no such entry. */
  replace(id: string, revision: EntryRevision): Promise<ConsoleEntry | undefined>;
  /** The entry appended under this key. */
  find(key: string): Promise<ConsoleEntry | undefined>;
  /** The entry, unless it is for somebody else. */
  entry(id: string, viewer: string): Promise<ConsoleEntry | undefined>;
  page(query: PageQuery): Promise<FeedPage>;
  /** Entries appended or replaced after a revision, each once in its latest form, lowest revision first. */
  since(query: ChangesQuery): Promise<readonly ConsoleEntry[]>;
  /** The whole file of an entry, unless the entry is for somebody else. */
  file(id: string, viewer: string): Promise<AttachedFile | undefined>;
  /** Calls back soon after anything changed; a hint that may be late or doubled. Returns how to stop it. */
  onChange(listener: () => void): () => void;
}

/** The one channel of the console. */
export const CONSOLE_CHANNEL = 'operations';
