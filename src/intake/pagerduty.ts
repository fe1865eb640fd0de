import type { AlertReading, AlertReport, AlertStatus } from '../domain/alert.ts';
import { at, isFields, listAt, wordsAt } from './reading/fields.ts';
import { ownFingerprint } from './reading/fingerprint.ts';
import { levelOf } from './reading/levels.ts';
import { linkOf } from './reading/links.ts';
import { reportOf } from './reading/report.ts';
import { isHmac } from './reading/signatures.ts';
import type { SignedRequest, Source } from './source.ts';

/** What happened to the incident, where that says more than the state it is in. */
const EVENTS: Readonly<Record<string, AlertStatus>> = {
  'incident.triggered': 'firing',
  'incident.unacknowledged': 'firing',
  'incident.reopened': 'firing',
  'incident.acknowledged': 'acknowledged',
  'incident.resolved': 'resolved',
};

const STATES: Readonly<Record<string, AlertStatus>> = {
  triggered: 'firing',
  acknowledged: 'acknowledged',
  resolved: 'resolved',
};

const known = (table: Readonly<Record<string, AlertStatus>>, word: string | undefined) =>
  word !== undefined && Object.hasOwn(table, word) ? table[word] : undefined;

/** A priority is named as somebody pleases; the urgency is high or low. */
const levelWords = (incident: unknown): Pick<AlertReport, 'level'> & { readonly levelSaid?: string } => {
  const priority = wordsAt(incident, 'priority', 'summary') ?? wordsAt(incident, 'priority', 'name');
  const urgency = wordsAt(incident, 'urgency');
  const said = priority ?? urgency;
  const level = levelOf(priority);
  return {
    level: level === 'unknown' ? levelOf(urgency) : level,
    ...(said === undefined ? {} : { levelSaid: said }),
  };
};

interface Happening {
  readonly incident: unknown;
  /** `incident.triggered`. */
  readonly event?: string | undefined;
  /** When it happened, as the sender writes it. */
  readonly occurredAt?: string | undefined;
}

/** Undefined where it is not the incident as it is now. */
const reportOfIncident = ({ incident, event, occurredAt }: Happening): AlertReport | undefined => {
  const id = wordsAt(incident, 'id');
  const status = known(EVENTS, event) ?? known(STATES, wordsAt(incident, 'status'));
  if (id === undefined || status === undefined) return undefined;
  const number = wordsAt(incident, 'number') ?? wordsAt(incident, 'incident_number');
  const began = wordsAt(incident, 'created_at');
  return reportOf({
    fingerprint: ownFingerprint(`incident:${id}`),
    status,
    ...levelWords(incident),
    titles: [
      wordsAt(incident, 'title'),
      wordsAt(incident, 'summary'),
      wordsAt(incident, 'description'),
      `PagerDuty incident ${number ?? id}`,
    ],
    service: wordsAt(incident, 'service', 'summary') ?? wordsAt(incident, 'service', 'name'),
    labels: {
      number,
      urgency: at(incident, 'urgency'),
      priority: wordsAt(incident, 'priority', 'summary'),
      pagerduty_key: at(incident, 'incident_key'),
      team: wordsAt(listAt(incident, 'teams')[0], 'summary'),
    },
    startsAt: event === 'incident.reopened' ? occurredAt : began,
    endsAt: occurredAt,
    links: [linkOf('source', at(incident, 'html_url'))],
  });
};

const PINGS = ['pagey.ping', 'ping'];

const readV3 = (event: unknown): AlertReading | undefined => {
  const type = wordsAt(event, 'event_type');
  if (type === undefined) return undefined;
  // The id of the event is signed, the header X-Webhook-Id is not.
  const id = wordsAt(event, 'id');
  const eventId = id === undefined ? {} : { eventId: id.slice(0, 256) };
  const incident = at(event, 'data');
  const isIncident = (wordsAt(incident, 'type') ?? 'incident') === 'incident';
  const report = isIncident
    ? reportOfIncident({ incident, event: type, occurredAt: wordsAt(event, 'occurred_at') })
    : undefined;
  if (report !== undefined) return { ...eventId, reports: [report] };
  return { ...eventId, reports: [], note: PINGS.includes(type) ? 'a ping' : type.slice(0, 100) };
};

/** The webhooks before version 3: https://developer.pagerduty.com/docs/webhooks-v2-overview. */
const readV2 = (messages: readonly unknown[]): AlertReading => {
  const reports = messages.flatMap((message) => {
    const incident = at(message, 'incident');
    const event = wordsAt(message, 'event')
      ?.replace(/^incident\.trigger$/, 'incident.triggered')
      .replace(/^incident\.(acknowledge|unacknowledge|resolve)$/, 'incident.$1d');
    return reportOfIncident({ incident, event, occurredAt: wordsAt(message, 'created_on') }) ?? [];
  });
  const [first] = messages.map((message) => wordsAt(message, 'event'));
  return { reports, ...(reports.length > 0 ? {} : { note: first?.slice(0, 100) ?? 'no messages' }) };
};

/** HMAC of the body, several while a secret is replaced: https://developer.pagerduty.com/docs/verifying-webhook-signatures. */
const isSigned = ({ request: { headers, body }, secrets }: SignedRequest): boolean =>
  isHmac({
    secrets,
    signed: [body],
    encoding: 'hex',
    given: (headers['x-pagerduty-signature'] ?? '')
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one.startsWith('v1='))
      .map((one) => one.slice(3)),
  });

/** PagerDuty's webhooks about its incidents, versions 3 and 2. */
export const pagerduty: Source = {
  source: 'pagerduty',
  summary: 'PagerDuty, generic webhooks (v3)',
  isSigned,
  read: ({ json }) => {
    if (isFields(at(json, 'event'))) return readV3(at(json, 'event'));
    return Array.isArray(at(json, 'messages')) ? readV2(listAt(json, 'messages')) : undefined;
  },
};
