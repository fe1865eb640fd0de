/** Invisible, and breaks what GitHub makes links of: `@name`, `#12`. */
const JOINER = '\u2060';

const LONGEST = 400;

const oneLine = (text: string): string => {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return line.length <= LONGEST ? line : `${line.slice(0, LONGEST - 1).toWellFormed()}…`;
};

/**
 * Somebody's text as Markdown of one line that shows exactly it: no markup, no HTML, no table cell, nobody mentioned and no issue
 * referred to (docs.github.com/en/get-started/writing-on-github).
 */
export const plainMarkdown = (text: string): string =>
  oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll(/[\\`*_{}[\]()|~$!]/g, '\\$&')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', `@${JOINER}`)
    .replaceAll('#', `\\#${JOINER}`)
    .replace(/^[-+=]/, '\\$&')
    .replace(/^(\d+)([.)])/, '$1\\$2');

/** A link to an http or https address; the text alone where the address is none. */
export function markdownLink(text: string, url: string): string {
  const shown = plainMarkdown(text);
  if (!URL.canParse(url)) return shown;
  const { protocol, href } = new URL(url);
  if (protocol !== 'https:' && protocol !== 'http:') return shown;
  const address = href.replaceAll(/[\\`<>()|[\]*_@#$!~\s]/g, (mark) =>
    mark === '#' || mark === '@' || mark === '_' || mark === '~' || mark === '!'
      ? mark
      : `%${mark.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
  return `[${shown}](<${address}>)`;
}
