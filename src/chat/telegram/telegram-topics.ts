import type { Api } from 'grammy';
import { succeeded } from '../../domain/outcome.ts';
import type { ChatOutcome, ChatPorts, Conversation } from '../chat.ts';
import { movedTo, outcomeOfError } from './telegram-errors.ts';
import type { MovedChats } from './telegram-moved.ts';
import { placeOf } from './telegram-place.ts';

/** Characters of a topic's name (https://core.telegram.org/bots/api#createforumtopic). */
const MAX_NAME = 128;

/** Opens topics where a group has them and lets us; elsewhere a reply chain does. */
export class TelegramTopics {
  private readonly api: Api;
  private readonly moved: MovedChats;
  private readonly log: ChatPorts['log'];
  private readonly forums = new Set<string>();
  /** Chats that refused, of which the log told. */
  private readonly told = new Set<string>();

  constructor(api: Api, moved: MovedChats, log: ChatPorts['log']) {
    this.api = api;
    this.moved = moved;
    this.log = log;
  }

  /** Telegram said whether a chat has topics. */
  met(chat: string, isForum: boolean): void {
    if (isForum) this.forums.add(chat);
    else this.forums.delete(chat);
  }

  /** Opens a topic; undefined where the message does without. Not repeated when nobody knows whether it is there. */
  async open(to: Conversation, name: string): Promise<ChatOutcome<Conversation | undefined>> {
    const { platform, channel } = to;
    const place = placeOf(to).chat;
    const chat = this.moved.newId(place) ?? place;
    if (!this.forums.has(chat)) return succeeded(undefined);
    try {
      const { message_thread_id: id } = await this.api.createForumTopic(chat, name.slice(0, MAX_NAME));
      this.told.delete(chat);
      return succeeded({ platform, channel, thread: chat === channel ? String(id) : `${id}@${chat}` });
    } catch (error) {
      const outcome = outcomeOfError(error, `opening a topic in chat ${chat}`, 'not repeatable');
      // The post that follows learns of the move by itself.
      if (movedTo(error) === undefined && !['CHAT_REJECTED', 'CHAT_GONE'].includes(outcome.code))
        return outcome;
      this.tell(chat, outcome.message);
      return succeeded(undefined);
    }
  }

  private tell(chat: string, why: string): void {
    if (this.told.has(chat)) return;
    this.told.add(chat);
    this.log(
      'warn',
      `Telegram: incidents are reply chains in chat ${chat}. ${why} For a topic each, let the bot manage topics there.`,
    );
  }
}
