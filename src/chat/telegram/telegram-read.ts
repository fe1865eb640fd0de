import type { CallbackQuery, Message } from 'grammy/types';
import type { Conversation, Incoming } from '../chat.ts';
import { accountOf, type Disqualification, readDisqualification, speakerOf } from './telegram-people.ts';
import { threadName } from './telegram-place.ts';

/** Who we are to Telegram. */
export interface Me {
  readonly id: number;
  readonly username: string;
}

/** How an answer finds its asker: beside the message they typed, or on the button they pressed. */
export type ReplyHandle =
  | { readonly kind: 'message'; readonly message: number; readonly why?: Disqualification }
  | { readonly kind: 'press'; readonly query: string };

/** A reply handle as text, for {@link Incoming.replyHandle}. */
export function writeHandle(handle: ReplyHandle): string {
  if (handle.kind === 'press') return `press:${handle.query}`;
  return handle.why === undefined ? `message:${handle.message}` : `message:${handle.message}:${handle.why}`;
}

/** A reply handle read back; undefined when it is none of ours. */
export function readHandle(text: string | undefined): ReplyHandle | undefined {
  const [kind, id, why] = (text ?? '').split(':');
  if (kind === 'press' && id) return { kind, query: id };
  if (kind !== 'message' || !id || !/^\d+$/.test(id)) return undefined;
  const reason = readDisqualification(why);
  return { kind, message: Number(id), ...(reason === undefined ? {} : { why: reason }) };
}

/** A typed line in a message, or undefined when it is not for us. */
export function readLine(message: Message, updateId: number, me: Me): Incoming | undefined {
  const text = lineIn(message, me);
  if (text === undefined) return undefined;
  const speaker = speakerOf(message);
  return {
    id: `telegram:${updateId}`,
    account: speaker.account,
    conversation: conversationOf(message, me),
    direct: message.chat.type === 'private',
    text,
    saidAt: message.date * 1000,
    replyHandle: writeHandle({
      kind: 'message',
      message: message.message_id,
      ...(speaker.disqualified === undefined ? {} : { why: speaker.disqualified }),
    }),
  };
}

/** A press without its line; undefined when it came from an inline message, which has no chat. */
export function readPress(
  query: CallbackQuery,
  updateId: number,
  me: Me,
): Omit<Incoming, 'text'> | undefined {
  const { message } = query;
  if (!message) return undefined;
  return {
    id: `telegram:${updateId}`,
    account: accountOf(query.from),
    conversation: conversationOf(message, me),
    direct: message.chat.type === 'private',
    pressed: {
      platform: 'telegram',
      channel: String(message.chat.id),
      message: String(message.message_id),
    },
    replyHandle: writeHandle({ kind: 'press', query: query.id }),
  };
}

function conversationOf(message: Pick<Message, 'chat'> & Partial<Message>, me: Me): Conversation {
  const thread = threadName({
    ...(message.is_topic_message && message.message_thread_id !== undefined
      ? { topic: message.message_thread_id }
      : {}),
    ...replyRoot(message, me),
  });
  return {
    platform: 'telegram',
    channel: String(message.chat.id),
    ...(thread === undefined ? {} : { thread }),
  };
}

/** A reply to one of our messages belongs below it; in topics every message replies at least to the topic's first. */
function replyRoot(message: Partial<Message>, me: Me): { readonly replyTo?: number } {
  const replied = message.reply_to_message;
  const ours = replied?.from?.id === me.id && replied.message_id !== message.message_thread_id;
  return replied && ours ? { replyTo: replied.message_id } : {};
}

function lineIn(message: Message, me: Me): string | undefined {
  const { text } = message;
  if (text === undefined) return undefined;
  const first = message.entities?.find((entity) => entity.offset === 0);
  const rest = text.slice(first?.length ?? 0).trim();
  const named = text.slice(0, first?.length ?? 0);
  if (first?.type === 'bot_command') return commandLine(named, rest, { me, direct: isDirect(message) });
  if (first?.type === 'mention' && sameName(named.slice(1), me)) return rest;
  return isDirect(message) ? text.trim() : undefined;
}

interface Hearing {
  readonly me: Me;
  readonly direct: boolean;
}

function commandLine(named: string, rest: string, { me, direct }: Hearing): string | undefined {
  const [, verb = '', addressee] = /^\/([^@]+)(?:@(.+))?$/.exec(named.toLowerCase()) ?? [];
  if (addressee !== undefined && !sameName(addressee, me)) return undefined;
  if (verb === 'ops') return rest;
  if (!direct && addressee === undefined) return undefined;
  return verb === 'start' ? 'help' : `${verb} ${rest}`.trim();
}

const isDirect = (message: Message): boolean => message.chat.type === 'private';

const sameName = (name: string, me: Me): boolean => name.toLowerCase() === me.username.toLowerCase();
