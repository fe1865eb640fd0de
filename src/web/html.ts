import { stripVTControlCharacters } from 'node:util';

const KEY = Symbol('html');

/** Markup that is safe to send; made only by {@link html}, {@link joined} and {@link EMPTY}. */
export class Html {
  readonly #markup: string;
  constructor(markup: string, key: typeof KEY) {
    if (key !== KEY) throw new TypeError('Html is made by the html tag alone.');
    this.#markup = markup;
  }
  toString(): string {
    return this.#markup;
  }
}

/** What may stand in a template: text is escaped, markup is kept, nothing shows for `undefined` and `false`. */
export type Slot = string | number | Html | readonly Html[] | undefined | false;

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

// Controls and format characters (bidirectional overrides, zero-width ones) except tab, newline and the joiner of emoji.
const UNSEEN = /(?![\t\n\u200d])[\p{Cc}\p{Cf}]/gu;

/** Text from anywhere as it may be shown: terminal sequences go, what cannot be seen becomes `�`. */
export const plain = (text: string): string =>
  stripVTControlCharacters(text).replaceAll('\r\n', '\n').replace(UNSEEN, '\ufffd');

/** Template tag that escapes every value, so that no text can become markup; attributes must stand in double quotes. */
export function html(strings: TemplateStringsArray, ...slots: readonly Slot[]): Html {
  const markup = strings.map((fixed, index) => fixed + shown(slots[index])).join('');
  return new Html(markup, KEY);
}

/** Pieces of markup one after the other. */
export const joined = (pieces: readonly Html[]): Html => html`${pieces}`;

/** No markup at all. */
export const EMPTY: Html = html``;

function shown(slot: Slot): string {
  if (slot === undefined || slot === false) return '';
  if (slot instanceof Html) return slot.toString();
  if (typeof slot === 'object') return slot.map(String).join('');
  return plain(String(slot)).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
