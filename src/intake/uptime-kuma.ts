import type { AlertReading, AlertReport, AlertStatus } from '../domain/alert.ts';
import { at, type Fields, firstWords, isFields, listAt, meantBy, wordsAt } from './reading/fields.ts';
import { fingerprintOf, ownFingerprint } from './reading/fingerprint.ts';
import { ENVIRONMENT_LABELS, SERVICE_LABELS } from './reading/labels.ts';
import { linkOf } from './reading/links.ts';
import { reportOf } from './reading/report.ts';
import type { Source } from './source.ts';

/** What a heartbeat says: https://github.com/louislam/uptime-kuma/blob/2.0.0/src/util.ts. */
const STATUSES: Readonly<Record<string, AlertStatus>> = { 0: 'firing', 1: 'resolved' };
const WAITS: Readonly<Record<string, string>> = { 2: 'pending', 3: 'under maintenance' };

/** Tags as people write them, `service: checkout`; a tag without a value says that it is there. */
const tagsOf = (monitor: unknown): Fields =>
  Object.fromEntries(
    listAt(monitor, 'tags').flatMap((tag) => {
      const name = wordsAt(tag, 'name');
      return name === undefined || name === '__proto__' ? [] : [[name, wordsAt(tag, 'value') ?? 'true']];
    }),
  );

/** Where monitors without an address look: `127.0.0.1:5432`. */
const placeOf = (monitor: unknown): string | undefined => {
  const [host, port] = [wordsAt(monitor, 'hostname'), wordsAt(monitor, 'port')];
  return host === undefined || port === undefined ? host : `${host}:${port}`;
};

/** Only the first heartbeat of an outage says when it began; those sent again have their own time. */
const beginning = (heartbeat: unknown, status: AlertStatus): unknown => {
  if (status === 'resolved') return at(heartbeat, 'lastDownTime');
  return at(heartbeat, 'important') === false ? undefined : at(heartbeat, 'time');
};

const monitorReport = (heartbeat: unknown, monitor: unknown, status: AlertStatus): AlertReport => {
  const tags = tagsOf(monitor);
  const name = firstWords(monitor, ['pathName', 'name']);
  const id = wordsAt(monitor, 'id') ?? wordsAt(heartbeat, 'monitorID');
  const address = linkOf('source', at(monitor, 'url'));
  const said = firstWords(tags, ['severity', 'level', 'priority']);
  return reportOf({
    fingerprint:
      id === undefined ? fingerprintOf('uptime-kuma', { name: name ?? '' }) : ownFingerprint(`monitor:${id}`),
    status,
    levelSaid: said ?? 'down',
    ...(said === undefined ? { level: 'critical' as const } : {}),
    titles: [name === undefined ? undefined : `${name} is down`, `Monitor ${id ?? ''} is down`],
    description: wordsAt(heartbeat, 'msg'),
    service: firstWords(tags, SERVICE_LABELS) ?? wordsAt(monitor, 'name'),
    environment: firstWords(tags, ENVIRONMENT_LABELS),
    labels: {
      ...tags,
      monitor: name,
      type: at(monitor, 'type'),
      instance: address?.url ?? placeOf(monitor),
    },
    startsAt: beginning(heartbeat, status),
    endsAt: at(heartbeat, 'time'),
    links: [address],
  });
};

/** `will be expired in 14 days` is the same notice at 7 days. */
const lasting = (message: string): string => message.replace(/\b\d+ days?\b/gi, '# days');

/** A test, or a notice that a certificate or a domain runs out, which comes without heartbeat and is never taken back. */
const noticeReport = (message: string): AlertReport => {
  const isTest = /\bTesting$/.test(message.trim());
  return reportOf({
    fingerprint: fingerprintOf('uptime-kuma', { notice: lasting(message.slice(0, 1_000)) }),
    kind: isTest ? 'test' : 'alert',
    status: 'firing',
    level: isTest ? 'info' : 'warning',
    titles: [message],
    description: message,
    expectsResolve: false,
  });
};

const readHeartbeat = (heartbeat: Fields, monitor: unknown): AlertReading | undefined => {
  const code = wordsAt(heartbeat, 'status');
  const [status, waits] = [meantBy(STATUSES, code), meantBy(WAITS, code)];
  if (status !== undefined) return { reports: [monitorReport(heartbeat, monitor, status)] };
  return waits === undefined ? undefined : { reports: [], note: `a monitor that is ${waits}` };
};

const readKuma = (json: unknown): AlertReading | undefined => {
  const [heartbeat, message] = [at(json, 'heartbeat'), wordsAt(json, 'msg')];
  if (isFields(heartbeat)) return readHeartbeat(heartbeat, at(json, 'monitor'));
  return heartbeat === null && message !== undefined ? { reports: [noticeReport(message)] } : undefined;
};

/** Uptime Kuma's notification `Webhook`, as JSON or as a form. It signs nothing and sends once only. */
export const uptimeKuma: Source = {
  source: 'uptime-kuma',
  summary: 'Uptime Kuma, notification `Webhook`',
  read: ({ json }) => readKuma(json),
};
