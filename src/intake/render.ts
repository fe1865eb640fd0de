import type { AlertReading, AlertReport, AlertStatus, Level } from '../domain/alert.ts';
import { eventIdOf } from './reading/event-id.ts';
import { at, fieldsOf, isFields, meantBy, wordsAt } from './reading/fields.ts';
import { ownFingerprint } from './reading/fingerprint.ts';
import { linkOf } from './reading/links.ts';
import { lineWithin } from './reading/plain-text.ts';
import { reportOf } from './reading/report.ts';
import { isHmac, isRecent } from './reading/signatures.ts';
import type { AlertRequest, SignedRequest, Source } from './source.ts';

/** Events of one class tell of the same thing, so that one of them can say that another is over. */
interface Class {
  readonly type: RegExp;
  readonly what: string;
  readonly level: Level;
  readonly kind: AlertReport['kind'];
}

/** What Render tells of: https://render.com/docs/webhooks#supported-event-types. */
const CLASSES: readonly Class[] = [
  { type: /^(?:deploy|build|pre_deploy|image_pull)_/, what: 'deploy', level: 'error', kind: 'deploy' },
  { type: /^server_/, what: 'server', level: 'critical', kind: 'alert' },
  { type: /^postgres_/, what: 'postgres', level: 'critical', kind: 'alert' },
  { type: /^key_value_/, what: 'key-value', level: 'critical', kind: 'alert' },
  { type: /^cron_job_run_/, what: 'cron-job', level: 'error', kind: 'alert' },
  { type: /^job_run_/, what: 'job', level: 'warning', kind: 'alert' },
];

const BAD = /_(?:failed|failure|unavailable|unhealthy)$/;
const GOOD = /_(?:available|healthy)$/;
const STATUSES: Readonly<Record<string, AlertStatus>> = { failed: 'firing', succeeded: 'resolved' };

/** What an event says of its class; a build that succeeded is not yet a deploy that did. */
const statusIn = (type: string, said: string | undefined): AlertStatus | undefined => {
  if (BAD.test(type)) return 'firing';
  if (GOOD.test(type)) return 'resolved';
  if (!type.endsWith('_ended')) return undefined;
  const status = meantBy(STATUSES, said);
  return status === 'resolved' && /^(?:build|pre_deploy)_/.test(type) ? undefined : status;
};

const event = (type: string): string => type.replace(/_ended$/, '').replaceAll('_', ' ');

/** An alert is called after what is wrong, also when it is over; a deploy after how it went. */
const titleOf = (name: string, { what, kind }: Class, status: AlertStatus): string =>
  `${name}: ${what} ${kind === 'deploy' && status === 'resolved' ? 'succeeded' : 'failed'}`;

const readRender = ({ headers, json }: AlertRequest): AlertReading | undefined => {
  const [type, about] = [wordsAt(json, 'type'), fieldsOf(at(json, 'data'))];
  const service = wordsAt(about, 'serviceId');
  if (type === undefined || service === undefined || !isFields(json)) return undefined;
  const eventId = eventIdOf(headers['webhook-id'], at(about, 'id'));
  const found = CLASSES.find((one) => one.type.test(type));
  const status = statusIn(type, wordsAt(about, 'status'));
  if (found === undefined || status === undefined) {
    const ended = wordsAt(about, 'status');
    return { ...eventId, reports: [], note: lineWithin(`${type} ${ended ?? ''}`, 80) ?? 'nothing' };
  }
  const report = reportOf({
    fingerprint: ownFingerprint(`${service}:${found.what}`),
    kind: found.kind,
    status,
    level: found.level,
    levelSaid: type,
    titles: [titleOf(wordsAt(about, 'serviceName') ?? service, found, status)],
    description: event(type),
    service: wordsAt(about, 'serviceName'),
    labels: { type, serviceId: service, service: at(about, 'serviceName'), event: at(about, 'id') },
    startsAt: status === 'firing' ? at(json, 'timestamp') : undefined,
    endsAt: at(json, 'timestamp'),
    links: [linkOf('source', dashboardOf(service, wordsAt(about, 'id')))],
  });
  return { ...eventId, reports: [report] };
};

/** Web services have their events under a page of their own; other kinds of services another one. */
const dashboardOf = (service: string, event: string | undefined): string | undefined => {
  if (!/^srv-[a-z0-9]{1,64}$/.test(service)) return undefined;
  const isPlain = /^[a-z0-9-]{1,80}$/.test(event ?? '');
  return `https://dashboard.render.com/web/${service}${isPlain ? `/events?event=${event}` : ''}`;
};

/** The key is written in base64 behind `whsec_`. */
const keyOf = (secret: string): Buffer => Buffer.from(secret.replace(/^whsec_/, ''), 'base64');

/** https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md#verifying-webhook-authenticity */
const isSigned = ({ request: { headers, body }, secrets, now }: SignedRequest): boolean => {
  const [id, time] = [headers['webhook-id'] ?? '', headers['webhook-timestamp'] ?? ''];
  if (id === '' || !isRecent(time, now)) return false;
  const given = (headers['webhook-signature'] ?? '')
    .slice(0, 2_000)
    .split(' ')
    .filter((one) => one.startsWith('v1,'))
    .map((one) => one.slice('v1,'.length));
  return isHmac({ secrets: secrets.map(keyOf), signed: [`${id}.${time}.`, body], encoding: 'base64', given });
};

/** Render's webhooks, which are signed as Standard Webhooks are. */
export const render: Source = {
  source: 'render',
  summary: 'Render webhooks',
  isSigned,
  read: readRender,
};
