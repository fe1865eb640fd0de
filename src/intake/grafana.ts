import type { AlertReading, AlertStatus } from '../domain/alert.ts';
import { type GroupedAlert, generatorOf, readAlertGroup } from './reading/alert-group.ts';
import { at, fieldsOf, firstWords, isFields, listAt, meantBy, wordsAt } from './reading/fields.ts';
import { fingerprintOf, ownFingerprint } from './reading/fingerprint.ts';
import { labelsOf } from './reading/labels.ts';
import { linkOf } from './reading/links.ts';
import { lineWithin } from './reading/plain-text.ts';
import { type AlertDraft, reportOf } from './reading/report.ts';
import { isHmac, isRecent } from './reading/signatures.ts';
import type { SignedRequest, Source } from './source.ts';

/** What Grafana says of its own rules: https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/stale-alert-instances/. */
const BLIND: Readonly<Record<string, string>> = {
  DatasourceError: 'Grafana cannot ask its data source',
  DatasourceNoData: 'Grafana gets no data',
};

/** A rule that could not be evaluated: not the problem that it looks for, but that nobody looks. */
const blindDraft = ({ labels, annotations }: GroupedAlert): Partial<AlertDraft> => {
  const what = meantBy(BLIND, wordsAt(labels, 'alertname'));
  if (what === undefined) return {};
  const rule = firstWords(labels, ['rulename', 'rule_name']);
  return {
    level: 'warning',
    titles: [rule === undefined ? what : `Monitoring degraded: ${rule}: ${what}`],
    description: firstWords(annotations, ['Error', 'error', 'description']),
  };
};

const isTest = ({ labels }: GroupedAlert): boolean =>
  wordsAt(labels, 'alertname') === 'TestAlert' && wordsAt(labels, 'instance') === 'Grafana';

const unifiedDraft = (grouped: GroupedAlert): Partial<AlertDraft> => {
  const { alert, annotations } = grouped;
  return {
    ...(isTest(grouped) ? { kind: 'test' as const } : {}),
    ...blindDraft(grouped),
    annotations: { ...annotations, valueString: at(alert, 'valueString') },
    links: [
      generatorOf(grouped),
      linkOf('runbook', firstWords(annotations, ['runbook_url', 'runbook'])),
      linkOf('dashboard', at(alert, 'dashboardURL')),
      linkOf('panel', at(alert, 'panelURL')),
      linkOf('silence', at(alert, 'silenceURL')),
      linkOf('image', at(alert, 'imageURL')),
    ],
  };
};

/** States of the alerting before version 8; what is missing says nothing about the problem. */
const LEGACY: Readonly<Record<string, AlertStatus>> = {
  alerting: 'firing',
  no_data: 'firing',
  ok: 'resolved',
};

/** `[Alerting] CPU` is `[OK] CPU` later. */
const withoutState = (title: string | undefined): string | undefined =>
  title?.replace(/^\[[^\]]{1,20}\]\s*/, '');

const readLegacy = (json: unknown): AlertReading | undefined => {
  const state = wordsAt(json, 'state')?.toLowerCase();
  const rule = wordsAt(json, 'ruleId') ?? wordsAt(json, 'ruleName');
  if (state === undefined || rule === undefined) return undefined;
  const status = meantBy(LEGACY, state);
  if (status === undefined)
    return { reports: [], note: `a rule that is ${lineWithin(state, 40) ?? 'nothing'}` };
  const series = listAt(json, 'evalMatches').filter(isFields)[0];
  const tags = { ...fieldsOf(at(series, 'tags')), ...fieldsOf(at(json, 'tags')) };
  const report = reportOf({
    fingerprint:
      wordsAt(json, 'ruleId') === undefined
        ? fingerprintOf('grafana', labelsOf({ rule }))
        : ownFingerprint(`rule:${rule}`),
    status,
    levelSaid: firstWords(tags, ['severity', 'level', 'priority']),
    ...(state === 'no_data' ? { level: 'warning' as const } : {}),
    titles: [wordsAt(json, 'ruleName'), withoutState(wordsAt(json, 'title')), `Rule ${rule}`],
    description: wordsAt(json, 'message'),
    labels: tags,
    links: [linkOf('source', at(json, 'ruleUrl')), linkOf('image', at(json, 'imageUrl'))],
  });
  return { reports: [report] };
};

/** Most values of headers that are tried as the signed time, whose header has the name that somebody chose in Grafana. */
const MOST_TIMES = 4;

/** HMAC of the body, or of `time:body` where a header for the time is configured: https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/#hmac-signature. */
const isSigned = ({ request: { headers, body }, secrets, now }: SignedRequest): boolean => {
  const given = [headers['x-grafana-alerting-signature'] ?? ''];
  if (isHmac({ secrets, signed: [body], encoding: 'hex', given })) return true;
  const times = new Set(Object.values(headers).filter((value) => isRecent(value, now)));
  return [...times]
    .slice(0, MOST_TIMES)
    .some((time) => isHmac({ secrets, signed: [`${time}:`, body], encoding: 'hex', given }));
};

/** Grafana's contact point `webhook`, and the notification channel of the alerting before version 8. */
export const grafana: Source = {
  source: 'grafana',
  summary: 'Grafana, contact point `webhook`, also of the legacy alerting',
  isSigned,
  read: ({ json }) => readAlertGroup('grafana', json, unifiedDraft) ?? readLegacy(json),
};
