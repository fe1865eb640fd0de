import type { Alert } from '../domain/alert.ts';
import { factsOf } from '../domain/alert-facts.ts';
import { formatDuration } from '../domain/duration.ts';
import type { Incident, TimelineEntry, TimelineKind } from '../domain/incident.ts';
import type { SeveritySettings } from '../domain/incident-settings.ts';
import type { Field, ListItem, Message, Part, Tone } from '../domain/message.ts';
import { showMoment } from '../domain/moment.ts';
import type { Person } from '../domain/person.ts';
import { counted } from '../domain/storm.ts';
import { mentionOf, nameOf } from '../workflow/people.ts';
import { incidentActions } from './incident-actions.ts';
import type { AlertCounts } from './incident-book.ts';

/** Something that was done to the service lately. */
export interface RecentChange {
  /** `C-12`, or undefined where somebody else than Botswain did it. */
  readonly id?: string;
  /** `deployed v1.4.2 (was v1.4.1)` */
  readonly what: string;
  readonly by?: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Line that takes it back, and what the button says. */
  readonly back?: { readonly label: string; readonly line: string };
}

/** Everything the message of an incident is drawn from. */
export interface IncidentFacts {
  readonly incident: Incident;
  /** The first 500. */
  readonly alerts: readonly Alert[];
  readonly counts: AlertCounts;
  readonly settings: SeveritySettings;
  /** Newest first. */
  readonly recent: readonly RecentChange[];
  /** Lines that are offered, from the rules. */
  readonly proposed: readonly string[];
  readonly serviceTitle?: string;
  readonly links: Readonly<Record<string, string>>;
  /** Whether the public can be told. */
  readonly hasStatusPage: boolean;
  /** Who is called next, in words. */
  readonly next?: string;
  readonly people: readonly Person[];
  readonly timezone: string;
  /** Epoch milliseconds. */
  readonly now: number;
}

const MOST_ALERTS = 10;
const MOST_LINKS = 5;
const MOST_COUNTED = 5;

/** `INC-7 karmabot in production: HighErrorRate`, at most 150 characters. */
export function incidentTitle({ id, title, service, environment }: Incident): string {
  const where =
    service === undefined ? '' : ` ${service}${environment === undefined ? '' : ` in ${environment}`}:`;
  return `${id}${where} ${title}`.slice(0, 150);
}

/** How it stands, as a colour. */
export function incidentTone({ state, severity }: Incident): Tone {
  if (state === 'resolved') return 'good';
  if (state === 'mitigated') return 'waiting';
  if (state === 'acknowledged') return 'running';
  return severity === 'P0' || severity === 'P1' ? 'bad' : 'warning';
}

const byWhom = (people: readonly Person[], key = 'botswain'): string =>
  key === 'botswain' ? 'itself' : nameOf(people, key);

const utc = (at: number): string => `${new Date(at).toISOString().slice(11, 16)} UTC`;

const showBoth = ({ timezone, now }: IncidentFacts, at: number): string =>
  showMoment(at, timezone, now).endsWith(utc(at).slice(0, 5))
    ? `${showMoment(at, timezone, now)} UTC`
    : `${showMoment(at, timezone, now)} (${utc(at)})`;

/** Who answered; as long as nobody has it, until when somebody should, counted anew where it was let go of or came back. */
function answerFields(facts: IncidentFacts): readonly Field[] {
  const { incident, settings, people } = facts;
  const { state, openedAt, acknowledgedAt, acknowledgedBy, escalation } = incident;
  if (state === 'open') {
    const since = acknowledgedAt === undefined ? openedAt : (escalation?.since ?? openedAt);
    return [{ label: 'To be acknowledged by', value: showBoth(facts, since + settings.respondMs) }];
  }
  if (acknowledgedAt === undefined || acknowledgedBy === undefined) return [];
  const who = nameOf(people, acknowledgedBy);
  return [{ label: 'Acknowledged', value: `by ${who} at ${showBoth(facts, acknowledgedAt)}` }];
}

function stateFields(facts: IncidentFacts): readonly Field[] {
  const { incident, settings, people } = facts;
  const at = (moment: number): string => showBoth(facts, moment);
  const { mitigatedAt, resolvedAt, resolvedBy, openedAt } = incident;
  const fields: Field[] = [...answerFields(facts)];
  if (mitigatedAt !== undefined) fields.push({ label: 'Mitigated', value: at(mitigatedAt) });
  if (resolvedAt === undefined)
    fields.push({ label: 'To be resolved by', value: at(openedAt + settings.resolveMs) });
  else
    fields.push({
      label: 'Resolved',
      value: `${at(resolvedAt)} by ${byWhom(people, resolvedBy)}, after ${formatDuration(resolvedAt - incident.impactSince)}`,
    });
  if (facts.next !== undefined && incident.state === 'open')
    fields.push({ label: 'Called next', value: facts.next });
  return fields;
}

function fields(facts: IncidentFacts): readonly Field[] {
  const { incident, counts, people } = facts;
  const roles = Object.entries(incident.roles).map(([role, key]) => `${role}: ${nameOf(people, key)}`);
  return [
    { label: 'Since', value: showBoth(facts, incident.impactSince) },
    ...(counts.all === 0
      ? []
      : [
          {
            label: 'Alerts',
            value:
              counts.firing === 0
                ? counts.all === 1
                  ? 'over'
                  : `all ${counts.all} are over`
                : `${counts.firing} firing${counts.all > counts.firing ? `, ${counts.all - counts.firing} over` : ''}`,
          },
        ]),
    ...stateFields(facts),
    ...(roles.length === 0 ? [] : [{ label: 'Who', value: roles.join('\n') }]),
  ];
}

