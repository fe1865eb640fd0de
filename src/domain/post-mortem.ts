import type { Incident } from './incident.ts';
import { alertsPart, changesPart, publicPart, timelinePart } from './post-mortem-events.ts';
import { BLANK, type PostMortemFacts, utcTime } from './post-mortem-facts.ts';
import { headPart, responsePart } from './post-mortem-figures.ts';
import { mergePostMortem } from './post-mortem-merge.ts';
import { markedPart } from './post-mortem-parts.ts';

/** By what a document is known to be the post-mortem of an incident; two Botswains may both have an INC-7. */
export const postMortemMark = ({ id, openedAt }: Pick<Incident, 'id' | 'openedAt'>): string =>
  `<!-- botswain:post-mortem ${id} ${new Date(openedAt).toISOString()} -->`;

/** `Post-mortem of INC-7: HighErrorRate` without markup, at most 200 characters. */
export const postMortemTitle = ({ incident, redact }: Pick<PostMortemFacts, 'incident' | 'redact'>): string =>
  `Post-mortem of ${incident.id}: ${redact(incident.title)}`
    .replaceAll(/[\p{Cc}\s]+/gu, ' ')
    .slice(0, 200)
    .toWellFormed();

const part = (name: string, text: string): string => markedPart({ name, text });

/** How long a machine may be sure of; who it hit and how is for people to say. */
function impactPart({ incident }: PostMortemFacts): string {
  const { impactSince, resolvedAt, mitigatedAt } = incident;
  const end = mitigatedAt ?? resolvedAt;
  const until = end === undefined ? 'and goes on' : `until ${utcTime(end)} UTC`;
  return `From ${utcTime(impactSince)} UTC ${until}, as ${incident.severity}.`;
}

const ACTION = `- [ ] ${BLANK}: what is to be done, owner: ${BLANK}, due: ${BLANK}`;

function sections(facts: PostMortemFacts): readonly string[] {
  return [
    postMortemMark(facts.incident),
    part('head', headPart(facts)),
    `Author: ${BLANK}. Read and agreed by: ${BLANK}.\n\nNobody is to blame: it tells what people knew at the time, and what made it likely.`,
    `## Summary\n\n${BLANK}: in three sentences, what happened, to whom, and how it ended.`,
    '## Impact',
    part('impact', impactPart(facts)),
    `${BLANK}: who was affected and how many, what they saw, what was lost.`,
    '## Timeline\n\nAll times are UTC.',
    part('timeline', timelinePart(facts)),
    '## Detection and response',
    part('response', responsePart(facts)),
    `${BLANK}: how it was detected, and how it could have been detected earlier.`,
    '## Changes around it',
    part('changes', changesPart(facts)),
    `## What went well\n\n- ${BLANK}`,
    `## What went badly\n\n- ${BLANK}`,
    `## Where we were lucky\n\n- ${BLANK}`,
    `## Root causes\n\n${BLANK}: what triggered it, what let it become an incident, and why each of that was so (ask why five times).`,
    `## Action items\n\nOne each, where there is one, to prevent it, to detect it earlier and to mend it faster.\n\n${ACTION}\n${ACTION}`,
    '## What the public was told',
    part('public', publicPart(facts)),
    '## Alerts',
    part('alerts', alertsPart(facts)),
  ];
}

/** A post-mortem as far as facts make it; the rest is marked as blank. */
const draftPostMortem = (facts: PostMortemFacts): string => `${sections(facts).join('\n\n')}\n`;

/** A first draft, or the one that stands with its facts brought up to date; every word of people stays. */
export function postMortemText(facts: PostMortemFacts, current: string | undefined): string {
  const fresh = draftPostMortem(facts);
  if (current === undefined || current.trim() === '') return fresh;
  const merged = mergePostMortem(current, fresh);
  const mark = postMortemMark(facts.incident);
  return merged.includes(mark) ? merged : `${mark}\n\n${merged}`;
}

/** How many blanks nobody has filled in. */
export const blanksIn = (text: string): number => text.split(new RegExp(`\\b${BLANK}\\b`)).length - 1;
