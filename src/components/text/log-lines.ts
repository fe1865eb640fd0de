import { stripVTControlCharacters } from 'node:util';

/** Takes colours and cursor movements out of a text, and the carriage returns of a terminal. */
export const withoutColours = (text: string): string =>
  stripVTControlCharacters(text.replaceAll('\r\n', '\n'));

// What `docker logs --timestamps` puts before each line.
const STAMPED = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})\.\d+Z /;

interface Line {
  readonly stamp: string;
  readonly text: string;
}

/** Lines with Docker's time before each; one without belongs to the line above. */
function stampedLines(text: string): readonly Line[] {
  let stamp = '';
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      stamp = STAMPED.test(line) ? line.slice(0, line.indexOf(' ')) : stamp;
      return { stamp, text: line.replace(STAMPED, '$1Z ') };
    });
}

// Docker writes nine digits after the second, but leaves trailing zeros out in some versions.
const sortable = (stamp: string): string =>
  stamp.replace(/(\.\d+)?Z$/, (part) => part.slice(0, -1).padEnd(10, '0'));

/** Puts the two streams of `docker logs --timestamps` into one, oldest first, with times to the second. */
export function mergeStamped(stdout: string, stderr: string): string {
  const lines = [...stampedLines(withoutColours(stdout)), ...stampedLines(withoutColours(stderr))];
  // The sort is stable: lines of one stream with the same time keep their order.
  return lines
    .map((line) => ({ key: sortable(line.stamp), text: line.text }))
    .toSorted((a, b) => (a.key < b.key ? -1 : Number(a.key > b.key)))
    .map((line) => `${line.text}\n`)
    .join('');
}
