import { INVISIBLE } from '../../domain/invisible.ts';

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
