import { bodyFiles, bodyOf, readerOf } from './sources.ts';

/** A body written after the sender's documentation, where no captured one is at hand. */
type Written = Readonly<Record<string, unknown>>;

const GRAFANA_FIRING: Written = {
  receiver: 'bot',
  status: 'firing',
  alerts: [
    {
      status: 'firing',
      labels: { alertname: 'HighLatency', grafana_folder: 'Checkout', service: 'checkout', severity: 'high' },
      annotations: { summary: 'p99 is above 2 s', runbook_url: 'https://runbooks.example.org/latency' },
      startsAt: '2026-11-20T07:29:00Z',
      endsAt: '0001-01-01T00:00:00Z',
      generatorURL: 'https://grafana.example.org/alerting/grafana/abc/view?orgId=1',
      fingerprint: '57c6d9296de2ad39',
      silenceURL: 'https://grafana.example.org/alerting/silence/new?alertmanager=grafana',
      dashboardURL: 'https://grafana.example.org/d/abc?orgId=1',
      panelURL: '',
      imageURL: 'https://images.example.org/1.png',
      values: { A: 2.4 },
      valueString: "[ var='A' value=2.4 ]",
    },
  ],
  groupLabels: { alertname: 'HighLatency' },
  commonLabels: {},
  commonAnnotations: {},
  externalURL: 'https://grafana.example.org/',
  version: '1',
  groupKey: '{}:{alertname="HighLatency"}',
  truncatedAlerts: 0,
  orgId: 1,
  title: '[FIRING:1] HighLatency',
  state: 'alerting',
  message: '**Firing**',
};

const EVENT: Written = {
  routing_key: 'R0UT1NG',
  event_action: 'trigger',
  dedup_key: 'Uptime Kuma/7',
  client: 'Uptime Kuma',
  client_url: 'https://kuma.example.org/dashboard/7',
  links: [{ href: 'https://runbooks.example.org/checkout', text: 'Runbook' }],
  images: [{ src: 'https://images.example.org/7.png', href: 'https://kuma.example.org', alt: 'a graph' }],
  payload: {
    summary: 'checkout-api answers 503',
    source: 'checkout-api',
    severity: 'error',
    timestamp: '2026-11-20T08:00:00.000+0000',
    component: 'checkout',
    group: 'shop',
    class: 'http',
    custom_details: { environment: 'production', status: 503, message: 'since two minutes' },
  },
};

const CHECK_RUN: Written = {
  action: 'completed',
  check_run: {
    id: 4,
    name: 'unit tests',
    head_sha: 'ec26c3e57ca3a959ca5aad62de7213c562f8c821',
    html_url: 'https://github.com/octo-org/shop/runs/4',
    details_url: 'https://ci.example.org/4',
    status: 'completed',
    conclusion: 'timed_out',
    started_at: '2026-11-20T08:00:00Z',
    completed_at: '2026-11-20T08:30:00Z',
    output: { title: '3 of 400 tests failed', summary: null },
    check_suite: { head_branch: 'main' },
    app: { slug: 'ci' },
  },
  repository: { name: 'shop', full_name: 'octo-org/shop', default_branch: 'main' },
};

const SERVER_FAILED: Written = {
  type: 'server_failed',
  timestamp: '2026-11-20T08:00:00.000000Z',
  data: { id: 'evj-1', serviceId: 'srv-1', serviceName: 'backend-api' },
};

const COMPONENT: Written = {
  page: { id: 'jb7j80lkgqvb', status_indicator: 'major', status_description: 'Partial System Outage' },
  component_update: {
    created_at: '2026-11-20T08:00:00Z',
    new_status: 'partial_outage',
    old_status: 'operational',
    id: 'k7730b5v92bv',
    component_id: 'rb5wq1dczvbm',
  },
  component: { id: 'rb5wq1dczvbm', name: 'API', status: 'partial_outage' },
};

const OWN_PROGRAM: Written = {
  app: { name: 'billing' },
  check: { id: 'queue', text: 'The queue is 5000 long', state: 'bad' },
  sev: 'high',
  href: 'https://ops.example.org/queue',
};

const PAGERDUTY: Written = {
  event: {
    id: '5ac64822-4adc-4fda-ade0-410becf0de4f',
    event_type: 'incident.priority_updated',
    resource_type: 'incident',
    occurred_at: '2026-11-20T18:45:22.169Z',
    agent: null,
    client: null,
    data: {
      id: 'PGR0VU2',
      type: 'incident',
      html_url: 'https://acme.pagerduty.com/incidents/PGR0VU2',
      number: 2,
      status: 'triggered',
      incident_key: 'd3640fbd41094207a1c11e58e46b1662',
      title: 'A little bump in the road',
      service: { id: 'PF9KMXH', summary: 'API Service', type: 'service_reference' },
      priority: { id: 'PSO75BM', summary: 'P1', type: 'priority_reference' },
      urgency: 'high',
    },
  },
};

const BETTER_STACK: Written = {
  data: {
    id: '25',
    type: 'incident',
    attributes: {
      name: 'shop.example.org',
      url: 'https://shop.example.org',
      cause: 'Status 503',
      started_at: '2026-11-20T08:00:00.000Z',
      acknowledged_at: null,
      resolved_at: null,
    },
  },
};

/** The written bodies by the source that reads them. */
export const WRITTEN = {
  GRAFANA_FIRING,
  EVENT,
  CHECK_RUN,
  SERVER_FAILED,
  COMPONENT,
  OWN_PROGRAM,
  PAGERDUTY,
  BETTER_STACK,
} as const;

const WRITTEN_FOR: Readonly<Record<string, readonly Written[]>> = {
  'better-stack': [BETTER_STACK],
  'events-v2': [EVENT],
  generic: [OWN_PROGRAM],
  github: [CHECK_RUN],
  grafana: [GRAFANA_FIRING],
  pagerduty: [PAGERDUTY],
  render: [SERVER_FAILED],
  statuspage: [COMPONENT],
};

/** Every genuine body of a source, as JSON: captured ones and written ones. */
export const samplesOf = (source: string): readonly unknown[] => [
  ...bodyFiles
    .filter((file) => readerOf(file) === source && !file.includes('storm'))
    .map((file): unknown => JSON.parse(bodyOf(file).toString())),
  ...(WRITTEN_FOR[source] ?? []),
];
