import { type Alert, alertKey } from './alert.ts';
import type { TimelineEntry } from './incident.ts';
import { markdownLink } from './markdown.ts';
import { actorOf, type PostMortemChange, type PostMortemFacts, shown, utcTime } from './post-mortem-facts.ts';

/** Lines that lists have at most, where their number is not asked for. */
const MOST_LISTED = 100;

/** Keeps the beginning and the end of a list within a number of lines. */
function headAndTail<T>(
  all: readonly T[],
  most: number,
): { readonly head: readonly T[]; readonly tail: readonly T[]; readonly left: number } {
  if (all.length <= most) return { head: all, tail: [], left: 0 };
  const tail = Math.floor(most / 3);
  return { head: all.slice(0, most - tail), tail: all.slice(all.length - tail), left: all.length - most };
}

function listed<T>(all: readonly T[], most: number, lineOf: (one: T) => string): readonly string[] {
  const { head, tail, left } = headAndTail(all, most);
  const gap = left === 0 ? [] : [`- … ${left} more …`];
  return [...head.map(lineOf), ...gap, ...tail.map(lineOf)];
}

function linksOf(facts: PostMortemFacts, alert: Alert | undefined): string {
  const { redact } = facts;
  const links = (alert?.report.links ?? [])
    .filter(({ kind }) => kind === 'source' || kind === 'dashboard' || kind === 'runbook')
    .map(({ kind, url }) => markdownLink(kind, redact(url)));
  return links.length === 0 ? '' : ` (${links.join(', ')})`;
}

/** Entries whose text begins with who did it already. */
const NAMED: readonly TimelineEntry['kind'][] = ['note', 'status update'];

function timelineLine(
  facts: PostMortemFacts,
  alerts: ReadonlyMap<string, Alert>,
): (entry: TimelineEntry) => string {
  return ({ at, kind, actor, text, subject }) => {
    const who = NAMED.includes(kind) ? actorOf(facts, actor) : '';
    const said = `${who === '' ? '' : `${who}: `}${shown(facts, text)}`;
    return `- **${utcTime(at)}** ${kind}: ${said}${linksOf(facts, alerts.get(subject ?? ''))}`;
  };
}

/** Everything that happened, in UTC, each alert with its links. */
export function timelinePart(facts: PostMortemFacts): string {
  const { timeline, alerts, mostLines } = facts;
  if (timeline.length === 0) return 'Nothing was recorded.';
  const named = (alert: Alert): readonly (readonly [string, Alert])[] => [
    [alert.report.fingerprint, alert],
    [alertKey(alert), alert],
  ];
  const byKey = new Map(alerts.flatMap(named));
  return listed(timeline, mostLines, timelineLine(facts, byKey)).join('\n');
}

function changeLine(facts: PostMortemFacts): (change: PostMortemChange) => string {
  return ({ id, summary, requester, approvers, at, state, ending }) => {
    const by = approvers.map((key) => actorOf(facts, key)).join(', ');
    const approved = by === '' ? 'nobody had to approve it' : `approved by ${by}`;
    const end = ending === undefined ? '' : `: ${shown(facts, ending)}`;
    const asked = actorOf(facts, requester) || 'Botswain';
    return `- **${utcTime(at)}** ${id} ${shown(facts, summary)}; asked for by ${asked}, ${approved}; ${state}${end}`;
  };
}

/** What was done to the service, by whom, and whether it was verified. */
export function changesPart(facts: PostMortemFacts): string {
  const { changes } = facts;
  if (changes.length === 0) return 'Botswain knows of none.';
  return listed(
    changes.toSorted((a, b) => a.at - b.at),
    MOST_LISTED,
    changeLine(facts),
  ).join('\n');
}

function alertLine(facts: PostMortemFacts): (alert: Alert) => string {
  return (alert) => {
    const { report, firstSeen, resolvedAt, count } = alert;
    const end = resolvedAt === undefined ? 'still firing' : `over at ${utcTime(resolvedAt)}`;
    const often = count > 1 ? `, reported ${count} times` : '';
    return `- ${shown(facts, report.title)}: first at ${utcTime(firstSeen)}, ${end}${often}${linksOf(facts, alert)}`;
  };
}

/** The alerts of the incident. */
export function alertsPart(facts: PostMortemFacts): string {
  if (facts.alerts.length === 0) return 'None: somebody opened it by hand.';
  return listed(facts.alerts, MOST_LISTED, alertLine(facts)).join('\n');
}

/** What the public was told. */
export function publicPart(facts: PostMortemFacts): string {
  const said = facts.timeline.filter(({ kind }) => kind === 'status update');
  if (said.length === 0) return 'Nothing was said in public.';
  return listed(said, MOST_LISTED, ({ at, text }) => `- **${utcTime(at)}** ${shown(facts, text)}`).join('\n');
}
