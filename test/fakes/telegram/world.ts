import { EventEmitter } from 'node:events';
import type { FakeClock } from './clock.ts';
import { type Refusal, refuse, type WireChat, type WireMessage, type WireUser } from './wire-types.ts';

/** A chat to create; ids of groups are negative, a private chat has its user's id. */
export interface ChatSetting {
  readonly id: number;
  readonly type?: WireChat['type'];
  readonly title?: string;
  readonly forum?: boolean;
}

/** A message as the server keeps it, with everything it ever looked like. */
export interface StoredMessage {
  wire: WireMessage;
  /** HTML as sent, when the parse mode was HTML. */
  html: string | undefined;
  readonly document: Buffer | undefined;
  readonly versions: WireMessage[];
  deleted: boolean;
}

interface ChatState {
  readonly chat: WireChat;
  readonly messages: Map<number, StoredMessage>;
  nextMessageId: number;
  /** Why the bot may not write here. */
  shut: Refusal | undefined;
  /** Topics nobody but administrators may write in; 1 is General. */
  readonly closedTopics: Set<number>;
  /** Which bot spoke last: general commands go to that one (bots/features#privacy-mode). */
  lastBot: number;
}

/** Chats, users and messages; tells `changed` after every change. */
export class TelegramWorld {
  readonly events = new EventEmitter<{ changed: [] }>();
  readonly clock: FakeClock;
  readonly me: WireUser;
  private readonly chats = new Map<number, ChatState>();
  private readonly users = new Map<number, WireUser>();
  private readonly started = new Set<number>();

  constructor(clock: FakeClock, me: WireUser) {
    this.clock = clock;
    this.me = me;
    this.events.setMaxListeners(0);
  }

  addUser(user: WireUser): WireUser {
    this.users.set(user.id, user);
    return user;
  }

  user(id: number): WireUser {
    return (
      this.users.get(id) ??
      this.addUser({ id, is_bot: false, first_name: `User ${id}`, username: `user${id}` })
    );
  }

  addChat(setting: ChatSetting): WireChat {
    const type = setting.type ?? (setting.id > 0 ? 'private' : 'supergroup');
    const chat: WireChat =
      type === 'private'
        ? { id: setting.id, type, first_name: this.user(setting.id).first_name }
        : {
            id: setting.id,
            type,
            title: setting.title ?? `Group ${setting.id}`,
            ...(setting.forum ? { is_forum: true } : {}),
          };
    this.chats.set(setting.id, {
      chat,
      messages: new Map(),
      nextMessageId: 100,
      shut: undefined,
      closedTopics: new Set(),
      lastBot: this.me.id,
    });
    return chat;
  }

  /** The chat's state, created when a test speaks of it for the first time. */
  chat(id: number): ChatState {
    const known = this.chats.get(id);
    if (known) return known;
    this.addChat({ id });
    return this.chat(id);
  }

  /** What the bot may look at: any chat it is or was in. */
  readable(id: number | undefined): ChatState | Refusal {
    const state = id === undefined ? undefined : this.chats.get(id);
    if (!state) return refuse(400, 'Bad Request: chat not found');
    return state.shut?.code === 403 ? state.shut : state;
  }

  /** Where the bot may write, or why not, in the server's words. */
  writable(id: number | undefined): ChatState | Refusal {
    const state = id === undefined ? undefined : this.chats.get(id);
    if (!state) {
      return id !== undefined && this.users.has(id)
        ? refuse(403, "Forbidden: bot can't initiate conversation with a user")
        : refuse(400, 'Bad Request: chat not found');
    }
    if (state.shut) return state.shut;
    return state.chat.type === 'private' && !this.started.has(state.chat.id)
      ? refuse(403, "Forbidden: bot can't initiate conversation with a user")
      : state;
  }

  /** The person pressed Start, or wrote to the bot. */
  openPrivate(user: number): void {
    this.started.add(user);
    this.chat(user);
  }

  shut(id: number, refusal: Refusal | undefined): void {
    this.chat(id).shut = refusal;
  }

  /** Stores a message under the chat's next id. */
  store(chatId: number, content: Omit<WireMessage, 'message_id' | 'chat' | 'date'>, extra: StoreExtra = {}) {
    const state = this.chat(chatId);
    const wire: WireMessage = {
      message_id: state.nextMessageId++,
      chat: state.chat,
      date: this.clock.seconds(),
      ...content,
    };
    const stored: StoredMessage = {
      wire,
      html: extra.html,
      document: extra.document,
      versions: [wire],
      deleted: false,
    };
    state.messages.set(wire.message_id, stored);
    if (content.from?.is_bot) state.lastBot = content.from.id;
    this.events.emit('changed');
    return stored;
  }

  /** Replaces what a message shows. */
  edit(stored: StoredMessage, wire: WireMessage, html?: string): void {
    stored.wire = wire;
    stored.html = html ?? stored.html;
    stored.versions.push(wire);
    this.events.emit('changed');
  }

  remove(stored: StoredMessage): void {
    stored.deleted = true;
    this.events.emit('changed');
  }

  /** A message that still stands. */
  find(chatId: number, messageId: number | undefined): StoredMessage | undefined {
    const stored = messageId === undefined ? undefined : this.chats.get(chatId)?.messages.get(messageId);
    return stored && !stored.deleted ? stored : undefined;
  }

  /** All standing messages of a chat in order. */
  standing(chatId: number): readonly StoredMessage[] {
    return [...(this.chats.get(chatId)?.messages.values() ?? [])].filter((stored) => !stored.deleted);
  }
}

interface StoreExtra {
  readonly html?: string | undefined;
  readonly document?: Buffer | undefined;
}
