import { Api, GrammyError, InputFile } from 'grammy';
import type { InlineKeyboardButton, Message, Update } from 'grammy/types';
import type { AttachedFile } from '../../domain/message.ts';
import { failed, type Outcome, succeeded } from '../../domain/outcome.ts';
import type { ChatOutcome, ChatPorts, Posted } from '../chat.ts';
import { describeError, isTopicGone, isUnchanged, movedTo, outcomeOfError } from './telegram-errors.ts';
import { attachmentOf } from './telegram-file.ts';
import { type Place, sendOptions } from './telegram-place.ts';
import type { Me } from './telegram-read.ts';
import type { Rendered } from './telegram-render.ts';

/** Where the Bot API is and how long a poll may take. */
export interface CallSettings {
  readonly token: string;
  readonly apiRoot: string;
  readonly pollSeconds: number;
}

const CALL_SECONDS = 20;
const LOOK = { parse_mode: 'HTML', link_preview_options: { is_disabled: true } } as const;
/** Channel posts and edited messages are not even asked for. */
const WANTED = ['message', 'callback_query', 'my_chat_member'] as const;

/** The Bot API calls we make, each ending in an outcome; nothing is ever sent twice by itself. */
export class TelegramCalls {
  private readonly api: Api;
  private readonly polling: Api;
  private readonly log: ChatPorts['log'];
  /** New ids of groups that became supergroups; learnt again from Telegram after a restart. */
  private readonly moved = new Map<string, string>();

  constructor(settings: CallSettings, log: ChatPorts['log']) {
    const apiRoot = settings.apiRoot.replace(/\/+$/, '');
    this.log = log;
    this.api = new Api(settings.token, { apiRoot, timeoutSeconds: CALL_SECONDS });
    this.polling = new Api(settings.token, { apiRoot, timeoutSeconds: settings.pollSeconds + 10 });
  }

  /** Who we are, with the way free for polling; throws what grammY throws. */
  async connect(menu: string, signal: AbortSignal): Promise<Me> {
    const cut = grammySignal(signal);
    const { id, username } = await this.api.getMe(cut);
    const { url } = await this.api.getWebhookInfo(cut);
    if (url) {
      this.log('warn', 'Telegram: a webhook was set for this bot; I take it away because I poll');
      await this.api.deleteWebhook();
    }
    await this.publishMenu(menu);
    return { id, username };
  }

  /** Long-polls; throws what grammY throws. */
  ask(offset: number, seconds: number, signal: AbortSignal): Promise<readonly Update[]> {
    return this.polling.getUpdates(
      { offset, timeout: seconds, limit: 100, allowed_updates: WANTED },
      grammySignal(signal),
    );
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

  /** Replaces a message; that it already looks like that is success. */
  async edit(posted: Posted, rendered: Rendered): Promise<ChatOutcome<void>> {
    const what = `editing message ${posted.message} in chat ${posted.channel}`;
    return this.edited(what, () =>
      this.api.editMessageText(posted.channel, Number(posted.message), rendered.html, {
        ...LOOK,
        reply_markup: { inline_keyboard: rows(rendered.keyboard) },
      }),
    );
  }

  /** Replaces the buttons alone. */
  async setKeyboard(posted: Posted, keyboard: InlineKeyboardButton[][]): Promise<void> {
    const what = `changing the buttons of message ${posted.message} in chat ${posted.channel}`;
    const outcome = await this.edited(what, () =>
      this.api.editMessageReplyMarkup(posted.channel, Number(posted.message), {
        reply_markup: { inline_keyboard: keyboard },
      }),
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

  /** Remembers that a group got a new id. */
  remember(from: string, to: string): void {
    if (this.moved.get(from) === to) return;
    this.moved.set(from, to);
    this.log('warn', `Telegram: chat ${from} became ${to}; put the new id into the configuration`, {
      from,
      to,
    });
  }

  private async publishMenu(menu: string): Promise<void> {
    try {
      await this.api.setMyCommands([{ command: 'ops', description: menu }]);
    } catch (error) {
      this.log('warn', 'Telegram: the command menu was not set', { error: describeError(error) });
    }
  }

  private async edited(what: string, edit: () => Promise<unknown>): Promise<ChatOutcome<void>> {
    try {
      await edit();
      return succeeded(undefined);
    } catch (error) {
      return isUnchanged(error) ? succeeded(undefined) : outcomeOfError(error, what, 'repeatable');
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
        return succeeded({ platform: 'telegram', channel: String(chat.id), message: String(id) });
      } catch (error) {
        const elsewhere = this.elsewhere(at, error);
        if (!elsewhere || tries > 2) return outcomeOfError(error, what, 'not repeatable');
        at = elsewhere;
      }
    }
  }

  /** Topics and messages of a group that moved stayed behind. */
  private current(place: Place): Place {
    const chat = this.moved.get(place.chat);
    return chat === undefined ? place : { chat };
  }

  private elsewhere(place: Place, error: unknown): Place | undefined {
    const to = movedTo(error);
    if (to !== undefined) {
      this.remember(place.chat, to);
      return { chat: to };
    }
    const inside = place.topic !== undefined || place.replyTo !== undefined;
    return inside && isTopicGone(error) ? { chat: place.chat } : undefined;
  }
}

type GrammySignal = NonNullable<Parameters<Api['getUpdates']>[1]>;

/** grammY's types name a shim's AbortSignal; its code listens to the platform's just as well (core/client.js). */
function isGrammySignal(signal: unknown): signal is GrammySignal {
  return signal instanceof AbortSignal;
}

function grammySignal(signal: AbortSignal): GrammySignal {
  const same: unknown = signal;
  if (isGrammySignal(same)) return same;
  throw new TypeError('Not an AbortSignal.');
}

/** Why we cannot start with this token, or undefined when it is something that passes. */
export function refusedToken(error: unknown): Outcome<void> | undefined {
  if (!(error instanceof GrammyError) || ![401, 404].includes(error.error_code)) return undefined;
  return failed(
    'CONFIG_INVALID',
    `Telegram does not know this bot's token (${describeError(error)}).`,
    'Get the token from @BotFather and set TELEGRAM_BOT_TOKEN.',
  );
}

/** The Bot API's types want arrays that may be written to. */
function rows(keyboard: Rendered['keyboard']): InlineKeyboardButton[][] {
  return keyboard.map((row) => row.map((button) => ({ ...button })));
}
