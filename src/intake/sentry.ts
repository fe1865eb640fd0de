import type { AlertReading, AlertStatus } from '../domain/alert.ts';
import { eventIdOf } from './reading/event-id.ts';
import { at, isFields, listAt, wordsAt, wordsOf } from './reading/fields.ts';
import { fingerprintOf, ownFingerprint } from './reading/fingerprint.ts';
import type { Labels } from './reading/labels.ts';
import { linkOf } from './reading/links.ts';
import { reportOf } from './reading/report.ts';
import { isHmac } from './reading/signatures.ts';
import { labelsOfTags } from './reading/tags.ts';
import type { AlertRequest, SignedRequest, Source } from './source.ts';

/** One webhook of the integration platform: https://docs.sentry.io/organization/integrations/integration-platform/webhooks/. */
interface Hook {
  readonly json: unknown;
  /** In lower case. */
  readonly action: string;
  /** Epoch seconds; when it was sent. */
  readonly sentAt: string | undefined;
}

/** An issue by its number, whether an alert rule or the issue itself speaks of it. */
const issueFingerprint = (id: string): string => ownFingerprint(`issue:${id}`);

/** Whoever archives an issue wants to hear no more of it. */
const ISSUE_ACTIONS: Readonly<Record<string, AlertStatus>> = {
  created: 'firing',
  unresolved: 'firing',
  resolved: 'resolved',
  archived: 'resolved',
  ignored: 'resolved',
};

function readIssue({ json, action, sentAt }: Hook): AlertReading | undefined {
  const issue = at(json, 'data', 'issue');
  const id = wordsAt(issue, 'id');
  if (id === undefined) return undefined;
  const status = Object.hasOwn(ISSUE_ACTIONS, action) ? ISSUE_ACTIONS[action] : undefined;
  // Sentry assigns by rules of its own, so that being assigned does not show that somebody has seen it.
  if (status === undefined) return { reports: [], note: `issue ${action}`.slice(0, 100) };
  const report = reportOf({
    fingerprint: issueFingerprint(id),
    status,
    levelSaid: wordsAt(issue, 'level'),
    titles: [wordsAt(issue, 'title'), wordsAt(issue, 'shortId')],
    description: wordsAt(issue, 'culprit'),
    service: wordsAt(issue, 'project', 'slug') ?? wordsAt(issue, 'project', 'name'),
    labels: {
      issue: at(issue, 'shortId'),
      project: at(issue, 'project', 'slug'),
      level: at(issue, 'level'),
      platform: at(issue, 'platform'),
      substatus: at(issue, 'substatus'),
    },
    startsAt: action === 'created' ? at(issue, 'firstSeen') : sentAt,
    endsAt: sentAt ?? at(json, 'timestamp'),
    links: [linkOf('source', at(issue, 'web_url')), linkOf('source', at(issue, 'permalink'))],
  });
  return { reports: [report] };
}

/** Tags of an event, without those that tell who its user is. */
const tagsOf = (event: unknown): Labels => {
  const all = Object.entries(labelsOfTags(listAt(event, 'tags')));
  return Object.fromEntries(all.filter(([name]) => !/^user(?:\.|$)/i.test(name)));
};

/** The event names its project by number only, and by name in the address of the API. */
const projectOf = (event: unknown): string | undefined =>
  /\/projects\/[^/]{1,100}\/([^/]{1,100})\/events\//.exec(wordsAt(event, 'url')?.slice(0, 2_048) ?? '')?.[1];

/** Issues that are no errors (uptime, cron, metric) bring what was seen as a list. */
const evidenceOf = (event: unknown): string =>
  listAt(event, 'occurrence', 'evidenceDisplay')
    .slice(0, 20)
    .map((one) => `${wordsAt(one, 'name') ?? ''}: ${wordsAt(one, 'value') ?? ''}`)
    .join('\n');

function readEventAlert({ json }: Hook): AlertReading | undefined {
  const event = at(json, 'data', 'event');
  const id = wordsAt(event, 'issue_id') ?? wordsAt(event, 'groupID') ?? wordsAt(event, 'event_id');
  if (id === undefined) return undefined;
  const rule = wordsAt(json, 'data', 'triggered_rule') ?? wordsAt(json, 'data', 'issue_alert', 'title');
  const report = reportOf({
    fingerprint: issueFingerprint(id),
    status: 'firing',
    levelSaid: wordsAt(event, 'level'),
    titles: [wordsAt(event, 'title'), wordsAt(event, 'occurrence', 'issueTitle'), rule],
    description: [wordsAt(event, 'culprit'), evidenceOf(event)].filter(Boolean).join('\n'),
    service: projectOf(event),
    environment: wordsAt(event, 'environment'),
    labels: {
      ...tagsOf(event),
      alertname: rule,
      project: projectOf(event),
      platform: at(event, 'platform'),
      release: at(event, 'release'),
    },
    startsAt: at(event, 'datetime') ?? at(event, 'timestamp'),
    links: [linkOf('source', at(event, 'web_url'))],
    // Only the webhook of the resource `issue` says so, to which not everybody subscribes.
    expectsResolve: false,
  });
  return { reports: [report] };
}

