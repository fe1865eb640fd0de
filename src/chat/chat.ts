import type { AttachedFile, Message } from '../domain/message.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { Account, Platform } from '../domain/person.ts';
import type { Picker } from './picker.ts';

/** A place where messages stand. */
export interface Conversation {
  readonly platform: Platform;
  /** On Slack `C0OPS`, on Telegram the chat id as text, in the console `operations`. */
  readonly channel: string;
  /** On Slack the root's timestamp, on Telegram the topic id; absent outside of threads. */
  readonly thread?: string;
}

/** A message that was posted; all that is needed to edit it. */
export interface Posted {
  readonly platform: Platform;
  readonly channel: string;
  /** On Slack the timestamp, on Telegram the message id as text. */
  readonly message: string;
}

/** A line somebody typed, or a button somebody pressed (which types its line). */
export interface Incoming {
  /** The same when the platform delivers the same thing again: `slack:Ev0…`, `telegram:81234`. */
  readonly id: string;
  readonly account: Account;
  readonly conversation: Conversation;
  /** True when the conversation is with the bot alone. */
  readonly direct: boolean;
  /** Without `/ops` or the mention; as typed, not yet cleaned. */
  readonly text: string;
  /** When it was typed or pressed, at the earliest, epoch milliseconds, where that is known; a line may have waited while nobody listened. */
  readonly saidAt?: number;
  /** The message whose button was pressed. */
  readonly pressed?: Posted;
  /** Under what the change that it asks for is known, where presses of one button are one wish; set by whoever records it. */
  readonly wish?: string;
  /** Opaque handle by which this platform answers this person privately (Slack: response_url); short-lived. */
  readonly replyHandle?: string;
  /** Nobody typed it (the calendar did): what would be whispered to the asker is said to everybody there. */
  readonly toAll?: true;
}

/** Where an answer goes: the asker alone, or everybody in the conversation. */
export type Audience = 'asker' | 'conversation';

/** What dispatch answers at once; a change's card is posted and edited through deliveries instead. */
export interface Answer {
  readonly audience: Audience;
  readonly message: Message;
  /** Keeps the message up to date for a while; only where everybody sees it. */
  readonly follow?: Follow;
}

/** How an answer is kept up to date: looked at again so often, the last look says that it is the last. */
export interface Follow {
  readonly everyMs: number;
  readonly times: number;
  look(isLast: boolean): Promise<Message>;
}

/** Takes what came in. Resolves when it is safely recorded (before the platform may forget it), not when it is done. */
export type Receive = (incoming: Incoming) => Promise<void>;

/** What somebody's start page in a chat shows: what waits for them, then the fleet. */
export interface Home {
  readonly waiting: readonly Message[];
  readonly fleet: Message;
}

/** A request of the platform, as it came in; the raw body is what was signed. */
export interface WebhookRequest {
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** What the platform gets back. */
export interface WebhookReply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Why the caller was turned away, in few constant words; absent when the request was genuine. */
  readonly refused?: string;
}

/** A path of the public server that the platform calls instead of being polled (contract 6.4). */
export interface Webhook {
  /** `/slack/events`, `/telegram/webhook`. */
  readonly path: string;
  /** Checks who calls, hands up what came, and answers in time; never throws. */
  take(request: WebhookRequest): Promise<WebhookReply>;
}

/** What a platform's menus say of a verb. */
export interface MenuEntry {
  readonly name: string;
  readonly summary: string;
  /** True when it cannot run without naming what it is about, so that its bare name opens a picker. */
  readonly needsSubject?: boolean;
  /** True when its id alone leaves open what only words can say, so that a press of it opens a form. */
  readonly asksWords?: boolean;
}

