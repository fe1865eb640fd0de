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
/** Everything that could disguise a text, wherever it stands; for `replace`. */
export const INVISIBLE = new RegExp(
  `[${HIDDEN.map(([from, to]) => `${codeUnit(from)}-${codeUnit(to)}`).join('')}]`,
  'g',
);
