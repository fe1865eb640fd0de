import { type FormattedText, lengthOf, readFormatted } from './formatted-text.ts';
import { mayManageTopics } from './methods-member.ts';
import { readKeyboard } from './reply-markup.ts';
import { fieldOf, flagOf, numberOf, objectOf, textOf } from './request-body.ts';
import type { Method, ServerState } from './server-state.ts';
import {
  accept,
  type CallArguments,
  type Refusal,
  refuse,
  type UploadedFile,
  type WireChat,
  type WireMessage,
} from './wire-types.ts';

type Placement = Pick<WireMessage, 'message_thread_id' | 'is_topic_message' | 'reply_to_message'>;

const isRefusal = (value: object | undefined): value is Refusal =>
  value !== undefined && 'kind' in value && value.kind === 'refused';

/** sendMessage: 1–4096 characters after entity parsing. */
export const sendMessage: Method = (state, args) => {
  const formatted = readFormatted(args, 'text');
  if (isRefusal(formatted)) return formatted;
  if (formatted.text === '') return refuse(400, 'Bad Request: message text is empty');
  const chat = state.world.writable(numberOf(args.values.chat_id));
  if (isRefusal(chat)) return chat;
  if (lengthOf(formatted.text) > 4096) return refuse(400, 'Bad Request: message is too long');
  return store(state, args, {
    chat: chat.chat,
    shown: {
      text: formatted.text,
      ...(formatted.entities.length > 0 ? { entities: formatted.entities } : {}),
    },
    html: formatted.html,
  });
};

/** sendDocument by multipart: not empty, at most 50 MB, caption at most 1024 characters. */
export const sendDocument: Method = (state, args) => {
  const chat = state.world.writable(numberOf(args.values.chat_id));
  if (isRefusal(chat)) return chat;
  const file = uploadOf(args);
  if (!file) return refuse(400, 'Bad Request: there is no document in the request');
  if (file.content.length === 0) return refuse(400, 'Bad Request: file must be non-empty');
  if (file.content.length > 50 * 1024 * 1024) return refuse(413, 'Request Entity Too Large');
  const caption = readFormatted(args, 'caption');
  if (isRefusal(caption)) return caption;
  if (lengthOf(caption.text) > 1024) return refuse(400, 'Bad Request: message caption is too long');
  const document = {
    file_id: `BQACAgI${Buffer.from(file.name).toString('base64url')}`,
    file_unique_id: `AgAD${file.content.length}`,
    file_name: file.name,
    file_size: file.content.length,
  };
  return store(state, args, {
    chat: chat.chat,
    shown: { document, ...captionOf(caption) },
    html: caption.html,
    document: file.content,
  });
};

/** createForumTopic: forums only, by an administrator who may, name 1–128; its service message is the topic's id. */
export const createForumTopic: Method = (state, args) => {
  const chat = state.world.writable(numberOf(args.values.chat_id));
  if (isRefusal(chat)) return chat;
  if (!chat.chat.is_forum) return refuse(400, 'Bad Request: the chat is not a forum');
  if (!mayManageTopics(state, chat.chat.id))
    return refuse(400, 'Bad Request: not enough rights to create a topic');
  const name = textOf(args.values.name);
  if (name === '' || lengthOf(name) > 128) return refuse(400, 'Bad Request: TOPIC_TITLE_INVALID');
  const root = state.world.store(chat.chat.id, { from: state.world.me });
  const thread = root.wire.message_id;
  root.wire = { ...root.wire, message_thread_id: thread, is_topic_message: true };
  return accept({ message_thread_id: thread, name, icon_color: 7_322_096 });
};

function captionOf(caption: FormattedText): Pick<WireMessage, 'caption' | 'caption_entities'> {
  if (caption.text === '') return {};
  return {
    caption: caption.text,
    ...(caption.entities.length > 0 ? { caption_entities: caption.entities } : {}),
  };
}

function uploadOf(args: CallArguments): UploadedFile | undefined {
  const value = textOf(args.values.document);
  return args.files.get(value.startsWith('attach://') ? value.slice(9) : 'document');
}

interface Posting {
  readonly chat: WireChat;
  readonly shown: Partial<WireMessage>;
  readonly html: string | undefined;
  readonly document?: Buffer;
}

function store(state: ServerState, args: CallArguments, posting: Posting) {
  const keyboard = readKeyboard(args.values.reply_markup);
  if (isRefusal(keyboard)) return keyboard;
  const placement = place(state, args, posting.chat);
  if (isRefusal(placement)) return placement;
  const stored = state.world.store(
    posting.chat.id,
    {
      from: state.world.me,
      ...posting.shown,
      ...placement,
      ...(keyboard ? { reply_markup: keyboard } : {}),
    },
    { html: posting.html, document: posting.document },
  );
  return accept(stored.wire);
}

/** Topic and reply of a new message; without a topic it goes where the replied message stands (Client.cpp). */
function place(state: ServerState, args: CallArguments, chat: WireChat): Placement | Refusal {
  const thread = numberOf(args.values.message_thread_id);
  if (!topicExists(state, chat, thread)) return refuse(400, 'Bad Request: message thread not found');
  const reply = objectOf(args.values.reply_parameters);
  const target = reply === undefined ? undefined : numberOf(fieldOf(reply, 'message_id'));
  const replied = state.world.find(chat.id, target);
  if (target !== undefined && !replied && !flagOf(fieldOf(reply, 'allow_sending_without_reply')))
    return refuse(400, 'Bad Request: message to be replied not found');
  const topic = chat.is_forum ? (thread ?? replied?.wire.message_thread_id) : undefined;
  if (isClosed(state, chat, topic)) return refuse(400, 'Bad Request: TOPIC_CLOSED');
  return {
    ...(topic === undefined ? {} : { message_thread_id: topic, is_topic_message: true }),
    ...(replied ? { reply_to_message: withoutReply(replied.wire) } : {}),
  };
}

/** A replied-to message never shows what it replied to itself. */
export function withoutReply(message: WireMessage): WireMessage {
  const { reply_to_message: _, ...rest } = message;
  return rest;
}

/** The General topic has id 1 in clients and must not be named (Client.cpp, GENERAL_FORUM_TOPIC_ID). */
const GENERAL = 1;

function isClosed(state: ServerState, chat: WireChat, topic: number | undefined): boolean {
  return chat.is_forum === true && state.world.chat(chat.id).closedTopics.has(topic ?? GENERAL);
}

/** Outside of forums and private chats a topic is not looked at. */
function topicExists(state: ServerState, chat: WireChat, thread: number | undefined): boolean {
  if (thread === undefined || (chat.is_forum !== true && chat.type !== 'private')) return true;
  return thread !== GENERAL && state.world.find(chat.id, thread)?.wire.message_thread_id === thread;
}
