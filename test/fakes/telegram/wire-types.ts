/** A user as the Bot API shows one. */
export interface WireUser {
  readonly id: number;
  readonly is_bot: boolean;
  readonly first_name: string;
  readonly username?: string;
}

/** A chat as the Bot API shows one; ids of groups are negative. */
export interface WireChat {
  readonly id: number;
  readonly type: 'private' | 'group' | 'supergroup' | 'channel';
  readonly title?: string;
  readonly username?: string;
  readonly first_name?: string;
  readonly is_forum?: true;
}

/** A formatted stretch of text; offsets are in UTF-16 units. */
export interface WireEntity {
  readonly type: string;
  readonly offset: number;
  readonly length: number;
  readonly url?: string;
  readonly language?: string;
}

/** A button of an inline keyboard. */
export interface WireButton {
  readonly text: string;
  readonly callback_data?: string;
  readonly url?: string;
  readonly style?: string;
  readonly disabled?: object;
}

/** An inline keyboard: rows of buttons. */
export interface WireKeyboard {
  readonly inline_keyboard: readonly (readonly WireButton[])[];
}

/** A message as the Bot API shows one (the part this fake speaks). */
export interface WireMessage {
  readonly message_id: number;
  readonly chat: WireChat;
  readonly date: number;
  readonly from?: WireUser;
  readonly sender_chat?: WireChat;
  readonly text?: string;
  readonly entities?: readonly WireEntity[];
  readonly caption?: string;
  readonly caption_entities?: readonly WireEntity[];
  readonly document?: WireDocument;
  readonly message_thread_id?: number;
  readonly is_topic_message?: true;
  readonly reply_to_message?: WireMessage;
  readonly reply_markup?: WireKeyboard;
  readonly edit_date?: number;
  readonly forward_origin?: object;
  readonly is_automatic_forward?: true;
  readonly via_bot?: WireUser;
  readonly author_signature?: string;
  readonly migrate_to_chat_id?: number;
  readonly migrate_from_chat_id?: number;
}

/** The description of an uploaded file. */
export interface WireDocument {
  readonly file_id: string;
  readonly file_unique_id: string;
  readonly file_name: string;
  readonly file_size: number;
}

/** What the bot is told by getUpdates. */
export interface WireUpdate {
  readonly update_id: number;
  readonly [kind: string]: unknown;
}

/** An uploaded part of a multipart request. */
export interface UploadedFile {
  readonly name: string;
  readonly content: Buffer;
}

/** The arguments of one call, JSON already read, files apart. */
export interface CallArguments {
  readonly values: Readonly<Record<string, unknown>>;
  readonly files: ReadonlyMap<string, UploadedFile>;
}

/** How a method ends; the HTTP status is `code`. */
export type MethodResult =
  | { readonly kind: 'ok'; readonly result: unknown }
  | {
      readonly kind: 'refused';
      readonly code: number;
      readonly description: string;
      readonly parameters?: { readonly retry_after?: number; readonly migrate_to_chat_id?: number };
    };

/** The refusing half of a method's result. */
export type Refusal = Extract<MethodResult, { kind: 'refused' }>;

/** A refusal in the words of the real server. */
export function refuse(code: number, description: string, parameters?: Refusal['parameters']): Refusal {
  return { kind: 'refused', code, description, ...(parameters ? { parameters } : {}) };
}

/** A success. */
export function accept(result: unknown): MethodResult {
  return { kind: 'ok', result };
}
