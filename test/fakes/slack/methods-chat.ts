import { contentOf, newLook, wireMessage } from './content.ts';
import { UPDATE_TEXT_CHARACTERS } from './limits.ts';
import type { MethodContext, Methods } from './methods.ts';
import { type FakeMessage, type Json, type Look, SlackRefusal, str } from './types.ts';
import { IDENTITY } from './world.ts';

const BOT = { user: IDENTITY.bot, id: IDENTITY.botId };

const required = (args: Json, key: string): string => {
  const value = str(args, key);
  if (value === '') throw new SlackRefusal('invalid_arguments', [`[ERROR] missing required field: ${key}`]);
  return value;
};

const flag = (args: Json, key: string): boolean => args[key] === true || args[key] === 'true';

const postMessage = ({ args, world }: MethodContext): Json => {
  const channel = world.writable(required(args, 'channel'));
  const thread_ts = str(args, 'thread_ts');
  const message = world.post({
    channel: channel.id,
    author: IDENTITY.bot,
    by_bot: true,
    look: newLook(contentOf(args)),
    ...(thread_ts === '' ? {} : { thread_ts }),
    broadcast: flag(args, 'reply_broadcast'),
  });
  return { channel: channel.id, ts: message.ts, message: wireMessage(message, BOT) };
};

/** Blocks vanish when only text is sent; metadata stays when it is left out: https://docs.slack.dev/reference/methods/chat.update. */
const editedLook = (before: Look, args: Json): Look => {
  const content = contentOf(args);
  const textOnly = content.text !== undefined && content.blocks === undefined;
  const look = newLook({
    text: content.text ?? before.text,
    blocks: content.blocks ?? (textOnly ? [] : before.blocks),
    attachments: content.attachments ?? before.attachments,
  });
  const metadata = content.metadata ?? before.metadata;
  return { ...look, ...(metadata ? { metadata } : {}) };
};

const update = ({ args, world }: MethodContext): Json => {
  const channel = world.writable(required(args, 'channel'));
  if (str(args, 'text').length > UPDATE_TEXT_CHARACTERS) throw new SlackRefusal('msg_too_long');
  const message = world.find(channel.id, required(args, 'ts'));
  if (!message) throw new SlackRefusal('message_not_found');
  if (message.author !== IDENTITY.bot) throw new SlackRefusal('cant_update_message');
  const edited = world.edit(message, editedLook(message.look, args));
  return { channel: channel.id, ts: edited.ts, text: edited.look.text, message: wireMessage(edited, BOT) };
};

const postEphemeral = ({ args, world }: MethodContext): Json => {
  const channel = world.writable(required(args, 'channel'));
  const user = required(args, 'user');
  const inChannel = world.users.has(user) && (channel.members?.includes(user) ?? true);
  if (!inChannel) throw new SlackRefusal('user_not_in_channel');
  const thread_ts = str(args, 'thread_ts');
  const ts = world.timestamp();
  world.ephemerals.push({
    channel: channel.id,
    user,
    ts,
    ...(thread_ts === '' ? {} : { thread_ts }),
    via: 'chat.postEphemeral',
    look: newLook(contentOf(args)),
  });
  return { message_ts: ts };
};

const getPermalink = ({ args, world }: MethodContext): Json => {
  const channel = world.channels.get(required(args, 'channel'));
  if (!channel) throw new SlackRefusal('channel_not_found');
  const message = world.find(channel.id, required(args, 'message_ts'));
  if (!message) throw new SlackRefusal('message_not_found');
  const permalink = `https://${IDENTITY.domain}.slack.com/archives/${channel.id}/p${message.ts.replace('.', '')}`;
  return { channel: channel.id, permalink };
};

const listed = (messages: readonly FakeMessage[], args: Json): Json => {
  const most = Number(args.limit ?? 100) || 100;
  const from = Number(str(args, 'cursor') || 0);
  const withMetadata = flag(args, 'include_all_metadata');
  const page = messages.slice(from, from + most).map((message) => ({
    ...wireMessage(message, BOT),
    ...(withMetadata && message.look.metadata ? { metadata: message.look.metadata } : {}),
  }));
  const more = from + most < messages.length;
  return {
    messages: page,
    has_more: more,
    response_metadata: { next_cursor: more ? String(from + most) : '' },
  };
};

const since = (args: Json) => (message: FakeMessage) => Number(message.ts) >= Number(args.oldest ?? 0);

const replies = ({ args, world }: MethodContext): Json => {
  const channel = world.writable(required(args, 'channel'));
  const thread = world.inThread(channel.id, required(args, 'ts'));
  if (thread.length === 0) throw new SlackRefusal('thread_not_found');
  const root = thread.slice(0, 1);
  return listed([...root, ...thread.slice(1).filter(since(args))], args);
};

const history = ({ args, world }: MethodContext): Json => {
  const channel = world.writable(required(args, 'channel'));
  return listed(world.inChannel(channel.id).filter(since(args)).toReversed(), args);
};

/** chat.* and conversations.* as far as the bot uses them. */
export const chatMethods: Methods = {
  'chat.postMessage': postMessage,
  'chat.update': update,
  'chat.postEphemeral': postEphemeral,
  'chat.getPermalink': getPermalink,
  'conversations.replies': replies,
  'conversations.history': history,
};
