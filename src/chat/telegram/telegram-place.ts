import type { Conversation, Posted } from '../chat.ts';
import type { MovedChats } from './telegram-moved.ts';

/** Where a message goes on Telegram: a chat, perhaps a topic, perhaps as a reply. */
export interface Place {
  readonly chat: string;
  /** Id of a forum topic; never 1, the General topic has no name (telegram-bot-api, GENERAL_FORUM_TOPIC_ID). */
  readonly topic?: number;
  /** Id of the message it replies to. */
  readonly replyTo?: number;
}

/** Reads a conversation's thread: `17` is topic 17, `~812` the reply chain below message 812, `@-100…` where the chat is now. */
export function placeOf(conversation: Conversation): Place {
  const [, topic, replyTo, chat] = /^(\d+)?(?:~(\d+))?(?:@(-\d+))?$/.exec(conversation.thread ?? '') ?? [];
  return {
    chat: chat ?? conversation.channel,
    ...(topic === undefined || topic === '1' ? {} : { topic: Number(topic) }),
    ...(replyTo === undefined ? {} : { replyTo: Number(replyTo) }),
  };
}

/** The thread of a topic, or of the replies to a message; a reply lands in its message's topic by itself. */
export function threadName(place: {
  readonly topic?: number;
  readonly replyTo?: number;
}): string | undefined {
  if (place.replyTo !== undefined) return threadBelow(String(place.replyTo));
  return place.topic === undefined ? undefined : String(place.topic);
}

/** The thread of the replies to a message, as {@link Posted.message} names it. */
export function threadBelow(message: string): string {
  return `~${message}`;
}

/** A posted message under the id by which the configuration knows its chat: `812`, or `812@-100…` where the chat is now. */
export function postedIn(chat: string, message: number, moved: MovedChats): Posted {
  const old = moved.oldId(chat);
  return old === undefined
    ? { platform: 'telegram', channel: chat, message: String(message) }
    : { platform: 'telegram', channel: old, message: `${message}@${chat}` };
}

/** Where a posted message really stands. */
export function standOf({ channel, message }: Posted): { readonly chat: string; readonly message: number } {
  const [id, chat = channel] = message.split('@');
  return { chat, message: Number(id) };
}

/** The same conversation under the id that the configuration knows, when its chat got a new one. */
export function underOldId(conversation: Conversation, moved: MovedChats): Conversation {
  const { channel, thread = '' } = conversation;
  const old = moved.oldId(channel);
  return old === undefined ? conversation : { ...conversation, channel: old, thread: `${thread}@${channel}` };
}

/** Where things stand in the Bot API's words. */
export function sendOptions(place: Place) {
  return {
    ...(place.topic === undefined ? {} : { message_thread_id: place.topic }),
    ...(place.replyTo === undefined
      ? {}
      : { reply_parameters: { message_id: place.replyTo, allow_sending_without_reply: true } }),
  };
}

/** A link to a message; only supergroups have one (https://core.telegram.org/api/links#private-message-links). */
export function linkOf(posted: Posted): string | undefined {
  const { chat, message } = standOf(posted);
  const internal = /^-100(\d+)$/.exec(chat)?.[1];
  return internal === undefined ? undefined : `https://t.me/c/${internal}/${message}`;
}