/** What a chat gets from the composition root. */
export interface ChatPorts {
  readonly receive: Receive;
  /** Turns a line into a token of at most 40 characters of `A-Za-z0-9_-`, durable across restarts. */
  readonly issueToken: (line: string) => Promise<string>;
  /** The line behind a token; undefined when it was never issued. */
  readonly lineOfToken: (token: string) => Promise<string | undefined>;
  /** Whether a topic was opened for one of our messages, so that what is typed there is about that; absent = never. */
  readonly isOurTopic?: (topic: Conversation) => Promise<boolean>;
  /** What this account may choose from, for pickers; empty for somebody unknown. */
  readonly picker: (account: Account) => Promise<Picker>;
  /** What this account's start page shows; undefined for somebody unknown. */
  readonly home: (account: Account) => Promise<Home | undefined>;
  /** Until when everything that came was taken, for a platform that does not say when something came; durable across restarts. */
  readonly heard?: {
    /** Epoch milliseconds; undefined before the first {@link note}. */
    readonly until: () => Promise<number | undefined>;
    readonly note: (at: number) => Promise<void>;
    /** When the journal was restored: what came before may have been done already, however short the absence. Epoch milliseconds. */
    readonly restoredAt?: () => number | undefined;
  };
  /** Words by which a help request is completed in platform menus (setMyCommands); name and summary. */
  readonly commands: readonly MenuEntry[];
  readonly log: (
    level: 'debug' | 'info' | 'warn' | 'error',
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ) => void;
}

/**
 * A chat platform. Failures are values: `CHAT_RATE_LIMITED` (with `retryAfterMs`), `CHAT_UNREACHABLE` (nothing was posted),
 * `CHAT_REJECTED` and `CHAT_GONE` (final), and `unknown` with `CHAT_AMBIGUOUS` when it may have been posted.
 */
export interface Chat {
  readonly platform: Platform;
  /** Fewest milliseconds between two posts or edits in one channel that the platform bears. */
  readonly paceMs: number;
  /** Fewest milliseconds between two edits (or two lookups) anywhere, where the platform counts those for the whole app and apart from posts. */
  readonly editPaceMs?: number;
  /** Where the platform calls us; absent in Socket Mode and long polling. */
  readonly webhook?: Webhook;
  /** True when {@link post} keeps the message's file itself; otherwise it is given to {@link upload}. */
  readonly keepsFiles: boolean;
  /** Connects; failed when the token is wrong, and keeps trying when the platform is away. */
  start(): Promise<Outcome<void>>;
  /** Stops receiving, lets acknowledgements out, closes. */
  stop(): Promise<void>;
  /** Posts; `deliveryKey` is put where {@link find} sees it again. */
  post(to: Conversation, message: Message, deliveryKey: string): Promise<ChatOutcome<Posted>>;
  /** Opens a topic for a message and all below it; undefined where there are none, or none for us. Absent where the platform has none. */
  openTopic?(to: Conversation, name: string): Promise<ChatOutcome<Conversation | undefined>>;
  /** Replaces a posted message in place; unchanged content is success. */
  update(posted: Posted, message: Message): Promise<ChatOutcome<void>>;
  /** Answers the person alone where the platform can, else in the conversation, addressed to them. */
  whisper(incoming: Incoming, message: Message): Promise<ChatOutcome<void>>;
  /** Puts a file beside a message, in its thread. */
  upload(to: Conversation, file: AttachedFile): Promise<ChatOutcome<void>>;
  /** Looks for a message posted under this key after an ambiguous post; absent where the platform cannot. */
  find?(to: Conversation, deliveryKey: string): Promise<ChatOutcome<Posted | undefined>>;
  /** Looks whether this file stands in a thread after an ambiguous upload; absent where the platform cannot. */
  findFile?(to: Conversation, file: AttachedFile): Promise<ChatOutcome<boolean>>;
  /** The conversation with one account alone; undefined when it cannot be had now. */
  directWith(account: string): Promise<Conversation | undefined>;
  /** The accounts in a user group of the platform; absent where it has none. */
  membersOf?(group: string): Promise<ChatOutcome<readonly string[]>>;
  /** The conversation that hangs below a posted message (its thread, topic or reply chain). */
  threadOf(posted: Posted): Conversation;
  /** A link to a posted message for people, where there is one. */
  linkTo?(posted: Posted): string | undefined;
}

/** An outcome with how long the platform asked to wait. */
export type ChatOutcome<T> = Outcome<T> & { readonly retryAfterMs?: number };
