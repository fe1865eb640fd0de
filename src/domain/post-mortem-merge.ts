import {
  isEdited,
  type MachinePart,
  markedPart,
  type Segment,
  type StandingPart,
  segmentsOf,
  textDigest,
} from './post-mortem-parts.ts';

const NEWS = '-new';

const newsOf = ({ name, text }: MachinePart): string =>
  markedPart({
    name: `${name}${NEWS}`,
    text: `**New facts** (the part above was edited by hand):\n\n${text}`,
  });

const isPart = (segment: Segment): segment is StandingPart => segment.kind === 'part';

/**
 * Somebody's own words stay; what is known beside them comes right below, so that it is found again, until they take it away or
 * make it theirs.
 */
function keptWithNews(part: StandingPart, fresh: MachinePart, hasNews: boolean): string {
  const now = textDigest(fresh.text);
  if (textDigest(part.text) === now) return markedPart(fresh);
  const isSettled = part.offered === now && !hasNews;
  if (part.written === now || isSettled) return markedPart(part, part);
  return `${markedPart(part, { written: part.written, offered: now })}\n${newsOf(fresh)}`;
}

interface Merging {
  readonly fresh: ReadonlyMap<string, MachinePart>;
  /** Names of the parts that stand in the document. */
  readonly standing: ReadonlySet<string>;
  /** Names of the parts below which news stand that nobody touched. */
  readonly told: ReadonlySet<string>;
}

const ownerOf = ({ name }: MachinePart): string => name.slice(0, -NEWS.length);

const isNews = ({ name }: MachinePart): boolean => name.endsWith(NEWS);

function mergedSegment(segment: Segment, { fresh, standing, told }: Merging): string | undefined {
  if (!isPart(segment)) return segment.lines.join('\n');
  // Those that nobody touched are written again by the part that they belong to; others are somebody's own words by now.
  if (isNews(segment)) return !isEdited(segment) && standing.has(ownerOf(segment)) ? undefined : segment.text;
  const now = fresh.get(segment.name);
  if (now === undefined) return markedPart(segment, segment);
  return isEdited(segment) ? keptWithNews(segment, now, told.has(segment.name)) : markedPart(now);
}

/**
 * A post-mortem as it stands, with the parts that Botswain writes brought up to date, and every word that people wrote: around those
 * parts, and in them. A part that somebody took out stays out.
 */
export function mergePostMortem(current: string, fresh: string): string {
  const segments = segmentsOf(current);
  const parts = segments.filter(isPart);
  const merging = {
    fresh: new Map(
      segmentsOf(fresh)
        .filter(isPart)
        .map((part) => [part.name, part]),
    ),
    standing: new Set(parts.map(({ name }) => name)),
    told: new Set(parts.filter((part) => isNews(part) && !isEdited(part)).map(ownerOf)),
  };
  return segments
    .map((segment) => mergedSegment(segment, merging))
    .filter((text) => text !== undefined)
    .join('\n');
}
