import type { InlineKeyboardButton } from 'grammy/types';
import type { Action } from '../../domain/message.ts';

/** What a press asks for; the token stands for a line that the server keeps. */
export type Pressed =
  | { readonly kind: 'do'; readonly token: string }
  /** The button wants a second press before it counts. */
  | { readonly kind: 'ask'; readonly token: string }
  | { readonly kind: 'sure'; readonly token: string; readonly askedAt: number }
  | { readonly kind: 'back'; readonly token: string }
  /** One of the choices of a picker; the token stands for all of them. */
  | { readonly kind: 'pick'; readonly token: string; readonly choice: number };

/** How long the second press may take. */
export const CONFIRM_MS = 60_000;
/** Bytes of callback_data (https://core.telegram.org/bots/api#inlinekeyboardbutton). */
const MAX_DATA_BYTES = 64;
/** Unit separator: stands between a line and the question asked before it counts. */
const SEPARATOR = '\u001f';
const YES = 'Yes, ';
const BACK = 'Back';

const LETTER = { do: 'd', ask: 'a', sure: 's', back: 'b', pick: 'p' } as const;

/** Callback data of a press: `a:<token>`, `s:<token>:<when>`, `p:<token>:<choice>`. */
export function writePressed(pressed: Pressed): string {
  const written = `${LETTER[pressed.kind]}:${pressed.token}${detailOf(pressed)}`;
  if (Buffer.byteLength(written) > MAX_DATA_BYTES)
    throw new Error(
      `Callback data of ${Buffer.byteLength(written)} bytes; Telegram takes ${MAX_DATA_BYTES}.`,
    );
  return written;
}

function detailOf(pressed: Pressed): string {
  if (pressed.kind === 'sure') return `:${Math.floor(pressed.askedAt / 1000).toString(36)}`;
  return pressed.kind === 'pick' ? `:${pressed.choice.toString(36)}` : '';
}

/** Reads callback data; undefined when it is none of ours. */
export function readPressed(data: string | undefined): Pressed | undefined {
  const [, letter, token, detail = '0'] =
    /^([dasbp]):([\w-]{1,40})(?::([0-9a-z]{1,9}))?$/.exec(data ?? '') ?? [];
  if (token === undefined) return undefined;
  const number = Number.parseInt(detail, 36);
  if (letter === LETTER.do) return { kind: 'do', token };
  if (letter === LETTER.ask) return { kind: 'ask', token };
  if (letter === LETTER.back) return { kind: 'back', token };
  return letter === LETTER.pick
    ? { kind: 'pick', token, choice: number }
    : { kind: 'sure', token, askedAt: number * 1000 };
}

/** What a button's token stands for: its line, and behind it the question, so that both survive a restart. */
export function tokenText(action: Action): string {
  return action.confirm === undefined ? action.line : `${action.line}${SEPARATOR}${action.confirm}`;
}

/** The line and the question behind a token. */
export function readTokenText(text: string): { readonly line: string; readonly question: string } {
  const [line = '', question = ''] = text.split(SEPARATOR);
  return { line, question };
}

/** A message's buttons. */
export type Keyboard = readonly (readonly InlineKeyboardButton[])[];

/** The keyboard with the pressed button's row turned into “Yes, …” and “Back”. */
export function askingKeyboard(keyboard: Keyboard, token: string, askedAt: number): InlineKeyboardButton[][] {
  const asked = writePressed({ kind: 'ask', token });
  return keyboard.flatMap((row) => {
    const button = row.find((one) => dataOf(one) === asked);
    if (!button) return [[...row]];
    const yes = {
      ...lookOf(button),
      text: `${YES}${button.text}`,
      callback_data: writePressed({ kind: 'sure', token, askedAt }),
    };
    const back = { text: BACK, callback_data: writePressed({ kind: 'back', token }) };
    const others = row.filter((one) => one !== button);
    return [...(others.length > 0 ? [others] : []), [yes, back]];
  });
}

/** The keyboard as it was before {@link askingKeyboard}. */
export function restoredKeyboard(keyboard: Keyboard, token: string): InlineKeyboardButton[][] {
  const back = writePressed({ kind: 'back', token });
  return keyboard.map((row) => {
    const yes = row[0];
    if (!yes || !row.some((one) => dataOf(one) === back)) return [...row];
    const text = yes.text.startsWith(YES) ? yes.text.slice(YES.length) : yes.text;
    return [{ ...lookOf(yes), text, callback_data: writePressed({ kind: 'ask', token }) }];
  });
}

function dataOf(button: InlineKeyboardButton): string | undefined {
  return 'callback_data' in button ? button.callback_data : undefined;
}

function lookOf(button: InlineKeyboardButton) {
  return button.style === undefined ? {} : { style: button.style };
}