const alertItem = ({ report, status, isFlapping }: Alert): ListItem => ({
  text: report.title,
  tone: status === 'resolved' ? 'good' : report.level === 'warning' ? 'warning' : 'bad',
  detail: `${isFlapping ? 'flapping' : status}${report.description === undefined ? '' : `: ${report.description.split('\n')[0]?.slice(0, 120) ?? ''}`}`,
});

/** What a storm is made of: the most frequent first. */
function stormPart(alerts: readonly Alert[]): Part {
  const facts = alerts.map((alert) => ({ facts: factsOf(alert) }));
  const most = (name: string): string =>
    counted(facts, name)
      .slice(0, MOST_COUNTED)
      .map(({ value, count }) => `${value} ${count}`)
      .join(', ') || 'nothing known';
  return {
    kind: 'fields',
    fields: [
      { label: 'Services', value: most('service') },
      { label: 'Alerts', value: most('alertname') },
    ],
  };
}

function alertParts({ incident, alerts, counts }: IncidentFacts): readonly Part[] {
  if (alerts.length === 0) return [];
  const firing = (alert: Alert): number => (alert.status === 'resolved' ? 1 : 0);
  const shown = alerts.toSorted((a, b) => firing(a) - firing(b)).slice(0, MOST_ALERTS);
  const more = counts.all - shown.length;
  const digest = incident.origin === 'storm' ? [stormPart(alerts)] : [];
  return [
    ...digest,
    { kind: 'list', items: shown.map(alertItem) },
    ...(more > 0 ? [{ kind: 'context' as const, text: `and ${more} more` }] : []),
  ];
}

/** How long before or after something that was; this stays true however old the message grows. */
const distance = (at: number, since: number): string =>
  `${formatDuration(Math.abs(since - at))} ${at <= since ? 'before' : 'after'}`;

function recentParts({ recent, incident }: IncidentFacts): readonly Part[] {
  if (recent.length === 0) return [];
  const lines = recent.slice(0, 3).map(({ id, what, by, at }) => {
    const who = by === undefined ? '' : ` by ${by}`;
    return `${what}${who}, ${distance(at, incident.openedAt)}${id === undefined ? '' : ` (${id})`}`;
  });
  return [{ kind: 'text', text: `What changed lately: ${lines.join('; ')}` }];
}

function linkPart({ alerts, links }: IncidentFacts): readonly Part[] {
  const found = new Map<string, string>();
  for (const { report } of alerts)
    for (const { kind, url } of report.links)
      if (kind !== 'image' && ![...found.values()].includes(url) && found.size < MOST_LINKS)
        found.set(`${kind} ${found.size}`, url);
  const lines = [...found].map(([kind, url]) => `${kind.split(' ')[0] ?? ''}: ${url}`);
  const own = Object.entries(links).map(([name, url]) => `${name}: ${url}`);
  const all = [...lines, ...own].slice(0, MOST_LINKS);
  return all.length === 0 ? [] : [{ kind: 'context', text: all.join('\n') }];
}

/** The message at the top of an incident's thread, edited in place. */
export function incidentCard(facts: IncidentFacts): Message {
  const { incident } = facts;
  const merged = incident.mergedInto === undefined ? '' : `, went into ${incident.mergedInto}`;
  const previous = incident.previous === undefined ? '' : ` · before: ${incident.previous}`;
  return {
    title: incidentTitle(incident),
    tone: incidentTone(incident),
    state: `${incident.severity} · ${incident.state}${merged}`,
    parts: [
      ...recentParts(facts),
      { kind: 'fields', fields: fields(facts) },
      ...alertParts(facts),
      ...linkPart(facts),
      { kind: 'context', text: `${incident.id}${previous} · show ${incident.id} for the timeline` },
    ],
    actions: incidentActions(facts),
  };
}

const TONES: Readonly<Partial<Record<TimelineKind, Tone>>> = {
  'alert fired': 'bad',
  'alert resolved': 'good',
  acknowledged: 'running',
  'acknowledgement ended': 'warning',
  escalated: 'warning',
  paged: 'warning',
  'page failed': 'bad',
  mitigated: 'waiting',
  resolved: 'good',
  reopened: 'bad',
  reminder: 'warning',
  storm: 'bad',
};

const MOST_TITLE = 150;

/** What the thread is told of a line of the timeline. */
export function saidMessage(entry: TimelineEntry, people: readonly Person[]): Message {
  const called = people.filter(({ key }) => entry.calls?.includes(key) === true);
  const author = entry.kind === 'note' ? nameOf(people, entry.actor) : undefined;
  const text = author === undefined ? entry.text : `${author}: ${entry.text}`;
  const isShort = text.length <= MOST_TITLE;
  const longTitle = author === undefined ? `${text.slice(0, MOST_TITLE - 1)}…` : `${author} noted`;
  return {
    title: isShort ? text : longTitle,
    tone: TONES[entry.kind] ?? 'neutral',
    parts: isShort ? [] : [{ kind: 'text', text: entry.text }],
    actions: [],
    ...(called.length === 0 ? {} : { mentions: called.map(mentionOf) }),
  };
}
