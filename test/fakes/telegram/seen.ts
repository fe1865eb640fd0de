import type { WireButton, WireEntity, WireMessage } from './wire-types.ts';
import type { StoredMessage } from './world.ts';

/** A message as somebody in the chat sees it. */
export interface SeenMessage {
  readonly chat: number;
  readonly messageId: number;
  /** Who wrote it; undefined for a channel. */
  readonly from: number | undefined;
  readonly text: string;
  /** As sent by the bot. */
  readonly html: string | undefined;
  readonly entities: readonly WireEntity[];
  /** Labels of the buttons, row after row. */
  readonly buttons: readonly string[];
  readonly keyboard: readonly (readonly WireButton[])[];
  readonly replyTo: number | undefined;
  readonly thread: number | undefined;
  readonly document: { readonly name: string; readonly text: string } | undefined;
  /** How often it was edited. */
  readonly edits: number;
}

/** What stands in the message now. */
export function seen(stored: StoredMessage): SeenMessage {
  const wire: WireMessage = stored.wire;
  const keyboard = wire.reply_markup?.inline_keyboard ?? [];
  return {
    chat: wire.chat.id,
    messageId: wire.message_id,
    from: wire.from?.id,
    text: wire.text ?? wire.caption ?? '',
    html: stored.html,
    entities: wire.entities ?? wire.caption_entities ?? [],
    buttons: keyboard.flat().map((button) => button.text),
    keyboard,
    replyTo: wire.reply_to_message?.message_id,
    thread: wire.message_thread_id,
    document: wire.document
      ? { name: wire.document.file_name, text: stored.document?.toString('utf8') ?? '' }
      : undefined,
    edits: stored.versions.length - 1,
  };
}

/** What a test waits for; every given property must hold. */
export interface Wanted {
  readonly chat: number;
  readonly text?: string | RegExp;
  readonly button?: string;
  readonly replyTo?: number;
  readonly thread?: number;
  readonly messageId?: number;
  readonly document?: string;
  /** Only messages after this one. */
  readonly after?: number;
  /** Milliseconds; 5,000 unless told. */
  readonly within?: number;
}

const holds = (wanted: unknown, have: unknown): boolean => wanted === undefined || wanted === have;

/** Whether a message is the one. */
export function matches(message: SeenMessage, wanted: Wanted): boolean {
  const { text } = wanted;
  const says =
    text === undefined || (typeof text === 'string' ? message.text.includes(text) : text.test(message.text));
  const placed =
    holds(wanted.replyTo, message.replyTo) &&
    holds(wanted.thread, message.thread) &&
    holds(wanted.messageId, message.messageId);
  const carries =
    holds(wanted.document, message.document?.name) &&
    (wanted.button === undefined || message.buttons.includes(wanted.button));
  return says && placed && carries && message.messageId > (wanted.after ?? 0);
}

/** The chat in words, for a failed expectation. */
export function transcript(messages: readonly SeenMessage[]): string {
  if (messages.length === 0) return '  (nothing)';
  return messages
    .map((one) => {
      const buttons = one.buttons.length > 0 ? ` [${one.buttons.join('] [')}]` : '';
      const file = one.document ? ` (file ${one.document.name})` : '';
      return `  #${one.messageId} from ${one.from ?? 'a channel'}: ${one.text}${file}${buttons}`;
    })
    .join('\n');
}
