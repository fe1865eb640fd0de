import fc from 'fast-check';
import type { CallWord, Part } from '../../src/doctor/call-words.ts';
import type { TargetCall } from '../../src/doctor/target-calls.ts';
import { callLines } from '../../src/executors/receipt-carry.ts';

const VALUES = {
  number: '25',
  since: '@1700000000',
  time: '2026-11-20T10:00:00.123Z',
  image: 'karmabot:1.4.0',
} as const;
const SHAPES = {
  number: /^=\d{1,9}$/,
  since: /^=@\d[\d.]*$/,
  time: /^=\d[\dTZ:.-]*$/,
  image: /^=[a-zA-Z0-9][\w./:@-]{0,254}$/,
} as const;

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const likeParts = (parts: readonly Part[]): RegExp =>
  new RegExp(`^(?:${parts.map((part) => (typeof part === 'string' ? literal(part) : part.ere)).join('')})$`);

const sampleOf = (word: CallWord): string => {
  if (typeof word === 'string') return word;
  if ('varies' in word) return VALUES[word.varies];
  const one = (part: Part): string =>
    typeof part === 'string'
      ? part
      : (fc.sample(fc.stringMatching(new RegExp(`^${part.ere}$`)), { numRuns: 1, seed: 7 })[0] ?? '');
  return word.parts.map(one).join('');
};

/** The lines of a call as Botswain would send them, without the closing dot. */
export const linesOf = ({ words, cwd, sudo, user }: TargetCall): readonly string[] => {
  const as = { sudo, ...(cwd === undefined ? {} : { cwd }), ...(user === undefined ? {} : { user }) };
  return callLines({ kind: 'argv', argv: words.map(sampleOf), ...as }).slice(0, -1);
};

const decoded = (line: string): string =>
  line.startsWith('+') ? Buffer.from(line.slice(1), 'base64').toString('latin1') : line.slice(1);

function isLike(word: CallWord | undefined, line: string, wanted: string | undefined): boolean {
  if (word === undefined || typeof word === 'string') return line === wanted;
  if ('varies' in word) return SHAPES[word.varies].test(line);
  return /^[=+]/.test(line) && likeParts(word.parts).test(decoded(line));
}

/** An independent reading of the list: the same number of lines, each equal or of its kind. */
export function isAllowed(calls: readonly TargetCall[], lines: readonly string[]): boolean {
  return calls.some((call) => {
    const wanted = linesOf(call);
    const before = wanted.length - call.words.length;
    return (
      wanted.length === lines.length &&
      lines.every((line, index) => isLike(call.words[index - before], line, wanted[index]))
    );
  });
}
