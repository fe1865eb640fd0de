import { z } from 'zod';
import type { AlertReading, AlertStatus, Level } from '../domain/alert.ts';
import { readUntrustedJson } from '../domain/untrusted-json.ts';
import { eventIdOf } from './reading/event-id.ts';
import { at, firstWords, isFields, listAt, wordsAt } from './reading/fields.ts';
import { fingerprintOf, ownFingerprint } from './reading/fingerprint.ts';
import { levelOf } from './reading/levels.ts';
import { linkOf } from './reading/links.ts';
import { type AlertDraft, reportOf } from './reading/report.ts';
import { snsAddress } from './sns-signature.ts';
import type { AlertRequest, Source } from './source.ts';

const TOPIC = /^arn:aws(?:-[a-z]+)*:sns:[a-z0-9-]+:\d+:[\w-]+(?:\.fifo)?$/;

const settings = z.strictObject({
  topics: z
    .array(z.string().regex(TOPIC, 'a topic is written arn:aws:sns:REGION:ACCOUNT:NAME'))
    .min(1)
    .optional()
    .describe('topics whose subscription is confirmed, and of which alone alarms are taken'),
});

/** An alarm as all shapes say it. */
interface Alarm {
  readonly arn: string | undefined;
  readonly account: string | undefined;
  readonly region: string | undefined;
  readonly name: string;
  readonly state: string;
  readonly reason: string | undefined;
  readonly description: string | undefined;
  readonly changedAt: unknown;
  readonly dimensions: Readonly<Record<string, unknown>>;
  readonly metric: string | undefined;
}

const dimensionsOf = (alarm: unknown): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    listAt(alarm, 'Trigger', 'Dimensions')
      .slice(0, 30)
      .map((one) => [wordsAt(one, 'name') ?? '', at(one, 'value')]),
  );

/** What CloudWatch itself publishes: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html. */
function alarmOfNotice(json: unknown): Alarm | undefined {
  const name = wordsAt(json, 'AlarmName');
  const state = wordsAt(json, 'NewStateValue');
  if (name === undefined || state === undefined) return undefined;
  return {
    arn: wordsAt(json, 'AlarmArn'),
    account: wordsAt(json, 'AWSAccountId'),
    region: wordsAt(json, 'Region'),
    name,
    state,
    reason: wordsAt(json, 'NewStateReason'),
    description: wordsAt(json, 'AlarmDescription'),
    changedAt: at(json, 'StateChangeTime'),
    dimensions: dimensionsOf(json),
    metric: wordsAt(json, 'Trigger', 'MetricName'),
  };
}

/** The same by EventBridge: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html. */
function alarmOfEvent(json: unknown): Alarm | undefined {
  const name = wordsAt(json, 'detail', 'alarmName');
  const state = wordsAt(json, 'detail', 'state', 'value');
  if (name === undefined || state === undefined) return undefined;
  const metric = at(listAt(json, 'detail', 'configuration', 'metrics')[0], 'metricStat', 'metric');
  const dimensions = at(metric, 'dimensions');
  return {
    arn: wordsAt(json, 'resources', '0'),
    account: wordsAt(json, 'account'),
    region: wordsAt(json, 'region'),
    name,
    state,
    reason: wordsAt(json, 'detail', 'state', 'reason'),
    description: wordsAt(json, 'detail', 'configuration', 'description'),
    changedAt: at(json, 'detail', 'state', 'timestamp'),
    dimensions: isFields(dimensions) ? dimensions : {},
    metric: wordsAt(metric, 'name'),
  };
}

const STATES: Readonly<Record<string, AlertStatus>> = {
  ALARM: 'firing',
  OK: 'resolved',
  INSUFFICIENT_DATA: 'firing',
};

/** CloudWatch has no scale: people write `severity: high` into the description, or P1 into the name. */
const levelWord = ({ name, description = '' }: Alarm): string | undefined =>
  /\b(?:severity|level|priority)["']?\s{0,4}[:=]\s{0,4}["']?([\w-]{1,20})/i.exec(
    description.slice(0, 2_048),
  )?.[1] ?? /(?:^|[^a-z0-9])(p[0-5]|sev-?[0-5]|critical|warning)(?![a-z0-9])/i.exec(name.slice(0, 300))?.[1];

const levelWords = (alarm: Alarm): { readonly level: Level; readonly levelSaid: string | undefined } => {
  const word = levelWord(alarm);
  if (alarm.state === 'INSUFFICIENT_DATA') return { level: 'warning', levelSaid: alarm.state };
  return { level: levelOf(word), levelSaid: word ?? (alarm.state === 'OK' ? undefined : alarm.state) };
};

/** Dimensions that are names of what runs there; the others (InstanceId …) say nothing to a person. */
const NAMING = ['ServiceName', 'Service', 'FunctionName', 'ApiName', 'DBInstanceIdentifier', 'QueueName'];

