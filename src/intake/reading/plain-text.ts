/** C0 and C1 controls except tab and newline, what turns the reading direction around, and what has no width. */
const HIDDEN: readonly (readonly [from: number, to: number])[] = [
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

const codeUnit = (code: number): string => `\\u${code.toString(16).padStart(4, '0')}`;
const INVISIBLE = new RegExp(
  `[${HIDDEN.map(([from, to]) => `${codeUnit(from)}-${codeUnit(to)}`).join('')}]`,
  'g',
);

/** Longest that is looked at of a text of which `max` units are kept; the rest can be megabytes. */
const looked = (text: string, max: number): string => text.slice(0, max * 4);

const cut = (text: string, max: number): string =>
  text.length <= max
    ? text
    : `${text
        .slice(0, max - 1)
        .toWellFormed()
        .replace(/\ufffd$/, '')}…`;

/** Text of several lines, without what could disguise it, cut to `max` UTF-16 units; undefined where nothing is left. */
export const linesWithin = (text: string | undefined, max: number): string | undefined => {
  if (text === undefined) return undefined;
  const seen = looked(text.replaceAll('\r\n', '\n'), max).toWellFormed().replace(INVISIBLE, '').trim();
  return seen === '' ? undefined : cut(seen, max);
};

/** The same on one line: {@link linesWithin} with every run of white space a space. */
export const lineWithin = (text: string | undefined, max: number): string | undefined => {
  if (text === undefined) return undefined;
  const seen = looked(text, max).replace(/\s+/g, ' ').toWellFormed().replace(INVISIBLE, '').trim();
  return seen === '' ? undefined : cut(seen, max);
};
