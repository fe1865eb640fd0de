import { anyOf } from './call-words.ts';

/** A piece of an expression, as it is written and what it may hold. */
export interface Piece {
  readonly ere: string;
  readonly of: ReadonlySet<string>;
  readonly canBeEmpty: boolean;
  /** The same where no dash begins it; undefined where that is not said easily. */
  readonly undashed: string | undefined;
  /** The same without a dash at its beginning for fnmatch(3); none where that takes too many, or cannot be said. */
  readonly globs: readonly string[];
}

/** Says what of a pattern POSIX cannot say. */
export class Unwritable extends Error {}

/** One character of a set. */
export const oneCharacter = (of: ReadonlySet<string>): Piece => {
  if (of.size === 0) throw new Unwritable('it holds a character that is not printed ASCII');
  const others = new Set([...of].filter((one) => one !== '-'));
  const undashed = others.size === 0 ? undefined : anyOf(others);
  return {
    ere: anyOf(of),
    of,
    canBeEmpty: false,
    undashed,
    globs: undashed === undefined ? [] : globOf(others),
  };
};

/** Beyond this the lines are too many for people. */
const MOST_GLOBS = 64;

/** Nothing that fnmatch or sudoers would take for something else. */
const PLAIN = /^[A-Za-z0-9_.@%+/-]$/;

const globOf = (of: ReadonlySet<string>): readonly string[] =>
  [...of].every((one) => PLAIN.test(one)) ? [anyOf(of).replaceAll('\\', '')] : [];

const globsBoth = (first: readonly string[], second: readonly string[]): readonly string[] =>
  first.length * second.length > MOST_GLOBS
    ? []
    : first.flatMap((one) => second.map((other) => `${one}${other}`));

/** One character of which there are so many. */
function globsOfTimes(piece: Piece, low: number, high: number): readonly string[] {
  const [first, second] = piece.globs;
  if (
    first === undefined ||
    second !== undefined ||
    high - low >= MOST_GLOBS ||
    !/^(\[.*\]|.)$/.test(piece.ere)
  )
    return [];
  const [more = ''] = globOf(piece.of);
  const counts = Array.from({ length: high - low + 1 }, (_, index) => low + index);
  return counts.map((count) => (count === 0 ? '' : `${first}${more.repeat(count - 1)}`));
}

const both = (one: ReadonlySet<string>, other: ReadonlySet<string>): ReadonlySet<string> =>
  new Set([...one, ...other]);

/** Nothing at all. */
export const NOTHING: Piece = { ere: '', of: new Set(), canBeEmpty: true, undashed: '', globs: [''] };

const isFree = (piece: Piece): boolean => piece.undashed === piece.ere;

function undashedOf(first: Piece, second: Piece): string | undefined {
  if (first.ere === '') return second.undashed;
  if (first.undashed === undefined || (first.canBeEmpty && !isFree(second))) return undefined;
  return `${first.undashed}${second.ere}`;
}

/** One piece and then another. */
export const followed = (first: Piece, second: Piece): Piece => ({
  ere: `${first.ere}${second.ere}`,
  of: both(first.of, second.of),
  canBeEmpty: first.canBeEmpty && second.canBeEmpty,
  undashed: undashedOf(first, second),
  globs: first.canBeEmpty && !isFree(second) ? [] : globsBoth(first.globs, second.globs),
});

/** `{2,5}` as 2 and 5; no end where there is none. */
function countsOf(times: string): readonly [number, number] {
  const [, low = '', comma, high = ''] = /^\{(\d+)(,)?(\d*)\}$/.exec(times) ?? [];
  if (low !== '')
    return [Number(low), comma === undefined ? Number(low) : Number(high || Number.POSITIVE_INFINITY)];
  return [times === '+' ? 1 : 0, times === '?' ? 1 : Number.POSITIVE_INFINITY];
}

const timesText = (low: number, high: number): string =>
  high === Number.POSITIVE_INFINITY ? (low === 0 ? '*' : `{${low},}`) : `{${low},${high}}`;

const isOne = (ere: string): boolean => /^(?:[^\\([]|\\.|\[[^\]]*\]|\([^()]*\))$/.test(ere);

/** An expression that may be repeated as it stands. */
export const grouped = (ere: string): string => (isOne(ere) ? ere : `(${ere})`);

/** Something a number of times; where no dash may begin it, the first time is told from the rest. */
export function repeat(piece: Piece, times: string): Piece {
  const [low, high] = countsOf(times);
  const ere = `${grouped(piece.ere)}${times}`;
  const canBeEmpty = piece.canBeEmpty || low === 0;
  const { undashed, of } = piece;
  if (undashed === undefined || high === 0 || piece.canBeEmpty)
    return { ere, of, canBeEmpty, undashed: undefined, globs: [] };
  const globs = globsOfTimes(piece, low, high);
  if (isFree(piece)) return { ere, of, canBeEmpty, undashed: ere, globs };
  const more = high === 1 ? '' : `${grouped(piece.ere)}${timesText(Math.max(0, low - 1), high - 1)}`;
  const first = `${grouped(undashed)}${more}`;
  return { ere, of, canBeEmpty, undashed: low === 0 ? `(${first})?` : first, globs };
}

/** One of several expressions, of which some may be empty. */
export function alternatives(all: readonly string[]): string {
  const written = all.filter((ere) => ere !== '');
  return `(${written.join('|')})${written.length < all.length ? '?' : ''}`;
}
