import { failed, type Outcome, succeeded } from '../domain/outcome.ts';

/** Longest line taken, in characters; Slack and Telegram allow more, a command never needs it. */
export const LONGEST_LINE = 2000;

/** Longest single word or quoted value, in characters. */
export const LONGEST_WORD = 500;

/** One word of a line; `quoted` words are never read as flags. */
export interface Token {
  readonly text: string;
  readonly quoted: boolean;
}

// Phones turn straight quotes and `--` into typographic ones, and pasted text carries spaces of other widths.
const SPACES = /[\u00a0\u2000-\u200a\u202f\u205f\u3000\r\n\t]/g;
const INVISIBLE = /[\u061c\u200b-\u200f\u2060\ufeff]/g;
const DOUBLE_QUOTES = /[\u201c\u201d\u201e\u00ab\u00bb]/g;
const SINGLE_QUOTES = /[\u2018\u2019\u201a]/g;
const LONG_DASH = /(^|\s)[\u2013\u2014](?=[a-z])/g;
// C0, DEL, C1, and the marks that turn the direction of text around.
const isControl = (code: number): boolean =>
  code < 0x20 ||
  (code >= 0x7f && code <= 0x9f) ||
  (code >= 0x202a && code <= 0x202e) ||
  (code >= 0x2066 && code <= 0x2069);

// Slack writes links as <url|what was typed> and escapes & < > (docs.slack.dev/messaging/formatting-message-text).
const SLACK_LINK = /<(?:https?:\/\/|mailto:)[^|>]*\|([^>]*)>/g;
const SLACK_BARE = /<((?:https?:\/\/|mailto:)[^|>]*)>/g;
const SLACK_REFERENCE = /<([@#][A-Z0-9]+)(?:\|[^>]*)?>/g;

const plainText = (line: string): string =>
  line
    .replace(SLACK_LINK, '$1')
    .replace(SLACK_BARE, '$1')
    .replace(SLACK_REFERENCE, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(SPACES, ' ')
    .replace(INVISIBLE, '')
    .replace(DOUBLE_QUOTES, '"')
    .replace(SINGLE_QUOTES, "'")
    .replace(LONG_DASH, '$1--');

// A word is any run of bare characters and quoted pieces: --reason="two words" is one.
// Between two letters a quote is an apostrophe: nobody who denies with "it isn't time" means to open one.
const PIECE = /"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:[^\s"']|(?<=\p{L})'(?=\p{L}))+)/uy;

function readWord(text: string, start: number): { readonly token: Token; readonly end: number } | undefined {
  let at = start;
  let word = '';
  let quoted = false;
  while (at < text.length && text[at] !== ' ') {
    PIECE.lastIndex = at;
    const match = PIECE.exec(text);
    if (match === null) return undefined;
    if (match[3] === undefined && at === start) quoted = true;
    word += match[1]?.replace(/\\(["\\])/g, '$1') ?? match[2] ?? match[3] ?? '';
    at = PIECE.lastIndex;
  }
  return { token: { text: word, quoted }, end: at };
}

/** Splits a line as typed in any chat into words; refuses what nobody types on purpose. */
export function tokenize(line: string): Outcome<readonly Token[]> {
  if (line.length > LONGEST_LINE)
    return failed(
      'INPUT_TOO_LONG',
      `that line has ${line.length} characters, at most ${LONGEST_LINE} are taken`,
    );
  const text = plainText(line).trim();
  const control = text
    .split('')
    .map((unit) => unit.charCodeAt(0))
    .findIndex(isControl);
  if (control >= 0) {
    const code = text.charCodeAt(control).toString(16).padStart(4, '0');
    return failed(
      'INPUT_CONTROL_CHARACTER',
      `character ${control + 1} is the control character U+${code}`,
      'Type the line again instead of pasting it.',
    );
  }
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    if (text[at] === ' ') {
      at += 1;
      continue;
    }
    const word = readWord(text, at);
    if (word === undefined)
      return failed(
        'INPUT_UNBALANCED_QUOTE',
        `the quote at character ${at + 1} is never closed`,
        'Close it or leave it out.',
      );
    if (word.token.text.length > LONGEST_WORD)
      return failed(
        'INPUT_TOO_LONG',
        `a word of ${word.token.text.length} characters, at most ${LONGEST_WORD} are taken`,
      );
    tokens.push(word.token);
    at = word.end;
  }
  return succeeded(tokens);
}
