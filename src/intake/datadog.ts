import type { AlertReading, AlertStatus, Level } from '../domain/alert.ts';
import { at, isFields, wordsAt } from './reading/fields.ts';
import { fingerprintOf, ownFingerprint } from './reading/fingerprint.ts';
import { type Labels, labelsOf } from './reading/labels.ts';
import { levelOf } from './reading/levels.ts';
import { linkOf } from './reading/links.ts';
import { firstFilled } from './reading/placeholders.ts';
import { reportOf } from './reading/report.ts';
import { labelsOfTags } from './reading/tags.ts';
import type { Source } from './source.ts';

/** The payload of the webhook in Datadog's integration tile; its own says neither the monitor nor whether it is over: https://docs.datadoghq.com/integrations/webhooks/#variables. */
const template = `{
  "id": "$ID",
  "alert_id": "$ALERT_ID",
  "cycle_key": "$ALERT_CYCLE_KEY",
  "aggreg_key": "$AGGREG_KEY",
  "transition": "$ALERT_TRANSITION",
  "type": "$ALERT_TYPE",
  "priority": "$ALERT_PRIORITY",
  "scope": "$ALERT_SCOPE",
  "title": "$EVENT_TITLE",
  "body": "$TEXT_ONLY_MSG",
  "tags": "$TAGS",
  "link": "$LINK",
  "date": "$DATE"
}`;

const TRANSITION = /^(?:re-)?(triggered|alert|warn|no data|renotify|recovered|ok)\b/i;
const LEADING = /^\s{0,8}\[([^\]]{0,300})\]/;

/** What a title says besides the name of the monitor: `[P1] [Triggered on {host:a}] CPU is high`. */
interface Title {
  readonly name: string;
  readonly transition?: string;
  readonly scope?: string;
  readonly priority?: string;
  readonly isTest: boolean;
}

interface Bracket {
  readonly said: string;
  /** The title behind it. */
  readonly after: string;
}

const MOST_BRACKETS = 6;

const bracketsOf = (written: string): readonly Bracket[] => {
  const found: Bracket[] = [];
  for (let rest = written; found.length < MOST_BRACKETS; ) {
    const [whole, said] = LEADING.exec(rest) ?? [];
    if (whole === undefined || said === undefined) break;
    rest = rest.slice(whole.length).trim();
    found.push({ said: said.trim(), after: rest });
  }
  return found;
};

/** Takes the brackets in front apart, up to the one that says what happened: what comes after it belongs to the monitor's name. */
function titleOf(written: string): Title {
  const brackets = bracketsOf(written);
  const index = brackets.findIndex(({ said }) => TRANSITION.test(said));
  const what = brackets[index];
  // Without a transition the brackets are no more than somebody's title.
  if (what === undefined) return { name: written, isTest: false };
  const before = brackets.slice(0, index).map(({ said }) => said);
  const priority = before.find((said) => /^P[1-5]$/i.test(said));
  const [transition = '', scope] = what.said.split(/\s+on\s+/, 2);
  return {
    name: what.after,
    transition,
    isTest: before.some((said) => /^test$/i.test(said)),
    ...(scope === undefined ? {} : { scope }),
    ...(priority === undefined ? {} : { priority }),
  };
}

const stateOf = (transition: string | undefined, type: string | undefined): AlertStatus => {
  if (transition !== undefined) return /^(?:recovered|ok)$/i.test(transition) ? 'resolved' : 'firing';
  return type?.toLowerCase() === 'success' ? 'resolved' : 'firing';
};

/** A warning of a monitor with the priority P1 is a warning. */
const levelWords = (
  { transition = '', priority }: { readonly transition?: string; readonly priority?: string },
  type: string | undefined,
): { readonly level: Level; readonly levelSaid: string | undefined } => {
  if (/^(?:re-)?warn/i.test(transition)) return { level: 'warning', levelSaid: 'Warn' };
  if (priority !== undefined) return { level: levelOf(priority), levelSaid: priority };
  if (/no data/i.test(transition)) return { level: 'warning', levelSaid: 'No Data' };
  const isOver = type?.toLowerCase() === 'success';
  return { level: isOver ? 'unknown' : levelOf(type), levelSaid: isOver ? undefined : type };
};

/** The monitor and the group of it; the name and its scope, where the body does not say the monitor. */
const fingerprintIn = (json: unknown, title: Title): string => {
  const key = firstFilled(json, ['aggreg_key', 'aggregation_key']);
  if (key !== undefined) return ownFingerprint(key);
  const monitor = firstFilled(json, ['alert_id', 'monitor_id']);
  const scope = firstFilled(json, ['scope', 'alert_scope']) ?? title.scope ?? '';
  return fingerprintOf('datadog', monitor === undefined ? { title: title.name, scope } : { monitor, scope });
};

/** The id of the event, with what it says: people put the id of the monitor there, which stays the same when it recovers. */
const eventIdOf = (json: unknown, transition: string | undefined): string | undefined => {
  const id = firstFilled(json, ['id', 'event_id']);
  const date = firstFilled(json, ['date', 'last_updated']);
  return id === undefined || date === undefined
    ? undefined
    : `${id}/${transition ?? ''}/${date}`.slice(0, 256);
};

const labelsIn = (json: unknown, name: string): Labels =>
  labelsOf({
    ...labelsOfTags(at(json, 'tags')),
    ...labelsOfTags(firstFilled(json, ['scope', 'alert_scope'])),
    alertname: name,
    monitor: firstFilled(json, ['alert_id', 'monitor_id']),
    query: firstFilled(json, ['query']),
    metric: firstFilled(json, ['metric']),
  });

function read(json: unknown): AlertReading | undefined {
  const said = firstFilled(json, ['title', 'alert_title', 'event_title']);
  if (!isFields(json) || said === undefined) return undefined;
  const title = titleOf(said.slice(0, 2_048));
  const transition = firstFilled(json, ['transition', 'alert_transition']) ?? title.transition;
  const priority = firstFilled(json, ['priority', 'alert_priority']) ?? title.priority;
  const type = firstFilled(json, ['type', 'alert_type']);
  const status = stateOf(transition, type);
  const date = firstFilled(json, ['date', 'last_updated']);
  const words = {
    ...(transition === undefined ? {} : { transition }),
    ...(priority === undefined ? {} : { priority }),
  };
  const report = reportOf({
    fingerprint: fingerprintIn(json, title),
    ...(title.isTest ? { kind: 'test' as const } : {}),
    status,
    ...levelWords(words, type),
    titles: [title.name, said],
    description: firstFilled(json, ['body', 'message', 'description']),
    labels: labelsIn(json, title.name),
    startsAt: status === 'firing' ? date : undefined,
    endsAt: date,
    links: [linkOf('source', wordsAt(json, 'link') ?? wordsAt(json, 'url'))],
    // The payload that Datadog sends by itself says it in its title, a body of one's own perhaps nowhere.
    expectsResolve: transition !== undefined,
  });
  const eventId = eventIdOf(json, transition);
  return { reports: [report], ...(eventId === undefined ? {} : { eventId }) };
}

/** Datadog's webhooks integration, with the payload of {@link template} or its own. Signs nothing. */
export const datadog: Source = {
  source: 'datadog',
  summary: 'Datadog, integration `Webhooks` with this payload',
  template,
  read: ({ json }) => read(json),
};
