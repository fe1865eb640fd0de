import type { Conversation } from '../chat/chat.ts';
import type { Message, Part, Tone } from '../domain/message.ts';
import type { Journal } from './journal.ts';
import type { Wakeups } from './wakeups.ts';

/** What telling everybody on call needs. */
export interface Noticing {
  readonly journal: Journal;
  readonly wakeups: Wakeups;
  readonly now: () => number;
  /** The `operations` conversation of every chat. */
  readonly operations: () => readonly Conversation[];
}

/** Something Botswain says by itself, without having been asked. */
export interface Notice {
  /** The same key again edits what was said. */
  readonly key: string;
  readonly title: string;
  readonly tone: Tone;
  readonly state?: string;
  /** What happened and what to do, a paragraph each. */
  readonly says: readonly string[];
}

/** Key of a notice in one conversation. */
export const noticeKey = (key: string, { platform, channel }: Conversation): string =>
  `${key} ${platform}:${channel}`;

/** Draws a notice. */
export function noticeMessage({ title, tone, state, says }: Notice): Message {
  const parts: readonly Part[] = says.map((text) => ({ kind: 'text', text }));
  return { title, tone, ...(state === undefined ? {} : { state }), parts, actions: [] };
}

/** Wishes that everybody on call reads it; it survives a crash as every other message does. */
export async function tellOperations(noticing: Noticing, notice: Notice): Promise<void> {
  const { journal, wakeups, now, operations } = noticing;
  const message = noticeMessage(notice);
  for (const conversation of operations())
    await journal.deliveries.want(
      { key: noticeKey(notice.key, conversation), conversation, message, lane: 'decision' },
      now(),
    );
  wakeups.nudge('deliveries');
}