const METRIC_ACTIONS: Readonly<Record<string, AlertStatus>> = {
  critical: 'firing',
  warning: 'firing',
  resolved: 'resolved',
};

/** Every time that it fires it is another incident of Sentry's; the rule and its projects stay the same. */
const metricFingerprint = (alert: unknown): string | undefined => {
  const rule = wordsAt(alert, 'alert_rule', 'id');
  const all = listAt(alert, 'projects').slice(0, 50);
  const projects = all.flatMap((one) => wordsOf(one) ?? []).toSorted();
  if (rule !== undefined) return fingerprintOf('sentry', { rule, projects: projects.join(',') });
  const id = wordsAt(alert, 'id');
  return id === undefined ? undefined : fingerprintOf('sentry', { incident: id });
};

function readMetricAlert({ json, action, sentAt }: Hook): AlertReading | undefined {
  const alert = at(json, 'data', 'metric_alert');
  const fingerprint = metricFingerprint(alert);
  const status = Object.hasOwn(METRIC_ACTIONS, action) ? METRIC_ACTIONS[action] : undefined;
  if (fingerprint === undefined || status === undefined) return undefined;
  const rule = wordsAt(alert, 'alert_rule', 'name');
  const title = wordsAt(json, 'data', 'description_title');
  const project = wordsAt(alert, 'projects', '0');
  const report = reportOf({
    fingerprint,
    status,
    levelSaid: status === 'firing' ? action : undefined,
    // `Critical: Too many errors` is `Resolved: Too many errors` later.
    titles: [rule, title, wordsAt(alert, 'title')],
    description: wordsAt(json, 'data', 'description_text')?.replaceAll('\\n', '\n'),
    service: project,
    environment: wordsAt(alert, 'alert_rule', 'environment'),
    labels: { alertname: rule, project, query: at(alert, 'alert_rule', 'query') },
    startsAt: at(alert, 'date_started') ?? at(alert, 'date_created'),
    endsAt: at(alert, 'date_closed') ?? sentAt,
    links: [linkOf('source', at(json, 'data', 'web_url'))],
  });
  return { reports: [report] };
}

/** The plugin `WebHooks` from before the integration platform, which signs nothing and never says that it is over. */
function readPlugin(json: unknown): AlertReading | undefined {
  const id = wordsAt(json, 'id');
  if (id === undefined || !isFields(at(json, 'event')) || wordsAt(json, 'project') === undefined)
    return undefined;
  const report = reportOf({
    fingerprint: issueFingerprint(id),
    status: 'firing',
    levelSaid: wordsAt(json, 'level'),
    titles: [wordsAt(json, 'event', 'title'), wordsAt(json, 'message'), wordsAt(json, 'culprit')],
    description: wordsAt(json, 'culprit'),
    service: wordsAt(json, 'project_slug') ?? wordsAt(json, 'project'),
    environment: wordsAt(json, 'event', 'environment'),
    labels: { ...tagsOf(at(json, 'event')), project: at(json, 'project'), level: at(json, 'level') },
    startsAt: at(json, 'event', 'timestamp') ?? at(json, 'event', 'received'),
    links: [linkOf('source', at(json, 'url'))],
    expectsResolve: false,
  });
  return { reports: [report] };
}

const RESOURCES: Readonly<Record<string, (hook: Hook) => AlertReading | undefined>> = {
  issue: readIssue,
  event_alert: readEventAlert,
  metric_alert: readMetricAlert,
};

/** Resources that are no alerts; `error` is every single error, alert or not. */
const QUIET = ['installation', 'error', 'comment', 'seer'];

/** Which resource it is where the header is missing, as in a file that is simulated. */
const guessResource = (json: unknown): string | undefined =>
  Object.entries({ event_alert: 'event', metric_alert: 'metric_alert', issue: 'issue' }).find(([, key]) =>
    isFields(at(json, 'data', key)),
  )?.[0];

function read({ headers, json }: AlertRequest): AlertReading | undefined {
  if (!isFields(json)) return undefined;
  const resource = headers['sentry-hook-resource'] ?? wordsAt(json, 'resource') ?? guessResource(json);
  if (resource === undefined) return readPlugin(json);
  const eventId = eventIdOf(headers['request-id']);
  const action = wordsAt(json, 'action')?.toLowerCase() ?? '';
  if (QUIET.includes(resource))
    return { ...eventId, reports: [], note: `${resource} ${action}`.slice(0, 100) };
  const reader = Object.hasOwn(RESOURCES, resource) ? RESOURCES[resource] : undefined;
  const reading = reader?.({ json, action, sentAt: headers['sentry-hook-timestamp'] });
  return reading === undefined ? undefined : { ...eventId, ...reading };
}

/** HMAC of the body with the client secret. */
const isSigned = ({ request: { headers, body }, secrets }: SignedRequest): boolean =>
  isHmac({ secrets, signed: [body], encoding: 'hex', given: [headers['sentry-hook-signature'] ?? ''] });

/** Sentry's integration platform: issues, issue alerts and metric alerts; and its old plugin. */
export const sentry: Source = {
  source: 'sentry',
  summary: 'Sentry, an internal integration with the webhooks of issues and alert rules',
  isSigned,
  read,
};
