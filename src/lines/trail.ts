import { CONSOLE_CHANNEL, type ConsoleFeed } from '../chat/console/feed.ts';
import { type Change, FINAL_STATES } from '../domain/change.ts';
import type { Message } from '../domain/message.ts';
import type { Trail, TrailMessage } from '../web/local/ports.ts';
import type { Journal } from '../workflow/journal.ts';
import { cardKey } from '../workflow/publish-change.ts';

/** What following a line needs. */
export interface TrailPorts {
  readonly journal: Journal;
  readonly feed: ConsoleFeed;
  /** What is known of lines that could not be recorded. */
  readonly lines: {
    isWorkingOn(id: string): boolean;
    toldTo(id: string): Message | undefined;
  };
}

const CONSOLE = { platform: 'console', channel: CONSOLE_CHANNEL } as const;

const isBad = ({ tone, state }: Message): boolean =>
  tone === 'bad' || (tone === 'warning' && state === undefined);

async function whispered({ feed, lines }: TrailPorts, id: string): Promise<readonly TrailMessage[]> {
  const entry = await feed.find(`whisper:${id}`);
  if (entry === undefined || entry.content.kind !== 'message') {
    const told = lines.toldTo(id);
    return told === undefined ? [] : [{ key: 'whisper', message: told }];
  }
  const file = entry.visibleTo === undefined ? undefined : await feed.file(entry.id, entry.visibleTo);
  return [{ key: 'whisper', message: { ...entry.content.message, ...(file === undefined ? {} : { file }) } }];
}

async function wanted({ journal }: TrailPorts, key: string): Promise<readonly TrailMessage[]> {
  const delivery = await journal.deliveries.find(key);
  return delivery === undefined ? [] : [{ key, message: delivery.message }];
}

async function ofChange(ports: TrailPorts, change: Change | undefined): Promise<readonly TrailMessage[]> {
  if (change === undefined) return [];
  const card = await wanted(ports, cardKey(change.id, CONSOLE));
  const note = await wanted(ports, `${change.id} ${change.state} console:${CONSOLE_CHANNEL}`);
  return [...card, ...note];
}

/** What a line typed in a terminal came to: its private answer, what everybody sees of it, and the change it asked for. */
export async function trailOf(ports: TrailPorts, id: string): Promise<Trail | undefined> {
  const { journal } = ports;
  const isRecorded = (await journal.inbox.pending()).some((incoming) => incoming.id === id);
  const isPending = isRecorded || ports.lines.isWorkingOn(id);
  const change = await journal.changes.ofRequest(id);
  const messages = [
    ...(await whispered(ports, id)),
    ...(await wanted(ports, `answer ${id}`)),
    ...(await ofChange(ports, change)),
  ];
  if (!isPending && change === undefined && messages.length === 0) return undefined;
  const isOpen = change !== undefined && !FINAL_STATES.includes(change.state);
  const isFollowing = messages.some(({ message }) => message.state === 'following');
  return {
    messages,
    isDone: !isPending && !isOpen && !isFollowing,
    isGood:
      change === undefined ? !messages.some(({ message }) => isBad(message)) : change.state === 'succeeded',
  };
}
