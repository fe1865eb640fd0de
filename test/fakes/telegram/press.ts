import type { CallbackAnswer } from './press-book.ts';
import { type SeenMessage, transcript } from './seen.ts';
import type { ServerState } from './server-state.ts';

/** A press: on a message or on a kept {@link SeenMessage} (an old client still shows those buttons). */
export interface Press {
  readonly user: number;
  readonly chat: number;
  readonly label: string;
  /** The last message with such a button, unless told. */
  readonly messageId?: number;
  readonly snapshot?: SeenMessage;
  /** The message is so old that the bot no longer gets its content (`date: 0`). */
  readonly inaccessible?: boolean;
  /** Milliseconds the person waits for the spinner to end; 5,000 unless told. */
  readonly within?: number;
}

/** A press under way. */
export interface BegunPress {
  readonly updateId: number | undefined;
  readonly answer: Promise<CallbackAnswer>;
}

/** Sends the callback query of a press; fails as a client would when the button or the message is gone. */
export function beginPress(state: ServerState, press: Press, standing: readonly SeenMessage[]): BegunPress {
  const shown = press.snapshot ?? shownWith(press, standing);
  const button = shown.keyboard.flat().find((one) => one.text === press.label);
  if (button?.callback_data === undefined)
    throw new Error(
      `Message #${shown.messageId} has no button "${press.label}" to press, only ${shown.buttons.join(', ')}.`,
    );
  const stored = state.world.find(press.chat, shown.messageId);
  if (!stored) throw new Error(`MESSAGE_ID_INVALID: #${shown.messageId} no longer stands.`);
  const { id, answered } = state.presses.begin();
  const message = press.inaccessible
    ? { chat: stored.wire.chat, message_id: shown.messageId, date: 0 }
    : stored.wire;
  const updateId = state.updates.push('callback_query', {
    id,
    from: state.world.user(press.user),
    message,
    chat_instance: '-3704852362',
    data: button.callback_data,
  });
  return { updateId, answer: answered };
}

/** The answer, or an error when the person tires of the spinner. */
export async function inTime(answer: Promise<CallbackAnswer>, press: Press): Promise<CallbackAnswer> {
  const within = press.within ?? 5000;
  let timer: NodeJS.Timeout | undefined;
  const tired = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Error(`The press on "${press.label}" was not answered within ${within} ms.`)),
      within,
    );
  });
  return Promise.race([answer, tired]).finally(() => clearTimeout(timer));
}

function shownWith(press: Press, standing: readonly SeenMessage[]): SeenMessage {
  const found = standing.findLast((one) =>
    press.messageId === undefined ? one.buttons.includes(press.label) : one.messageId === press.messageId,
  );
  if (found) return found;
  throw new Error(`No message with a button "${press.label}" in ${press.chat}:\n${transcript(standing)}`);
}
