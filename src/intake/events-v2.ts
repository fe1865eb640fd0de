import type { AlertLink, AlertReading, AlertStatus } from '../domain/alert.ts';
import {
  at,
  type Fields,
  fieldsOf,
  firstWords,
  isFields,
  listAt,
  meantBy,
  wordsAt,
} from './reading/fields.ts';
import { ownFingerprint, sha256 } from './reading/fingerprint.ts';
import { ENVIRONMENT_LABELS, SERVICE_LABELS } from './reading/labels.ts';
import { linkOf } from './reading/links.ts';
import { reportOf } from './reading/report.ts';
import type { AlertRequest, Source } from './source.ts';

const ACTIONS: Readonly<Record<string, AlertStatus>> = {
  trigger: 'firing',
  acknowledge: 'acknowledged',
  resolve: 'resolved',
};

const MOST_LINKS = 8;

const kindOfLink = (text: string): AlertLink['kind'] => {
  if (/runbook|playbook/i.test(text)) return 'runbook';
  return /dashboard/i.test(text) ? 'dashboard' : 'source';
};

const linksOf = (event: unknown): readonly (AlertLink | undefined)[] => [
  linkOf('source', at(event, 'client_url')),
  ...listAt(event, 'links')
    .slice(0, MOST_LINKS)
    .map((link) => linkOf(kindOfLink(wordsAt(link, 'text') ?? ''), at(link, 'href'))),
  ...listAt(event, 'images')
    .slice(0, MOST_LINKS)
    .map((image) => linkOf('image', at(image, 'src'))),
];

/** Without a key no event belongs to another; the same body again is taken for the same event sent again. */
const fingerprintIn = ({ body, json }: AlertRequest): string => {
  const key = wordsAt(json, 'dedup_key');
  return key === undefined ? sha256(body) : ownFingerprint(key);
};

const labelsIn = (event: Fields, payload: unknown): Fields => ({
  source: at(payload, 'source'),
  component: at(payload, 'component'),
  group: at(payload, 'group'),
  class: at(payload, 'class'),
  severity: at(payload, 'severity'),
  client: at(event, 'client'),
});

const readEvent = (request: AlertRequest): AlertReading | undefined => {
  const event = fieldsOf(request.json);
  const status = meantBy(ACTIONS, wordsAt(event, 'event_action')?.toLowerCase());
  if (status === undefined) return undefined;
  const payload = at(event, 'payload');
  const details = at(payload, 'custom_details');
  const report = reportOf({
    fingerprint: fingerprintIn(request),
    status,
    levelSaid: wordsAt(payload, 'severity'),
    titles: [wordsAt(payload, 'summary'), wordsAt(event, 'description'), wordsAt(event, 'dedup_key')],
    description: isFields(details)
      ? firstWords(details, ['description', 'message', 'body'])
      : wordsAt(payload, 'custom_details'),
    service:
      firstWords(details, SERVICE_LABELS) ?? wordsAt(payload, 'component') ?? wordsAt(payload, 'group'),
    environment: firstWords(details, ENVIRONMENT_LABELS),
    labels: labelsIn(event, payload),
    annotations: details,
    startsAt: status === 'firing' ? at(payload, 'timestamp') : undefined,
    links: linksOf(event),
  });
  return {
    reports: [report],
    ...(wordsAt(event, 'dedup_key') === undefined
      ? { note: 'it has no dedup_key: nothing else will belong to it' }
      : {}),
  };
};

/** Whoever speaks PagerDuty's Events API v2: https://developer.pagerduty.com/docs/send-alert-event. */
export const eventsV2: Source = {
  source: 'events-v2',
  summary: 'PagerDuty Events API v2, also at `/v2/enqueue`',
  read: readEvent,
};
