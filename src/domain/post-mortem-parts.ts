import { createHash } from 'node:crypto';

/** A part that Botswain writes, between markers that nobody sees in the rendered text. */
export interface MachinePart {
  /** `timeline` */
  readonly name: string;
  readonly text: string;
}

/** A part as it stands in a document. */
export interface StandingPart extends MachinePart {
  readonly kind: 'part';
  /** Digest of what Botswain wrote there. */
  readonly written: string;
  /** Digest of the new facts that were last put below it; absent = none ever were. */
  readonly offered?: string;
}

/** What a document is made of, in its order. */
export type Segment = StandingPart | { readonly kind: 'lines'; readonly lines: readonly string[] };

const START = /^<!-- botswain:([a-z][a-z-]*):start ([0-9a-f]{12})(?: ([0-9a-f]{12}))? -->\s*$/;
const END = /^<!-- botswain:([a-z][a-z-]*):end -->\s*$/;

const lines = (text: string): readonly string[] => text.replaceAll(/\r\n?/g, '\n').split('\n');

/** What a text says: the same for whatever an editor does to the ends of its lines. */
export const textDigest = (text: string): string =>
  createHash('sha256')
    .update(
      lines(text)
        .map((line) => line.trimEnd())
        .join('\n')
        .trim(),
    )
    .digest('hex')
    .slice(0, 12);

/** A part with its markers. */
export function markedPart(
  { name, text }: MachinePart,
  digests?: Pick<StandingPart, 'written' | 'offered'>,
): string {
  const { written, offered } = digests ?? { written: textDigest(text) };
  const both = offered === undefined ? written : `${written} ${offered}`;
  return `<!-- botswain:${name}:start ${both} -->\n${text}\n<!-- botswain:${name}:end -->`;
}

/** Where the part that begins at a line ends; undefined where another begins before, or nothing ends. */
function endOf(all: readonly string[], start: number, name: string): number | undefined {
  const end = all.findIndex((line, index) => index > start && (END.test(line) || START.test(line)));
  return END.exec(all[end] ?? '')?.[1] === name ? end : undefined;
}

function partAt(
  all: readonly string[],
  start: number,
): { readonly part: StandingPart; readonly end: number } | undefined {
  const [, name, written, offered] = START.exec(all[start] ?? '') ?? [];
  if (name === undefined || written === undefined) return undefined;
  const end = endOf(all, start, name);
  if (end === undefined) return undefined;
  const text = all.slice(start + 1, end).join('\n');
  const more = offered === undefined ? {} : { offered };
  return { part: { kind: 'part', name, text, written, ...more }, end };
}

/** Takes a document apart; a marker without its other half is a line like any other. */
export function segmentsOf(text: string): readonly Segment[] {
  const all = lines(text);
  const segments: Segment[] = [];
  let from = 0;
  for (let index = 0; index < all.length; index += 1) {
    const found = partAt(all, index);
    if (found === undefined) continue;
    if (index > from) segments.push({ kind: 'lines', lines: all.slice(from, index) });
    segments.push(found.part);
    from = found.end + 1;
    index = found.end;
  }
  if (from < all.length) segments.push({ kind: 'lines', lines: all.slice(from) });
  return segments;
}

/** Whether somebody altered a part since Botswain wrote it. */
export const isEdited = ({ text, written }: StandingPart): boolean => textDigest(text) !== written;
