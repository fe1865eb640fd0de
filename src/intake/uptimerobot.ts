import type { AlertReading, AlertStatus, Level } from '../domain/alert.ts';
import { isFields } from './reading/fields.ts';
import { fingerprintOf, ownFingerprint } from './reading/fingerprint.ts';
import { linkOf } from './reading/links.ts';
import { firstFilled, isTemplate } from './reading/placeholders.ts';
import { reportOf } from './reading/report.ts';
import type { AlertRequest, Source } from './source.ts';

/** The POST value of an alert contact `Webhook`, sent as JSON: https://uptimerobot.com/help/. The id is what keeps monitors of one address apart. */
const template = `{
  "monitorID": "*monitorID*",
  "monitorFriendlyName": "*monitorFriendlyName*",
  "monitorURL": "*monitorURL*",
  "alertType": "*alertType*",
  "alertTypeFriendlyName": "*alertTypeFriendlyName*",
  "alertDetails": "*alertDetails*",
  "alertDuration": "*alertDuration*",
  "alertDateTime": "*alertDateTime*"
}`;

/** People name the keys: `monitorID`, `monitor_id` and `monitor-id` are the same. */
const flattened = (said: unknown): Readonly<Record<string, unknown>> =>
  isFields(said)
    ? Object.fromEntries(
        Object.entries(said)
          .slice(0, 100)
          .map(([key, value]) => [
            key
              .slice(0, 64)
              .toLowerCase()
              .replace(/[^a-z]/g, ''),
            value,
          ]),
      )
    : {};

interface Kind {
  readonly status: AlertStatus;
  readonly level: Level;
  readonly words: string;
  /** Its own problem beside that the monitor is down, of which nobody says that it is over. */
  readonly notice?: true;
}

const DOWN: Kind = { status: 'firing', level: 'critical', words: 'is down' };
/** Of the same problem as before, whose title it keeps. */
const UP: Kind = { ...DOWN, status: 'resolved' };
const EXPIRY: Kind = { status: 'firing', level: 'warning', words: 'is about to expire', notice: true };

const KINDS: Readonly<Record<string, Kind>> = { '1': DOWN, down: DOWN, '2': UP, up: UP, '3': EXPIRY };

const kindOf = (said: unknown): Kind | undefined => {
  const words = ['alerttype', 'alerttypefriendlyname', 'status'].flatMap(
    (key) => firstFilled(said, [key]) ?? [],
  );
  const [known] = words.map((word) => word.toLowerCase()).filter((word) => Object.hasOwn(KINDS, word));
  if (known !== undefined) return KINDS[known];
  return words.some((word) => /ssl|expir/i.test(word)) ? EXPIRY : undefined;
};

const fingerprintIn = (said: unknown, kind: Kind | undefined): string => {
  const suffix = kind?.notice === true ? ':expiry' : '';
  const id = firstFilled(said, ['monitorid', 'id']);
  if (id !== undefined) return ownFingerprint(`monitor:${id}${suffix}`);
  const [url, name] = [firstFilled(said, ['monitorurl', 'url']), firstFilled(said, ['monitorfriendlyname'])];
  return fingerprintOf('uptimerobot', { url: url ?? '', name: name ?? '', suffix });
};

const pageOf = (said: unknown): string | undefined => {
  const id = firstFilled(said, ['monitorid']);
  return id !== undefined && /^\d{1,20}$/.test(id)
    ? `https://dashboard.uptimerobot.com/monitors/${id}`
    : undefined;
};

const NAMES = ['monitorfriendlyname', 'monitorname', 'monitorurl', 'monitorid'];

function read({ json, query }: Pick<AlertRequest, 'json' | 'query'>): AlertReading | undefined {
  const said = { ...flattened(query), ...flattened(json) };
  const isTest = isTemplate(said, [...NAMES, 'alerttype']);
  const kind = kindOf(said) ?? (isTest ? DOWN : undefined);
  const name = firstFilled(said, NAMES);
  if (kind === undefined || (name === undefined && !isTest)) return undefined;
  const time = firstFilled(said, ['alertdatetime']);
  const report = reportOf({
    fingerprint: fingerprintIn(said, kind),
    ...(isTest ? { kind: 'test' as const } : {}),
    status: kind.status,
    level: kind.level,
    levelSaid: firstFilled(said, ['alerttypefriendlyname']),
    titles: [name === undefined ? 'Test from UptimeRobot' : `${name} ${kind.words}`],
    description: firstFilled(said, ['alertdetails']),
    service: name,
    labels: {
      alertname: name,
      monitor: name,
      monitor_id: firstFilled(said, ['monitorid']),
      url: firstFilled(said, ['monitorurl']),
      duration: firstFilled(said, ['alertfriendlyduration', 'alertduration']),
    },
    startsAt: kind.status === 'firing' ? time : undefined,
    endsAt: time,
    links: [linkOf('source', pageOf(said))],
    expectsResolve: kind.notice !== true,
  });
  return { reports: [report] };
}

/** UptimeRobot, alert contact `Webhook` with {@link template}. Signs nothing: its address is the secret. */
export const uptimerobot: Source = {
  source: 'uptimerobot',
  summary: 'UptimeRobot, alert contact `Webhook` with this POST value, as JSON',
  template,
  read,
};
