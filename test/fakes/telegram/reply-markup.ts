import { fieldOf, objectOf, textOf } from './request-body.ts';
import { type Refusal, refuse, type WireButton, type WireKeyboard } from './wire-types.ts';

const MAX_BUTTONS = 100;
/** Empirical size of a keyboard the server still takes. */
const MAX_KEYBOARD_BYTES = 10_000;

/** Reads `reply_markup`; an empty keyboard is none. Complaints are those of Client.cpp and LinkManager.cpp. */
export function readKeyboard(value: unknown): WireKeyboard | undefined | Refusal {
  if (value === undefined || value === '') return undefined;
  const rows = fieldOf(objectOf(value), 'inline_keyboard');
  if (rows === undefined) return refuse(400, 'Bad Request: object expected as reply markup');
  if (!Array.isArray(rows) || rows.some((row) => !Array.isArray(row)))
    return refuse(
      400,
      'Bad Request: field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
    );
  const kept: WireButton[][] = [];
  for (const row of rows.filter((one) => one.length > 0)) {
    const buttons = readRow(row);
    if ('kind' in buttons) return buttons;
    kept.push(buttons);
  }
  return weighed(kept);
}

function readRow(row: readonly unknown[]): WireButton[] | Refusal {
  const buttons: WireButton[] = [];
  for (const one of row) {
    const button = readButton(one);
    if ('kind' in button) return button;
    buttons.push(button);
  }
  return buttons;
}

function weighed(rows: WireButton[][]): WireKeyboard | undefined | Refusal {
  if (rows.length === 0) return undefined;
  const keyboard = { inline_keyboard: rows };
  const heavy = rows.flat().length > MAX_BUTTONS || JSON.stringify(keyboard).length > MAX_KEYBOARD_BYTES;
  return heavy ? refuse(400, 'Bad Request: reply markup is too long') : keyboard;
}

const unreadable = (why: string): Refusal =>
  refuse(400, `Bad Request: can't parse inline keyboard button: ${why}`);

function readButton(value: unknown): WireButton | Refusal {
  const text = fieldOf(value, 'text');
  if (typeof text !== 'string') return unreadable('Field "text" must be of type String');
  const style = textOf(fieldOf(value, 'style'));
  if (style !== '' && !['danger', 'success', 'primary'].includes(style))
    return unreadable('Invalid button style specified');
  const look = { text, ...(style === '' ? {} : { style }) };
  const url = textOf(fieldOf(value, 'url'));
  if (url !== '') return readUrlButton(look, url);
  if (fieldOf(value, 'disabled') !== undefined) return { ...look, disabled: {} };
  const data = textOf(fieldOf(value, 'callback_data'));
  if (data === '') return unreadable('Text buttons are unallowed in the inline keyboard');
  if (Buffer.byteLength(data) > 64) return refuse(400, 'Bad Request: BUTTON_DATA_INVALID');
  return text === '' ? refuse(400, 'Bad Request: BUTTON_TEXT_INVALID') : { ...look, callback_data: data };
}

function readUrlButton(look: { readonly text: string }, url: string): WireButton | Refusal {
  const wrong = (why: string): Refusal =>
    refuse(400, `Bad Request: inline keyboard button URL '${url}' is invalid: ${why}`);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(url)?.[1]?.toLowerCase() ?? 'http';
  if (!['http', 'https', 'tg'].includes(scheme)) return wrong('Unsupported URL protocol');
  const host = url.replace(/^[a-z]+:\/\//i, '').split(/[/:?#]/)[0] ?? '';
  return scheme !== 'tg' && !host.includes('.') ? wrong('Wrong HTTP URL') : { ...look, url };
}
