/** What a word that differs from call to call may be: digits, `@` and digits, a time like 2026-11-20T10:00:00.123Z, an image's name. */
export type Varying = 'number' | 'since' | 'time' | 'image';

/** What may stand somewhere within a word, as a POSIX extended regular expression over printed ASCII. */
export interface Shape {
  readonly ere: string;
  /** The characters it may be made of. */
  readonly of: ReadonlySet<string>;
  /** Why it is wider than the settings have it. */
  readonly widened?: string;
  /** Patterns of fnmatch(3) that together say the same, for where no expression can stand. */
  readonly globs?: readonly string[];
  /** What the globs leave out, and what to do about it. */
  readonly lacks?: string;
}

/** A stretch of a word: always the same, or of a shape. */
export type Part = string | Shape;

/** One word of a call: always the same, of a kind, or put together from parts. */
export type CallWord = string | { readonly varies: Varying } | { readonly parts: readonly Part[] };

/** The printed characters of ASCII. */
export const PRINTED: readonly string[] = Array.from({ length: 95 }, (_, index) =>
  String.fromCharCode(32 + index),
);

const SPECIAL = /[.*+?^${}()|[\]\\#]/g;

/** Text as an extended regular expression; `#` is a comment to sudoers otherwise. */
export const literalEre = (text: string): string => text.replace(SPECIAL, '\\$&');

const isRange = /[A-Za-z0-9]/;
/** In brackets these mean something else somewhere: to regcomp, or to the reader of sudoers. */
const OUTSIDE = /[\\$#[\]^]/;

/** Runs of letters or digits as ranges, everything else one by one, a dash last. */
function bracketed(characters: readonly string[]): string {
  const runs: string[][] = [];
  for (const one of characters.filter((each) => each !== '-')) {
    const run = runs.at(-1);
    const last = run?.at(-1) ?? '';
    const goesOn = isRange.test(one) && isRange.test(last) && one.charCodeAt(0) === last.charCodeAt(0) + 1;
    if (run !== undefined && goesOn) run.push(one);
    else runs.push([one]);
  }
  const ranges = runs.map((run) => (run.length > 2 ? `${run[0]}-${run.at(-1)}` : run.join('')));
  return `[${ranges.join('')}${characters.includes('-') ? '-' : ''}]`;
}

/** One character of a set, as every reader of such expressions understands it. */
export function anyOf(set: ReadonlySet<string>): string {
  const all = PRINTED.filter((one) => set.has(one));
  const [only, second] = all;
  if (only !== undefined && second === undefined) return literalEre(only);
  const plain = all.filter((one) => !OUTSIDE.test(one));
  const outside = all.filter((one) => OUTSIDE.test(one)).map(literalEre);
  const inside = plain.length === 0 ? [] : [bracketed(plain)];
  const choices = [...inside, ...outside];
  return choices.length === 1 ? (choices[0] ?? '') : `(${choices.join('|')})`;
}

/** One of some texts. */
export function oneOf(texts: readonly string[]): Shape {
  const all = [...new Set(texts)];
  const of = new Set(all.join(''));
  const isPlain = [...of].every((one) => /[A-Za-z0-9_.@%+/-]/.test(one));
  return {
    ere: `(${all.map(literalEre).join('|')})`,
    of,
    ...(isPlain && !all.includes('') ? { globs: all } : {}),
  };
}

/** The same, or nothing. */
export const orNothing = ({ ere, ...shape }: Shape): Shape => ({ ...shape, globs: [], ere: `(${ere})?` });

/** A word as a regular expression. */
export const partsEre = (parts: readonly Part[]): string =>
  parts.map((part) => (typeof part === 'string' ? literalEre(part) : part.ere)).join('');

/** Puts the same shape in the place of each mark within a text; a text without marks stays one. */
export function withShapes(text: string, marks: ReadonlyMap<string, Shape>): CallWord {
  let parts: readonly Part[] = [text];
  for (const [mark, shape] of marks)
    parts = parts.flatMap((part) =>
      typeof part === 'string'
        ? part.split(mark).flatMap((piece, index) => (index === 0 ? [piece] : [shape, piece]))
        : [part],
    );
  const left = parts.filter((part) => part !== '');
  return left.every((part) => typeof part === 'string') ? text : { parts: left };
}
