import { type Api, InputFile } from 'grammy';
import type { InlineKeyboardButton, Message } from 'grammy/types';
import type { AttachedFile } from '../../domain/message.ts';
import { succeeded } from '../../domain/outcome.ts';
import type { ChatOutcome, ChatPorts, Posted } from '../chat.ts';
import { describeError, isTopicGone, isUnchanged, movedTo, outcomeOfError } from './telegram-errors.ts';
import { attachmentOf } from './telegram-file.ts';
import type { MovedChats } from './telegram-moved.ts';
import { type Place, postedIn, sendOptions, standOf } from './telegram-place.ts';
import type { Rendered } from './telegram-render.ts';

const LOOK = { parse_mode: 'HTML', link_preview_options: { is_disabled: true } } as const;

/** The Bot API calls we make, each ending in an outcome; nothing is ever sent twice by itself. */
export class TelegramCalls {
  private readonly api: Api;
  private readonly moved: MovedChats;
  private readonly log: ChatPorts['log'];
  /** The thread of which the log told last that nothing can be said there. */
  private outside = '';

  constructor(api: Api, moved: MovedChats, log: ChatPorts['log']) {
    this.api = api;
    this.moved = moved;
    this.log = log;
  }

  /** Posts a message; not repeated when nobody knows whether it arrived. */
  send(place: Place, rendered: Rendered): Promise<ChatOutcome<Posted>> {
    return this.placed(place, `posting in chat ${place.chat}`, (at) =>
      this.api.sendMessage(at.chat, rendered.html, {
        ...LOOK,
        ...sendOptions(at),
        reply_markup: { inline_keyboard: rows(rendered.keyboard) },
      }),
    );
  }

  /** Sends a file. */
  sendFile(place: Place, file: AttachedFile): Promise<ChatOutcome<Posted>> {
    const { name, content } = attachmentOf(file);
    return this.placed(place, `sending the file ${name} to chat ${place.chat}`, (at) =>
      this.api.sendDocument(at.chat, new InputFile(content, name), sendOptions(at)),
    );
  }

  /** Replaces a message; that it already looks like that is success. What stood in a chat that moved is gone. */
  async edit(posted: Posted, rendered: Rendered): Promise<ChatOutcome<void>> {
    const { chat, message } = standOf(posted);
    return this.edited(posted, 'editing', () =>
      this.api.editMessageText(chat, message, rendered.html, {
        ...LOOK,
        reply_markup: { inline_keyboard: rows(rendered.keyboard) },
      }),
    );
  }

  /** Replaces the buttons alone. */
  async setKeyboard(posted: Posted, keyboard: InlineKeyboardButton[][]): Promise<void> {
    const { chat, message } = standOf(posted);
    const outcome = await this.edited(posted, 'changing the buttons of', () =>
      this.api.editMessageReplyMarkup(chat, message, { reply_markup: { inline_keyboard: keyboard } }),
    );
    if (outcome.kind !== 'succeeded') this.log('warn', `Telegram: ${outcome.message}`);
  }

  /** Answers a press; false when nobody saw it (too old, or answered before). */
  async answerPress(
    query: string,
    said: { readonly text: string; readonly alert: boolean },
  ): Promise<boolean> {
    try {
      await this.api.answerCallbackQuery(
        query,
        said.text === '' ? {} : { text: said.text, show_alert: said.alert },
      );
      return true;
    } catch (error) {
      this.log('info', 'Telegram: a press was not answered', { error: describeError(error) });
      return false;
    }
  }

  /** Takes a message away; one that is gone or too old is left as it is. */
  async remove(posted: Posted): Promise<boolean> {
    try {
      const { chat, message } = standOf(posted);
      await this.api.deleteMessage(chat, message);
      return true;
    } catch (error) {
      this.log('info', 'Telegram: a message was not taken away', { error: describeError(error) });
      return false;
    }
  }

  private async edited(
    posted: Posted,
    doing: string,
    edit: () => Promise<unknown>,
  ): Promise<ChatOutcome<void>> {
    try {
      await edit();
      return succeeded(undefined);
    } catch (error) {
      const { chat, message } = standOf(posted);
      const to = movedTo(error);
      if (to !== undefined) this.moved.remember(chat, to);
      return isUnchanged(error)
        ? succeeded(undefined)
        : outcomeOfError(error, `${doing} message ${message} in chat ${chat}`, 'repeatable');
    }
  }

  /** Sends, at most twice more where a refusal surely posted nothing: to the moved group, or outside of a lost topic. */
  private async placed(
    place: Place,
    what: string,
    send: (at: Place) => Promise<Message>,
  ): Promise<ChatOutcome<Posted>> {
    let at = this.current(place);
    for (let tries = 1; ; tries += 1) {
      try {
        const { message_id: id, chat } = await send(at);
        return succeeded(postedIn(String(chat.id), id, this.moved));
      } catch (error) {
        const elsewhere = this.elsewhere(at, error);
        if (!elsewhere || tries > 2) return outcomeOfError(error, what, 'not repeatable');
        at = elsewhere;
      }
    }
  }

  /** Topics and messages of a group that moved stayed behind. */
  private current(place: Place): Place {
    const chat = this.moved.newId(place.chat);
    return chat === undefined ? place : { chat };
  }

  private elsewhere(place: Place, error: unknown): Place | undefined {
    const to = movedTo(error);
    if (to !== undefined) {
      this.moved.remember(place.chat, to);
      return { chat: to };
    }
    const inside = place.topic !== undefined || place.replyTo !== undefined;
    if (!inside || !isTopicGone(error)) return undefined;
    this.sayOutside(place);
    return { chat: place.chat };
  }

  private sayOutside({ chat, topic, replyTo }: Place): void {
    const thread = `${chat} ${topic ?? `~${replyTo}`}`;
    if (this.outside === thread) return;
    this.outside = thread;
    this.log('warn', 'Telegram: a topic is closed or gone; what belongs there is said outside of it', {
      chat,
      topic,
      replyTo,
    });
  }
}

/** The Bot API's types want arrays that may be written to. */
function rows(keyboard: Rendered['keyboard']): InlineKeyboardButton[][] {
  return keyboard.map((row) => row.map((button) => ({ ...button })));
}
