/** How a stretch of text looks. */
export type Mark = 'plain' | 'bold' | 'italic' | 'pre' | { readonly user: string };

/** A stretch of visible text with one look; what counts against Telegram's limit is `text`. */
export interface Run {
  readonly text: string;
  readonly mark: Mark;
}

/** C0 and C1 controls except tab and newline, the bidi controls that turn text around, and what has no width but splits words. */
const UNSEEN: readonly (readonly [from: number, to: number])[] = [
  [0x00, 0x08],
  [0x0b, 0x1f],
  [0x7f, 0x9f],
  [0x061c, 0x061c],
  [0x200b, 0x200b],
  [0x200e, 0x200f],
  [0x202a, 0x202e],
  [0x2060, 0x2069],
  [0xfeff, 0xfeff],
];
/** Telegram turns `@name` into a mention wherever a word starts (tdlib, match_mentions). */
const MENTION = /(?<![A-Za-z0-9_])@(?=[A-Za-z0-9_])/g;
const WORD_JOINER = '\u2060';

/** Makes a run of text from outside: no control characters, and outside of code no mention. */
export function run(text: string, mark: Mark = 'plain'): Run {
  const clean = [...text.toWellFormed()].filter(isSeen).join('');
  return { text: mark === 'pre' ? clean : clean.replace(MENTION, `@${WORD_JOINER}`), mark };
}

function isSeen(character: string): boolean {
  const code = character.codePointAt(0) ?? 0;
  return !UNSEEN.some(([from, to]) => code >= from && code <= to);
}

/** Escapes for HTML parse mode (https://core.telegram.org/bots/api#html-style). */
export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Visible length in UTF-16 units, at least what Telegram counts. */
export function lengthOf(runs: readonly Run[]): number {
  return runs.reduce((sum, one) => sum + one.text.length, 0);
}

/** HTML for Telegram. */
export function toHtml(runs: readonly Run[]): string {
  return runs.map(htmlOf).join('');
}

function htmlOf({ text, mark }: Run): string {
  const escaped = escapeHtml(text);
  if (mark === 'plain' || text === '') return escaped;
  if (mark === 'bold') return `<b>${escaped}</b>`;
  if (mark === 'italic') return `<i>${escaped}</i>`;
  if (mark === 'pre') return `<pre>${escaped}</pre>`;
  return `<a href="tg://user?id=${mark.user}">${escaped}</a>`;
}

/** Room that stays for the words around a shortened output. */
const LEAST_CODE = 200;

/**
 * Shortens until at most `limit` UTF-16 units are visible: first the middle of the longest outputs, then the end.
 * Tags are added after cutting, so they always close.
 */
export function shorten(runs: readonly Run[], limit: number, pointer: Run): readonly Run[] {
  if (lengthOf(runs) <= limit) return runs;
  const room = limit - pointer.text.length;
  const outputs = runs
    .filter((one) => one.mark === 'pre')
    .sort((one, other) => other.text.length - one.text.length);
  let shorter = runs;
  for (const output of outputs) {
    const excess = lengthOf(shorter) - room;
    if (excess <= 0) break;
    const kept = Math.max(LEAST_CODE, output.text.length - excess);
    shorter = shorter.map((one) => (one === output ? { ...one, text: cutMiddle(one.text, kept) } : one));
  }
  return [...cutEnd(shorter, room), pointer];
}

function cutEnd(runs: readonly Run[], limit: number): readonly Run[] {
  const kept: Run[] = [];
  let left = limit;
  for (const one of runs) {
    if (left <= 0) break;
    kept.push({ ...one, text: head(one.text, left) });
    left -= one.text.length;
  }
  return kept;
}

/** Keeps head and tail of an output within a length and says how much is missing between. */
export function cutMiddle(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const gap = (left: number): string => `\n… ${left} characters left out …\n`;
  const room = limit - gap(text.length).length;
  const front = head(text, Math.ceil(room / 3));
  const back = tail(text, room - front.length);
  return front + gap(text.length - front.length - back.length) + back;
}

/** The first units of a text, never half of a surrogate pair. */
export function head(text: string, units: number): string {
  if (text.length <= units) return text;
  const cut = text.slice(0, Math.max(0, units));
  return cut.isWellFormed() ? cut : cut.slice(0, -1);
}

function tail(text: string, units: number): string {
  const cut = text.slice(text.length - Math.max(0, units));
  return cut.isWellFormed() ? cut : cut.slice(1);
}