/** The page of the alarm in the console, of the region in its ARN; the message itself names it `EU (Ireland)`. */
const pageOf = ({ arn = '', name }: Alarm): string | undefined => {
  const [, region] = /^arn:aws:cloudwatch:([a-z]{2}(?:-[a-z]{1,12}){1,3}-\d{1,2}):/.exec(arn) ?? [];
  const path = `cloudwatch/home?region=${region}#alarmsV2:alarm/${encodeURIComponent(name.toWellFormed())}`;
  return region === undefined ? undefined : `https://${region}.console.aws.amazon.com/${path}`;
};

function draftOf(alarm: Alarm, status: AlertStatus): AlertDraft {
  const { name, account, region, reason, description, dimensions, metric, changedAt } = alarm;
  return {
    fingerprint: ownFingerprint(alarm.arn ?? `${account ?? ''}/${region ?? ''}/${name}`),
    status,
    ...levelWords(alarm),
    titles: [name],
    description: [description, reason].filter(Boolean).join('\n'),
    service: firstWords(dimensions, NAMING) ?? name,
    labels: { alertname: name, account, region, metric, ...dimensions },
    startsAt: status === 'firing' ? changedAt : undefined,
    endsAt: changedAt,
    links: [linkOf('source', pageOf(alarm))],
  };
}

const readAlarm = (json: unknown): AlertReading | undefined => {
  const alarm = alarmOfNotice(json) ?? alarmOfEvent(json);
  if (alarm === undefined) return undefined;
  const status = Object.hasOwn(STATES, alarm.state) ? STATES[alarm.state] : undefined;
  return status === undefined ? undefined : { reports: [reportOf(draftOf(alarm, status))] };
};

/** What else is published to such a topic: of Auto Scaling, RDS, Budgets, or by people. */
const readOther = (envelope: unknown): AlertReading | undefined => {
  const topic = wordsAt(envelope, 'TopicArn');
  const message = wordsAt(envelope, 'Message');
  const subject = wordsAt(envelope, 'Subject');
  if (message === undefined) return undefined;
  const report = reportOf({
    fingerprint: fingerprintOf('cloudwatch', {
      topic: topic ?? '',
      subject: subject ?? message.slice(0, 512),
    }),
    status: 'firing',
    titles: [subject, message],
    description: message,
    labels: { topic },
    startsAt: at(envelope, 'Timestamp'),
    expectsResolve: false,
  });
  return { reports: [report] };
};

/** Only what confirms this very topic: the same host also ends subscriptions, for whoever asks. */
function readConfirmation(envelope: unknown, topics: readonly string[]): AlertReading {
  const topic = wordsAt(envelope, 'TopicArn') ?? '';
  const url = snsAddress(at(envelope, 'SubscribeURL'));
  if (!topics.includes(topic))
    return {
      reports: [],
      note: `a subscription that is not confirmed: ${topic.slice(0, 256)} is not in topics`,
    };
  const isOwn =
    url?.pathname === '/' &&
    url.searchParams.get('Action') === 'ConfirmSubscription' &&
    url.searchParams.get('TopicArn') === topic;
  return isOwn
    ? { reports: [], note: 'a subscription that is to be confirmed', confirm: url.href }
    : { reports: [], note: 'a subscription that is not confirmed: its SubscribeURL is none of SNS' };
}

function readEnvelope(envelope: unknown, topics: readonly string[]): AlertReading | undefined {
  const topic = wordsAt(envelope, 'TopicArn') ?? '';
  switch (wordsAt(envelope, 'Type')) {
    case 'SubscriptionConfirmation':
      return readConfirmation(envelope, topics);
    case 'UnsubscribeConfirmation':
      return { reports: [], note: `the subscription of ${topic.slice(0, 256)} has ended` };
    case 'Notification': {
      if (topics.length > 0 && !topics.includes(topic))
        return { reports: [], note: `${topic.slice(0, 256)} is not in topics` };
      const inner = readUntrustedJson(wordsAt(envelope, 'Message') ?? '');
      return (inner.kind === 'read' ? readAlarm(inner.value) : undefined) ?? readOther(envelope);
    }
    default:
      return undefined;
  }
}

function read({ json, headers }: AlertRequest, given: unknown): AlertReading | undefined {
  const topics = listAt(given, 'topics').filter((one) => typeof one === 'string');
  // Without its envelope where the subscription delivers raw messages, and from EventBridge.
  const reading = readEnvelope(json, topics) ?? (topics.length > 0 ? undefined : readAlarm(json));
  const eventId = eventIdOf(at(json, 'MessageId'), headers['x-amz-sns-message-id']);
  return reading === undefined ? undefined : { ...reading, ...eventId };
}

/** Alarms of Amazon CloudWatch that a topic of SNS delivers by HTTPS, or EventBridge. SNS signs with RSA: see sns-signature.ts. */
export const cloudwatch: Source = {
  source: 'cloudwatch',
  summary: 'Amazon CloudWatch alarms, by a topic of SNS',
  settings,
  read,
};
