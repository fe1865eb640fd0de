import { describe, expect, it } from 'vitest';
import type { Alert, AlertStatus } from '../../../src/domain/alert.ts';
import { turnAlert } from '../../../src/domain/alert-turn.ts';
import { bodyOf, readAs, readFile } from '../../contract/sources.ts';

type Step = readonly [content: unknown, headers?: Readonly<Record<string, string>>];

const pagerduty = (type: string, more: object = {}): Step => {
  const { event } = JSON.parse(bodyOf('pagerduty-incident-triggered.DERIVED.json').toString());
  return [
    {
      event: {
        ...event,
        id: type,
        event_type: type,
        occurred_at: '2026-11-20T05:00:00Z',
        data: { ...event.data, ...more },
      },
    },
  ];
};

const sentryIssue = (action: string, sentAt: string): Step => {
  const body = JSON.parse(bodyOf('sentry-issue-created.json').toString());
  return [
    { ...body, action },
    { 'sentry-hook-resource': 'issue', 'sentry-hook-timestamp': sentAt, 'request-id': action },
  ];
};

const metric = (action: string): Step => {
  const body = JSON.parse(bodyOf('sentry-metric_alert-resolved.DERIVED.json').toString());
  // Each time that a rule fires it is another incident of Sentry's.
  return [
    { ...body, action, data: { ...body.data, metric_alert: { ...body.data.metric_alert, id: action } } },
  ];
};

const datadog = (transition: string, date: string): Step => [
  { id: '1', aggreg_key: '9bd4ac31', transition, priority: 'P2', title: `[P2] [${transition}] CPU`, date },
];

const opsgenie = (action: string): Step => {
  const body = JSON.parse(bodyOf('opsgenie-close.json').toString());
  return [{ ...body, action }];
};

const alarm = (NewStateValue: string): Step => [
  { AlarmName: 'cpu P1', AlarmArn: 'arn:aws:cloudwatch:eu-west-1:1:alarm:cpu', NewStateValue },
];

const zabbix = (value: string, acknowledged: string, name: string): Step => [
  { trigger_id: '14032', event_id: '10528', value, acknowledged, nseverity: '4', name, host: 'web' },
];

const betterStack = (event: string, attributes: object): Step => [
  { event, data: { id: '8', type: 'incident', attributes: { name: 'Karmabot', ...attributes } } },
];

const robot = (alertType: string): Step => [{ monitorID: '777', monitorFriendlyName: 'Web', alertType }];

/** Source, its requests, and the states that they come to, of one problem. */
const SEQUENCES: readonly (readonly [source: string, steps: readonly Step[], states: string])[] = [
  [
    'pagerduty',
    [
      pagerduty('incident.triggered'),
      pagerduty('incident.escalated'),
      pagerduty('incident.acknowledged', { status: 'acknowledged' }),
      pagerduty('incident.priority_updated', { status: 'acknowledged' }),
      pagerduty('incident.unacknowledged'),
      pagerduty('incident.resolved', { status: 'resolved' }),
      pagerduty('incident.reopened'),
    ],
    'firing firing acknowledged acknowledged firing resolved firing',
  ],
  [
    'sentry',
    [
      sentryIssue('created', '1700000000'),
      sentryIssue('resolved', '1700000100'),
      sentryIssue('unresolved', '1700000200'),
      sentryIssue('archived', '1700000300'),
    ],
    'firing resolved firing resolved',
  ],
  ['sentry', [metric('warning'), metric('critical'), metric('resolved')], 'firing firing resolved'],
  [
    'datadog',
    [
      datadog('Triggered', '1700000000000'),
      datadog('Re-Triggered', '1700000001000'),
      datadog('Warn', '1700000002000'),
      datadog('No Data', '1700000003000'),
      datadog('Recovered', '1700000004000'),
    ],
    'firing firing firing firing resolved',
  ],
  [
    'opsgenie',
    [opsgenie('Create'), opsgenie('Acknowledge'), opsgenie('UnAcknowledge'), opsgenie('Close')],
    'firing acknowledged firing resolved',
  ],
  ['cloudwatch', [alarm('ALARM'), alarm('INSUFFICIENT_DATA'), alarm('OK')], 'firing firing resolved'],
  [
    'zabbix',
    [zabbix('1', 'No', 'down'), zabbix('1', 'Yes', 'down'), zabbix('0', 'Yes', 'up')],
    'firing acknowledged resolved',
  ],
  [
    'better-stack',
    [
      betterStack('started', {}),
      betterStack('acknowledged', { acknowledged_at: '2026-11-20T03:12:00Z' }),
      betterStack('resolved', { resolved_at: '2026-11-20T03:13:00Z' }),
      betterStack('reopened', { acknowledged_at: '2026-11-20T03:12:00Z' }),
    ],
    'firing acknowledged resolved firing',
  ],
  ['uptimerobot', [robot('1'), robot('2')], 'firing resolved'],
];

describe('a problem from its beginning to its end', () => {
  it.each(SEQUENCES)('%s: one fingerprint', (source, steps, states) => {
    const reports = steps.flatMap((step) => readAs(source, ...step).reports);
    expect(reports.map(({ status }): AlertStatus => status).join(' ')).toBe(states);
    expect(new Set(reports.map(({ fingerprint }) => fingerprint)).size).toBe(1);
  });

  it.each([
    ['pagerduty', 'new again acknowledged again again resolved refired'],
    ['sentry', 'new resolved refired resolved'],
    ['better-stack', 'new acknowledged resolved refired'],
  ])('%s: what is opened again is no late word of what is over', (source, turns) => {
    const steps = SEQUENCES.find(([name]) => name === source)?.[1] ?? [];
    let alert: Alert | undefined;
    const taken = steps.map((step, index) => {
      const [report] = readAs(source, ...step).reports;
      if (report === undefined) throw new Error('no report');
      // Ten seconds apart, which is when a repeated beginning counts as late.
      const at = Date.parse('2026-11-20T06:00:00Z') + index * 10_000;
      const facts = { severity: 'P1' as const };
      const turned = turnAlert(alert, { integration: source, source, report, facts, at, delivery: index });
      alert = turned.alert;
      return turned.turn;
    });
    expect(taken.join(' ')).toBe(turns);
  });

  it('an issue alert of Sentry is over when its issue is', () => {
    const [alert] = readFile('sentry-event_alert-triggered.DERIVED.json').reports;
    const issue = { id: '1117540176', level: 'fatal', title: 'MongoServerError: not primary' };
    const over = readAs('sentry', { action: 'resolved', data: { issue } }).reports[0];
    expect(over).toMatchObject({ fingerprint: alert?.fingerprint, status: 'resolved' });
  });

  it('the same id with another transition is another event', () => {
    const ids = ['Triggered', 'Recovered'].map(
      (transition) => readAs('datadog', ...datadog(transition, '1700000000000')).eventId,
    );
    expect(new Set(ids).size).toBe(2);
    expect(readAs('datadog', ...datadog('Triggered', '1700000000000')).eventId).toBe(ids[0]);
  });
});
