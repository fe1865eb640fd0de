import type { Answer } from '../../src/chat/chat.ts';
import type { Context } from '../../src/dispatch/command.ts';
import { findIncident } from '../../src/dispatch/find-incident.ts';
import type { TimelineEntry } from '../../src/domain/incident.ts';
import type { Part } from '../../src/domain/message.ts';
import { type Outcome, succeeded } from '../../src/domain/outcome.ts';
import { nameOf } from '../../src/workflow/people.ts';

/** Lines of the timeline that are shown; the file has all. */
const SHOWN = 15;
/** Longest line that is shown whole. */
const LONGEST = 200;

const utc = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 19);

/** A note says who wrote it; every other line says by itself who did what. */
function lineOf({ configuration }: Context, { at, kind, actor, text, subject }: TimelineEntry): string {
  const author = kind === 'note' ? `${nameOf(configuration.people, actor)}: ` : '';
  const about = subject === undefined || text.includes(subject) ? '' : ` (${subject})`;
  return `${utc(at)}  ${kind}: ${author}${text.replaceAll(/\s+/g, ' ')}${about}`;
}

function timelineParts(lines: readonly string[]): readonly Part[] {
  if (lines.length === 0) return [];
  const shown = lines
    .slice(-SHOWN)
    .map((line) => (line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line));
  const earlier = lines.length - shown.length;
  return [
    { kind: 'code', title: 'Timeline (UTC)', text: shown.join('\n') },
    ...(earlier > 0
      ? [{ kind: 'context' as const, text: `${earlier} earlier lines stand in the file` }]
      : []),
  ];
}

/** The card of an incident as it stands now, with its buttons and its timeline. */
export async function showIncident(context: Context, id: string): Promise<Outcome<Answer>> {
  const found = await findIncident(context, id, 'show');
  if (found.kind !== 'succeeded') return found;
  const card = await context.incidents.card(found.value.id);
  if (card.kind !== 'succeeded') return card;
  const timeline = await context.journal.incidents.timeline(found.value.id);
  const lines = timeline.map((entry) => lineOf(context, entry));
  const isLong = lines.length > SHOWN || lines.some(({ length }) => length > LONGEST);
  return succeeded({
    audience: 'asker',
    message: {
      ...card.value,
      parts: [...card.value.parts, ...timelineParts(lines)],
      ...(isLong ? { file: { name: `${found.value.id}-timeline.txt`, text: `${lines.join('\n')}\n` } } : {}),
    },
  });
}
