import { ALL_SCOPES } from './methods-conversations.ts';
import {
  type FakeChannel,
  type FakeEphemeral,
  type FakeFile,
  type FakeMessage,
  type FakeUser,
  type Look,
  SlackRefusal,
} from './types.ts';

type NewMessage = {
  readonly channel: string;
  readonly author: string;
  readonly by_bot: boolean;
  readonly look: Look;
  readonly thread_ts?: string;
  readonly broadcast?: boolean;
  readonly files?: readonly FakeFile[];
};

/** Who our bot is in the fake workspace. */
export const IDENTITY = {
  team: 'T0TEAM',
  domain: 'fake',
  bot: 'U0BOT',
  botId: 'B0BOT',
  app: 'A0APP',
} as const;

/** Everything the fake workspace remembers. */
export class SlackWorld {
  readonly users = new Map<string, FakeUser>();
  readonly channels = new Map<string, FakeChannel>();
  readonly files = new Map<string, FakeFile>();
  /** Members by user group id. */
  readonly groups = new Map<string, readonly string[]>();
  readonly ephemerals: FakeEphemeral[] = [];
  /** What our bot's token may do; taking one away is as if it had never been granted. */
  readonly scopes = new Set(ALL_SCOPES);
  /** Milliseconds that Slack's clock is ahead of ours, by the Date header. */
  clockAheadMs = 0;
  #messages: FakeMessage[] = [];
  #serial = 0;

  /** A number that never comes twice. */
  next(): number {
    this.#serial += 1;
    return this.#serial;
  }

  /** A Slack timestamp: seconds with six decimals that only ever grow. */
  timestamp(): string {
    const serial = String(this.next()).padStart(6, '0');
    return `${Math.floor(Date.now() / 1000)}.${serial}`;
  }

  /** The channel our bot may write to; refuses as Slack does. */
  writable(id: string): FakeChannel {
    const channel = this.channels.get(id) ?? this.#directWith(id);
    if (!channel || (channel.is_private && !channel.bot_in)) throw new SlackRefusal('channel_not_found');
    if (channel.is_archived) throw new SlackRefusal('is_archived');
    if (!channel.bot_in) throw new SlackRefusal('not_in_channel');
    return channel;
  }

  /** The direct conversation of our bot and a user, made on first use. */
  directChannel(user: string): FakeChannel {
    const id = `D0${user.slice(1)}`;
    const known = this.channels.get(id);
    if (known) return known;
    const channel = {
      id,
      name: 'directmessage',
      is_private: true,
      is_archived: false,
      bot_in: true,
      members: [user],
    };
    this.channels.set(id, channel);
    return channel;
  }

  #directWith(user: string): FakeChannel | undefined {
    return this.users.has(user) ? this.directChannel(user) : undefined;
  }

  /** Puts a message in a channel; a thread must exist and be named by its root. */
  post(message: NewMessage): FakeMessage {
    if (message.thread_ts !== undefined) this.#requireRoot(message.channel, message.thread_ts);
    const { thread_ts, ...rest } = message;
    const posted: FakeMessage = {
      ...rest,
      ts: this.timestamp(),
      ...(thread_ts === undefined ? {} : { thread_ts }),
      broadcast: message.broadcast ?? false,
      files: message.files ?? [],
      earlier: [],
    };
    this.#messages.push(posted);
    return posted;
  }

  #requireRoot(channel: string, ts: string): void {
    const root = this.find(channel, ts);
    if (!root) throw new SlackRefusal('thread_not_found');
    if (root.thread_ts !== undefined) throw new SlackRefusal('cannot_reply_to_message');
  }

  /** Changes how a message looks, keeping the earlier look. */
  edit(message: FakeMessage, look: Look): FakeMessage {
    const edited = { ...message, look, earlier: [...message.earlier, message.look] };
    this.#messages = this.#messages.map((other) => (other === message ? edited : other));
    return edited;
  }

  /** Takes a message away, as a person deleting it would. */
  remove(channel: string, ts: string): void {
    this.#messages = this.#messages.filter((message) => message.channel !== channel || message.ts !== ts);
  }

  /** One message, or undefined. */
  find(channel: string, ts: string): FakeMessage | undefined {
    return this.#messages.find((message) => message.channel === channel && message.ts === ts);
  }

  /** What stands in the channel itself, oldest first. */
  inChannel(channel: string): readonly FakeMessage[] {
    return this.#messages.filter(
      (message) => message.channel === channel && (message.thread_ts === undefined || message.broadcast),
    );
  }

  /** Root and replies, oldest first. */
  inThread(channel: string, ts: string): readonly FakeMessage[] {
    return this.#messages.filter(
      (message) => message.channel === channel && (message.ts === ts || message.thread_ts === ts),
    );
  }

  /** Every message of every channel, oldest first. */
  all(): readonly FakeMessage[] {
    return this.#messages;
  }
}
