import type { AttachedFile, Message } from '../../domain/message.ts';
import { failed, succeeded } from '../../domain/outcome.ts';
import type { Chat, ChatOutcome, Conversation, Incoming, Posted } from '../chat.ts';
import { CONSOLE_CHANNEL, type ConsoleEntry, type ConsoleFeed, type EntryDraft } from './feed.ts';

/** What the console needs to be a chat. */
export interface ConsoleChatOptions {
  readonly feed: ConsoleFeed;
  /** Where people open it, without a trailing slash: `http://127.0.0.1:3001`; absent = no links. */
  readonly url?: string;
}

/** Bears about one redraw of a card in 100 ms; faster edits only make a screen reader stutter. */
const PACE_MS = 100;

/** The third chat: writes to the console's feed, which the web server shows. What people type comes in over HTTP. */
export function createConsoleChat({ feed, url }: ConsoleChatOptions): Chat {
  const append = async (draft: EntryDraft): Promise<ChatOutcome<Posted>> =>
    written(async () => succeeded(posted(await feed.append(draft))));

  return {
    platform: 'console',
    paceMs: PACE_MS,
    keepsFiles: true,
    // Everybody signed in sees the one channel; what waits for somebody is counted at its top.
    directWith: async () => undefined,
    start: async () => succeeded(undefined),
    stop: async () => {},
    post: (to, message, deliveryKey) =>
      append({ key: deliveryKey, ...beneath(to.thread), ...drafted(message) }),
    update: (at, message) =>
      written(async () => {
        const entry = await feed.replace(at.message, drafted(message));
        return entry === undefined
          ? failed('CHAT_GONE', `The console has no message ${at.message}.`)
          : succeeded(undefined);
      }),
    whisper: (incoming, message) => written(() => whisper(feed, incoming, message)),
    upload: async (to, file) =>
      settled(await append({ ...beneath(to.thread), content: { kind: 'file' }, file })),
    find: (_to, deliveryKey) =>
      written(async () => {
        const entry = await feed.find(deliveryKey);
        return succeeded(entry === undefined ? undefined : posted(entry));
      }),
    threadOf: (at): Conversation => ({
      platform: 'console',
      channel: at.channel,
      thread: at.message,
    }),
    linkTo: (at) => (url === undefined ? undefined : `${url}/?show=${encodeURIComponent(at.message)}`),
  };
}

/** The answer takes the place of "working on it", which is said under the same key. */
async function whisper(feed: ConsoleFeed, incoming: Incoming, message: Message): Promise<ChatOutcome<void>> {
  const key = `whisper:${incoming.id}`;
  const draft = { ...beneath(whisperRoot(incoming)), visibleTo: incoming.account.id, ...drafted(message) };
  const before = await feed.find(key);
  if (before === undefined) await feed.append({ ...draft, key });
  else if (isProvisional(before, message)) await feed.replace(before.id, draft);
  else await feed.append(draft);
  return succeeded(undefined);
}

function isProvisional({ content }: ConsoleEntry, next: Message): boolean {
  if (content.kind !== 'message') return false;
  // The same answer again comes of a line that was worked on again after a crash.
  return content.message.tone === 'running' || content.message.title === next.title;
}

/** A private answer hangs beneath the thread it was asked in, else beneath the very line that asked. */
const whisperRoot = (incoming: Incoming): string | undefined =>
  incoming.conversation.thread ?? incoming.pressed?.message ?? incoming.replyHandle;

const beneath = (thread: string | undefined): Pick<EntryDraft, 'thread'> =>
  thread === undefined ? {} : { thread };

function drafted(whole: Message): { readonly content: EntryDraft['content']; readonly file?: AttachedFile } {
  const { file, ...message } = whole;
  return { content: { kind: 'message', message }, ...(file === undefined ? {} : { file }) };
}

const posted = (entry: ConsoleEntry): Posted => ({
  platform: 'console',
  channel: CONSOLE_CHANNEL,
  message: entry.id,
});

const settled = (outcome: ChatOutcome<Posted>): ChatOutcome<void> =>
  outcome.kind === 'succeeded' ? succeeded(undefined) : outcome;

/** A feed that rejects has written nothing, so the delivery may be tried again. */
async function written<T>(write: () => Promise<ChatOutcome<T>>): Promise<ChatOutcome<T>> {
  try {
    return await write();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return failed(
      'CHAT_UNREACHABLE',
      `The console's feed could not be written: ${reason}.`,
      'Look at the disk space and the log of the store.',
    );
  }
}
