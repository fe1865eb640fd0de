import { lengthOf, readFormatted } from './formatted-text.ts';
import { readKeyboard } from './reply-markup.ts';
import { numberOf } from './request-body.ts';
import type { Method, ServerState } from './server-state.ts';
import { accept, type CallArguments, type Refusal, refuse, type WireMessage } from './wire-types.ts';
import type { StoredMessage } from './world.ts';

const UNCHANGED =
  'Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message';

function target(state: ServerState, args: CallArguments, verb: string): StoredMessage | Refusal {
  const chatId = numberOf(args.values.chat_id);
  const chat = state.world.writable(chatId);
  if ('kind' in chat) return chat;
  const stored = state.world.find(chat.chat.id, numberOf(args.values.message_id));
  if (!stored) return refuse(400, `Bad Request: message to ${verb} not found`);
  return stored.wire.from?.id === state.world.me.id
    ? stored
    : refuse(400, `Bad Request: message can't be ${verb === 'edit' ? 'edited' : 'deleted'}`);
}

const look = (message: WireMessage): string =>
  JSON.stringify([message.text, message.entities ?? [], message.reply_markup ?? null]);

function apply(state: ServerState, stored: StoredMessage, edited: { wire: WireMessage; html?: string }) {
  if (look(edited.wire) === look(stored.wire)) return refuse(400, UNCHANGED);
  state.world.edit(stored, { ...edited.wire, edit_date: state.clock.seconds() }, edited.html);
  return accept(stored.wire);
}

/** editMessageText: own text messages only; a missing reply_markup takes the keyboard away. */
export const editMessageText: Method = (state, args) => {
  const formatted = readFormatted(args, 'text');
  if ('kind' in formatted) return formatted;
  if (formatted.text === '') return refuse(400, 'Bad Request: message text is empty');
  const keyboard = readKeyboard(args.values.reply_markup);
  if (keyboard && 'kind' in keyboard) return keyboard;
  const stored = target(state, args, 'edit');
  if ('kind' in stored) return stored;
  if (stored.wire.text === undefined)
    return refuse(400, 'Bad Request: there is no text in the message to edit');
  if (lengthOf(formatted.text) > 4096) return refuse(400, 'Bad Request: MESSAGE_TOO_LONG');
  const { reply_markup: _markup, entities: _entities, ...rest } = stored.wire;
  const wire: WireMessage = {
    ...rest,
    text: formatted.text,
    ...(formatted.entities.length > 0 ? { entities: formatted.entities } : {}),
    ...(keyboard ? { reply_markup: keyboard } : {}),
  };
  return apply(state, stored, { wire, ...(formatted.html === undefined ? {} : { html: formatted.html }) });
};

/** editMessageReplyMarkup: the keyboard alone. */
export const editMessageReplyMarkup: Method = (state, args) => {
  const keyboard = readKeyboard(args.values.reply_markup);
  if (keyboard && 'kind' in keyboard) return keyboard;
  const stored = target(state, args, 'edit');
  if ('kind' in stored) return stored;
  const { reply_markup: _, ...rest } = stored.wire;
  return apply(state, stored, { wire: keyboard ? { ...rest, reply_markup: keyboard } : rest });
};

/** deleteMessage: own messages. */
export const deleteMessage: Method = (state, args) => {
  const stored = target(state, args, 'delete');
  if ('kind' in stored) return stored;
  state.world.remove(stored);
  return accept(true);
};
