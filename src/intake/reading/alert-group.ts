import type { AlertLink, AlertReading, AlertReport, AlertStatus } from '../../domain/alert.ts';
import { at, type Fields, fieldsOf, firstWords, isFields, listAt, wordsAt } from './fields.ts';
import { fingerprintOf, ownFingerprint } from './fingerprint.ts';
import { labelsOf } from './labels.ts';
import { linkOf } from './links.ts';
import { type AlertDraft, reportOf } from './report.ts';
import { timeOf } from './times.ts';

/** What a group says of itself; read once, since thousands of alerts can be in it. */
interface Group {
  /** Address of the sender, without a slash at its end; undefined where it is too long to be one. */
  readonly root: string | undefined;
  readonly key: string | undefined;
  readonly status: AlertStatus;
}

/** One alert of a group, with the group around it. */
export interface GroupedAlert {
  readonly alert: Fields;
  readonly labels: Fields;
  readonly annotations: Fields;
  readonly group: Group;
}

/** What a sender of groups has to say beyond what Prometheus' alerts say of themselves. */
export type Refine = (grouped: GroupedAlert) => Partial<AlertDraft>;

/** Alerts by which Prometheus says that it lives: kube-prometheus calls it Watchdog, older rules a dead man's switch. */
const ALIVE = /^(?:watchdog|dead_?mans?_?switch)$/i;
/** kube-prometheus' switch for inhibition: severity none, too, but it comes and goes. */
const NOT_ALIVE = 'InfoInhibitor';

const LONGEST_ROOT = 1_024;
const LONGEST_KEY = 4_096;

const asStatus = (word: string | undefined): AlertStatus =>
  word?.slice(0, 16).toLowerCase() === 'resolved' ? 'resolved' : 'firing';

const groupOf = (json: Fields): Group => {
  const root = wordsAt(json, 'externalURL');
  return {
    root: root === undefined || root.length > LONGEST_ROOT ? undefined : root.replace(/\/$/, ''),
    key: wordsAt(json, 'groupKey')?.slice(0, LONGEST_KEY),
    status: asStatus(wordsAt(json, 'status')),
  };
};

const isAlive = (labels: Fields): boolean => {
  const name = wordsAt(labels, 'alertname') ?? '';
  return ALIVE.test(name) || (wordsAt(labels, 'severity') === 'none' && name !== NOT_ALIVE);
};

/** Its own word; in versions without one a real end, else the word of the group. */
const statusOf = ({ alert, group }: GroupedAlert): AlertStatus => {
  const own = wordsAt(alert, 'status');
  if (own !== undefined) return asStatus(own);
  return timeOf(at(alert, 'endsAt')) === undefined ? group.status : 'resolved';
};

const fingerprintIn = (source: string, { alert, labels, annotations }: GroupedAlert): string => {
  const own = wordsAt(alert, 'fingerprint');
  if (own !== undefined) return ownFingerprint(own);
  const identity = labelsOf(labels);
  return fingerprintOf(source, Object.keys(identity).length > 0 ? identity : labelsOf(annotations));
};

const nameOf = ({ labels }: GroupedAlert): string | undefined => {
  const [name, instance] = [wordsAt(labels, 'alertname'), wordsAt(labels, 'instance')];
  return name === undefined || instance === undefined ? name : `${name} on ${instance}`;
};

const quoted = (text: string): string => `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;

/** Alertmanager's form for a new silence, filled with the labels of the alert. */
const silenceOf = ({ labels, group: { root } }: GroupedAlert): AlertLink | undefined => {
  const matchers = Object.entries(labelsOf(labels)).map(([name, value]) => `${name}=${quoted(value)}`);
  const filter = encodeURIComponent(`{${matchers.join(', ')}}`);
  return root === undefined ? undefined : linkOf('silence', `${root}/#/silences/new?filter=${filter}`);
};

/** The address of the rule; Grafana's tests have a relative one. */
export const generatorOf = ({ alert, group: { root } }: GroupedAlert): AlertLink | undefined =>
  linkOf('source', at(alert, 'generatorURL'), root === undefined ? undefined : `${root}/`);

const linksOf = (grouped: GroupedAlert): readonly (AlertLink | undefined)[] => {
  const { annotations, group } = grouped;
  return [
    generatorOf(grouped) ?? linkOf('source', group.root === undefined ? undefined : `${group.root}/#/alerts`),
    linkOf('runbook', firstWords(annotations, ['runbook_url', 'runbook', 'runbookUrl'])),
    linkOf('dashboard', firstWords(annotations, ['dashboard_url', 'dashboard', 'dashboardUrl'])),
    silenceOf(grouped),
  ];
};

const reportIn = (source: string, grouped: GroupedAlert, refine: Refine): AlertReport => {
  const { alert, labels, annotations, group } = grouped;
  return reportOf({
    fingerprint: fingerprintIn(source, grouped),
    kind: isAlive(labels) ? 'heartbeat' : 'alert',
    status: statusOf(grouped),
    levelSaid: firstWords(labels, ['severity', 'level', 'priority']) ?? wordsAt(annotations, 'severity'),
    titles: [firstWords(annotations, ['summary', 'title']), nameOf(grouped), 'An alert without a name'],
    description: firstWords(annotations, ['description', 'message']),
    labels,
    annotations,
    startsAt: at(alert, 'startsAt'),
    endsAt: at(alert, 'endsAt'),
    links: linksOf(grouped),
    groupHint: group.key,
    ...refine(grouped),
  });
};

const leftOut = (group: Fields): number => {
  const count = at(group, 'truncatedAlerts');
  return typeof count === 'number' && Number.isSafeInteger(count) && count > 0 ? count : 0;
};

/**
 * Reads a group of alerts in the shape of Alertmanager's webhook, which Grafana sends, too; undefined for another shape
 * (https://prometheus.io/docs/alerting/latest/configuration/#webhook_config). What a group does not list is not resolved.
 */
export const readAlertGroup = (
  source: string,
  json: unknown,
  refine: Refine = () => ({}),
): AlertReading | undefined => {
  const body = fieldsOf(json);
  if (!Array.isArray(at(body, 'alerts'))) return undefined;
  const listed = listAt(body, 'alerts');
  const alerts = listed.filter(isFields);
  if (alerts.length < listed.length) return undefined;
  const [truncated, group] = [leftOut(body), groupOf(body)];
  return {
    reports: alerts.map((alert) => {
      const [labels, annotations] = [fieldsOf(at(alert, 'labels')), fieldsOf(at(alert, 'annotations'))];
      return reportIn(source, { alert, labels, annotations, group }, refine);
    }),
    ...(truncated > 0 ? { truncated } : {}),
    ...(alerts.length === 0 ? { note: 'a group that lists no alerts' } : {}),
  };
};
