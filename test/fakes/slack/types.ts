/** A JSON object as it travels on the wire. */
export type Json = Readonly<Record<string, unknown>>;

/** Somebody in the fake workspace; `team_id` other than the workspace's makes a Slack Connect user. */
export type FakeUser = {
  readonly id: string;
  readonly name: string;
  readonly team_id: string;
  readonly is_bot: boolean;
  readonly is_restricted: boolean;
  readonly is_ultra_restricted: boolean;
  readonly deleted: boolean;
};

/** A conversation of the fake workspace. */
export type FakeChannel = {
  readonly id: string;
  readonly name: string;
  readonly is_private: boolean;
  readonly is_archived: boolean;
  /** Whether our bot is a member. */
  readonly bot_in: boolean;
  /** Who is a member; absent means everybody. */
  readonly members?: readonly string[];
};

/** What one message looked like at one moment. */
export type Look = {
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly attachments: readonly Json[];
  readonly metadata?: Json;
};

/** A message as it is now (`look`) and as it was before each edit (`earlier`). */
export type FakeMessage = {
  readonly channel: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly author: string;
  readonly by_bot: boolean;
  readonly broadcast: boolean;
  readonly files: readonly FakeFile[];
  readonly look: Look;
  readonly earlier: readonly Look[];
};

/** A message only one person sees; it can be changed through its response_url alone. */
export type FakeEphemeral = {
  readonly channel: string;
  readonly user: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly via: 'chat.postEphemeral' | 'response_url' | 'ack';
  /** `markOf` the line that was typed, for which the response_url was handed out. */
  readonly answers?: string;
  readonly look: Look;
};

/** An uploaded file; `content` is absent until the bytes have arrived. */
export type FakeFile = {
  readonly id: string;
  readonly name: string;
  readonly length: number;
  readonly title?: string;
  readonly content?: Buffer;
};

/** One request as the fake saw it. */
export type Received = {
  readonly method: string;
  readonly args: Json;
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** How it was answered: `ok`, Slack's error word, `http 500`, `reset` … */
  outcome: string;
};

/** A refusal with Slack's own error word, thrown inside a method and turned into `ok: false`. */
export class SlackRefusal extends Error {
  readonly word: string;
  readonly details: readonly string[];

  constructor(word: string, details: readonly string[] = []) {
    super(word);
    this.word = word;
    this.details = details;
  }
}

/** Whether a value is a plain JSON object. */
export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The string under `key`, or '' when absent or of another type. */
export const str = (from: Json, key: string): string => {
  const value = from[key];
  return typeof value === 'string' ? value : '';
};

/** The array of objects under `key`, or [] when absent; other items are left out. */
export const objects = (from: Json, key: string): readonly Json[] => {
  const value = from[key];
  return Array.isArray(value) ? value.filter(isJson) : [];
};
