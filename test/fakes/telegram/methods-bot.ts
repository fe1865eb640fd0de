import { fieldOf, flagOf, numberOf, objectOf, textOf } from './request-body.ts';
import type { Method, ServerState } from './server-state.ts';
import { accept, type CallArguments, type MethodResult, refuse } from './wire-types.ts';

/** getMe. */
export const getMe: Method = (state) =>
  accept({
    ...state.world.me,
    can_join_groups: true,
    can_read_all_group_messages: false,
    supports_inline_queries: false,
    can_connect_to_business: false,
    has_main_web_app: false,
  });

/** getUpdates: long polling. */
export const getUpdates: Method = (state, args, gone) => {
  const allowed = objectOf(args.values.allowed_updates);
  return state.updates.poll({
    offset: numberOf(args.values.offset) ?? 0,
    limit: numberOf(args.values.limit) ?? 100,
    timeoutSeconds: numberOf(args.values.timeout) ?? 0,
    ...(Array.isArray(allowed) ? { allowed: allowed.map(String) } : {}),
    gone,
  });
};

/** answerCallbackQuery: text at most 200 characters, once, while the query is fresh. */
export const answerCallbackQuery: Method = (state, args) => {
  const text = textOf(args.values.text);
  if ([...text].length > 200) return refuse(400, 'Bad Request: MESSAGE_TOO_LONG');
  const url = textOf(args.values.url);
  const taken = state.presses.answer(textOf(args.values.callback_query_id), {
    text,
    alert: flagOf(args.values.show_alert),
    ...(url === '' ? {} : { url }),
  });
  return taken
    ? accept(true)
    : refuse(400, 'Bad Request: query is too old and response timeout expired or query ID is invalid');
};

/** setMyCommands: at most 100, `[a-z0-9_]{1,32}`, description 1–256. */
export const setMyCommands: Method = (state, args) => {
  const given = objectOf(args.values.commands);
  if (!Array.isArray(given)) return refuse(400, "Bad Request: can't parse commands JSON object");
  if (given.length > 100) return refuse(400, 'Bad Request: BOT_COMMANDS_TOO_MUCH');
  const commands = given.map((one) => ({
    command: textOf(fieldOf(one, 'command')).replace(/^\//, ''),
    description: textOf(fieldOf(one, 'description')),
  }));
  if (commands.some(({ command }) => !/^[a-z0-9_]{1,32}$/.test(command)))
    return refuse(400, 'Bad Request: BOT_COMMAND_INVALID');
  if (commands.some(({ description }) => description.length < 1 || description.length > 256))
    return refuse(400, 'Bad Request: BOT_COMMAND_DESCRIPTION_INVALID');
  return scoped(state, args, (scope) => state.commands.set(scope, commands));
};

/** deleteMyCommands: the scope falls back to a wider one. */
export const deleteMyCommands: Method = (state, args) =>
  scoped(state, args, (scope) => state.commands.delete(scope));

/** A chat's scope needs the chat; its id may be written as text. */
function scoped(state: ServerState, args: CallArguments, change: (scope: string) => void): MethodResult {
  const given = objectOf(args.values.scope) ?? { type: 'default' };
  const type = textOf(fieldOf(given, 'type'));
  if (type !== 'chat') {
    change(type);
    return accept(true);
  }
  const chat = state.world.readable(numberOf(fieldOf(given, 'chat_id')));
  if ('kind' in chat) return chat;
  change(`chat ${chat.chat.id}`);
  return accept(true);
}

const OF_EVERY_CHAT = {
  accent_color_id: 0,
  max_reaction_count: 11,
  accepted_gift_types: {
    unlimited_gifts: false,
    limited_gifts: false,
    unique_gifts: false,
    premium_subscription: false,
    gifts_from_channels: false,
  },
};

/** getChat: also a group that became a supergroup can still be looked at. */
export const getChat: Method = (state, args) => {
  const chat = state.world.readable(numberOf(args.values.chat_id));
  return 'kind' in chat ? chat : accept({ ...chat.chat, ...OF_EVERY_CHAT });
};

/** sendChatAction: needs the right to write. */
export const sendChatAction: Method = (state, args) => {
  const chat = state.world.writable(numberOf(args.values.chat_id));
  return 'kind' in chat ? chat : accept(true);
};
