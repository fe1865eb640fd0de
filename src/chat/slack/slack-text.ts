import { INVISIBLE } from '../../domain/invisible.ts';

/** Takes out what could disguise text, and halves of characters, on which the encoding of a call would break. */
export const visible = (text: string): string => text.toWellFormed().replace(INVISIBLE, '');

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Escapes exactly `& < >`, so that outside text can neither link nor mention (https://docs.slack.dev/messaging/formatting-message-text#escaping). */
export const escapeSlack = (text: string): string =>
  visible(text).replace(/[&<>]/g, (character) => ENTITIES[character] ?? character);

/** {@link escapeSlack} cut to `max` UTF-16 units with an ellipsis; never splits an entity or a surrogate pair. */
export const escapeWithin = (text: string, max: number): string => {
  const whole = escapeSlack(text);
  if (whole.length <= max) return whole;
  let out = '';
  for (const character of visible(text)) {
    const next = ENTITIES[character] ?? character;
    if (out.length + next.length > max - 1) break;
    out += next;
  }
  return `${out}…`;
};

/** Cuts plain text to `max` UTF-16 units with an ellipsis; plain_text needs no escaping. */
export const plainWithin = (text: string, max: number): string => {
  const whole = visible(text);
  if (whole.length <= max) return whole;
  let out = '';
  for (const character of whole) {
    if (out.length + character.length > max - 1) break;
    out += character;
  }
  return `${out}…`;
};

const ZERO_WIDTH_SPACE = '\u200b';

/** Escaped text whose `* _ ~` and backticks stay what they are: a zero-width space keeps them from pairing up. */
export const literal = (text: string, max: number): string => {
  const plain = escapeWithin(text, max);
  const marked = plain.replace(/(?<![A-Za-z0-9])[*_~`]|[*_~`](?![A-Za-z0-9])/g, `$&${ZERO_WIDTH_SPACE}`);
  return marked.length <= max ? marked : plain;
};

/** Escaped text that cannot close the code block it stands in. */
export const codeText = (escapedText: string): string =>
  escapedText.replaceAll('```', `\`${ZERO_WIDTH_SPACE}\`${ZERO_WIDTH_SPACE}\``);

/** Lines gathered into pieces of at most `max` UTF-16 units; one longer line is cut. */
export const gather = (lines: readonly string[], max: number): readonly string[] => {
  const pieces: string[] = [];
  for (const line of lines.map((one) => plainWithin(one, max))) {
    const last = pieces.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= max)
      pieces[pieces.length - 1] = `${last}\n${line}`;
    else pieces.push(line);
  }
  return pieces;
};

/** The first and last lines of a long text within `max` units, with what was left out said between them. */
export const headAndTail = (lines: readonly string[], max: number): readonly string[] => {
  const size = (some: readonly string[]): number => some.reduce((sum, line) => sum + line.length + 1, 0);
  if (size(lines) <= max) return lines;
  const room = max - 60;
  const tail: string[] = [];
  const head: string[] = [];
  for (const line of lines.toReversed()) {
    if (size(tail) + line.length + 1 > room / 2) break;
    tail.unshift(line);
  }
  for (const line of lines.slice(0, lines.length - tail.length)) {
    if (size(head) + size(tail) + line.length + 1 > room) break;
    head.push(line);
  }
  return [...head, `… ${lines.length - head.length - tail.length} lines left out …`, ...tail];
};
