import { completed } from './formatted-text.ts';
import { withoutReply } from './methods-send.ts';
import type { ServerState } from './server-state.ts';
import type { WireMessage, WireUser } from './wire-types.ts';

/** GroupAnonymousBot, under whose name anonymous administrators write. */
const ANONYMOUS: WireUser = {
  id: 1_087_968_824,
  is_bot: true,
  first_name: 'Group',
  username: 'GroupAnonymousBot',
};
/** The account under which a linked channel's posts arrive in its group. */
const CHANNEL_FORWARDER: WireUser = { id: 777_000, is_bot: false, first_name: 'Telegram' };

/** What somebody writes where; `thread` is a topic, `replyTo` a message id. */
export interface Saying {
  readonly chat: number;
  readonly text: string;
  readonly thread?: number;
  readonly replyTo?: number;
}

/** What the server made of it; no update id when the bot is not told (privacy mode, allowed_updates). */
export interface Said {
  readonly messageId: number;
  readonly updateId: number | undefined;
}

type Envelope = Omit<WireMessage, 'message_id' | 'chat' | 'date' | 'text' | 'entities'>;

/** Everybody who can put a message into a chat, as §2.4 of the facts lists them. */
export class Senders {
  /** Off = the bot is an administrator of its groups, or privacy mode was switched off with BotFather. */
  private readonly privacyMode: boolean;
  private readonly state: ServerState;

  constructor(state: ServerState, privacyMode: boolean) {
    this.state = state;
    this.privacyMode = privacyMode;
  }

  /** A person types; in a private chat they pressed Start before. */
  say(saying: Saying & { readonly user: number }): Said {
    if (saying.chat > 0) this.state.world.openPrivate(saying.user);
    return this.write('message', saying, { from: this.state.world.user(saying.user) });
  }

  /** A channel's post: no `from`. */
  post(saying: Saying): Said {
    const chat = this.state.world.chat(saying.chat).chat;
    return this.write('channel_post', saying, { sender_chat: chat });
  }

  /** An administrator with anonymity on. */
  sayAnonymously(saying: Saying & { readonly title?: string }): Said {
    return this.write('message', saying, {
      from: ANONYMOUS,
      sender_chat: this.state.world.chat(saying.chat).chat,
      ...(saying.title === undefined ? {} : { author_signature: saying.title }),
    });
  }

  /** Somebody who writes in the name of a channel they own. */
  sayAsChannel(saying: Saying & { readonly channel: number }): Said {
    const sender = this.channel(saying.channel);
    return this.write('message', saying, {
      from: { id: 136_817_688, is_bot: true, first_name: 'Channel', username: 'Channel_Bot' },
      sender_chat: sender,
    });
  }

  /** A linked channel's post, put into the discussion group by Telegram itself. */
  autoForward(saying: Saying & { readonly channel: number }): Said {
    const origin = this.channel(saying.channel);
    return this.write('message', saying, {
      from: CHANNEL_FORWARDER,
      sender_chat: origin,
      is_automatic_forward: true,
      forward_origin: { type: 'channel', chat: origin, message_id: 7, date: this.state.clock.seconds() },
    });
  }

  /** A person forwards somebody else's text. */
  forward(saying: Saying & { readonly user: number; readonly author?: number }): Said {
    if (saying.chat > 0) this.state.world.openPrivate(saying.user);
    return this.write('message', saying, {
      from: this.state.world.user(saying.user),
      forward_origin: {
        type: 'user',
        sender_user: this.state.world.user(saying.author ?? 999),
        date: this.state.clock.seconds(),
      },
    });
  }

  /** A person sends a text that an inline bot wrote. */
  sayViaBot(saying: Saying & { readonly user: number }): Said {
    const bot: WireUser = { id: 555, is_bot: true, first_name: 'Inline', username: 'inline_bot' };
    return this.write('message', saying, { from: this.state.world.user(saying.user), via_bot: bot });
  }

  /** Another bot speaks; delivered as with bot-to-bot communication on. */
  botSays(saying: Saying & { readonly bot?: number }): Said {
    const bot: WireUser = {
      id: saying.bot ?? 700_700,
      is_bot: true,
      first_name: 'Other',
      username: 'other_bot',
    };
    return this.write('message', saying, { from: bot });
  }

  /** A person edits what they wrote. */
  edit(edit: { readonly chat: number; readonly messageId: number; readonly text: string }): Said {
    const { world } = this.state;
    const stored = world.find(edit.chat, edit.messageId);
    if (!stored) throw new Error(`No message ${edit.messageId} stands in ${edit.chat}.`);
    const entities = completed(edit.text, []);
    const { entities: _, ...rest } = stored.wire;
    world.edit(stored, {
      ...rest,
      text: edit.text,
      ...(entities.length > 0 ? { entities } : {}),
      edit_date: this.state.clock.seconds(),
    });
    return { messageId: edit.messageId, updateId: this.state.updates.push('edited_message', stored.wire) };
  }

  private channel(id: number) {
    const { world } = this.state;
    return world.standing(id).length > 0 || world.chat(id).chat.type === 'channel'
      ? world.chat(id).chat
      : world.addChat({ id, type: 'channel', title: `Channel ${id}` });
  }

  private write(kind: string, saying: Saying, envelope: Envelope): Said {
    const { world, updates } = this.state;
    const general = world.chat(saying.chat).lastBot === world.me.id;
    const entities = completed(saying.text, []);
    const stored = world.store(saying.chat, {
      ...envelope,
      ...this.placement(saying),
      text: saying.text,
      ...(entities.length > 0 ? { entities } : {}),
    });
    const told = kind !== 'message' || this.isTold(stored.wire, general);
    return {
      messageId: stored.wire.message_id,
      updateId: told ? updates.push(kind, stored.wire) : undefined,
    };
  }

  /** In a topic every message replies at least to the topic's first one (Client.cpp, get_implicit_reply_to_message_id). */
  private placement(saying: Saying): Partial<WireMessage> {
    const replied = this.state.world.find(saying.chat, saying.replyTo ?? saying.thread);
    const thread =
      saying.thread ?? (replied?.wire.is_topic_message ? replied.wire.message_thread_id : undefined);
    return {
      ...(thread === undefined ? {} : { message_thread_id: thread, is_topic_message: true }),
      ...(replied ? { reply_to_message: withoutReply(replied.wire) } : {}),
    };
  }

  /** Privacy mode: commands for this bot and replies to it (core.telegram.org/bots/features#privacy-mode). */
  private isTold(message: WireMessage, general: boolean): boolean {
    if (!this.privacyMode || message.chat.type === 'private') return true;
    const { me } = this.state.world;
    if (message.reply_to_message?.from?.id === me.id) return true;
    const addressed = /^\/\w+(?:@(\w+))?/.exec(message.text ?? '');
    if (!addressed) return false;
    return addressed[1] === undefined
      ? general
      : addressed[1].toLowerCase() === (me.username ?? '').toLowerCase();
  }
}
