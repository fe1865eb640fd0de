import { createHash } from 'node:crypto';

type Labels = Readonly<Record<string, string>>;

const fingerprintOf = (labels: Labels): string =>
  createHash('sha256')
    .update(JSON.stringify(Object.entries(labels).sort()))
    .digest('hex')
    .slice(0, 16);

const NEVER = '0001-01-01T00:00:00Z';

function body(status: 'firing' | 'resolved', alerts: readonly Labels[], startsAt: number): object {
  const [first = {}] = alerts;
  const service = first.service ?? '';
  return {
    receiver: 'botswain',
    status,
    version: '4',
    groupKey: `{}:{service="${service}"}`,
    truncatedAlerts: 0,
    externalURL: 'http://alertmanager.test:9093',
    groupLabels: { service },
    commonLabels: {},
    commonAnnotations: {},
    alerts: alerts.map((labels) => ({
      status,
      labels,
      annotations: { summary: `${labels.alertname} on ${labels.service}` },
      startsAt: new Date(startsAt).toISOString(),
      endsAt: status === 'firing' ? NEVER : new Date(startsAt + 60_000).toISOString(),
      generatorURL: 'http://prometheus.test/graph',
      fingerprint: fingerprintOf(labels),
    })),
  };
}

/** When the alerts of a story began, unless it says otherwise. */
const BEGAN = Date.now();

/** What Alertmanager sends when these fire. */
export const firing = (alerts: readonly Labels[], startsAt = BEGAN): object =>
  body('firing', alerts, startsAt);

/** What it sends when they are over. */
export const resolved = (alerts: readonly Labels[], startsAt = BEGAN): object =>
  body('resolved', alerts, startsAt);
