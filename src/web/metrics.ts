import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Verdict } from '../domain/verdict.ts';
import { incidentMetrics, type MeasuredIncident } from './incident-metrics.ts';
import type { Mount } from './servers.ts';

/** Everything that is measured, as of now. */
export interface Measured {
  readonly version: string;
  readonly isReady: boolean;
  readonly changes: readonly { readonly state: string; readonly count: number }[];
  /** Messages that are to stand somewhere and do not yet; `ageMs` of the oldest. */
  readonly undelivered: readonly {
    readonly platform: string;
    readonly count: number;
    readonly ageMs: number;
  }[];
  readonly pendingLines: number;
  readonly locks: number;
  readonly auditRecords: number;
  readonly verdicts: readonly { readonly key: string; readonly verdict: Verdict }[];
  /** The newest thousand, and all that are open. */
  readonly incidents: readonly MeasuredIncident[];
  /** Audit events since the start. */
  readonly events: readonly { readonly event: string; readonly code: string; readonly times: number }[];
}

const VERDICT_VALUES: Readonly<Record<Verdict, number>> = { pass: 0, warn: 1, fail: 2, unknown: 3 };

/** A gauge's values as of now; the label is absent where there is only one. */
type Reading = readonly { readonly label?: string; readonly value: number }[];

interface GaugeDescription {
  readonly name: string;
  readonly help: string;
  readonly label?: string;
  readonly read: (measured: Measured) => Reading;
}

const GAUGES: readonly GaugeDescription[] = [
  {
    name: 'info',
    help: 'Always 1; the version is its label.',
    label: 'version',
    read: ({ version }) => [{ label: version, value: 1 }],
  },
  {
    name: 'ready',
    help: '1 when it may take work, as /readyz says; 0 while read-only.',
    read: ({ isReady }) => [{ value: isReady ? 1 : 0 }],
  },
  {
    name: 'changes',
    help: 'Changes in the journal by state.',
    label: 'state',
    read: ({ changes }) => changes.map(({ state, count }) => ({ label: state, value: count })),
  },
  {
    name: 'undelivered_messages',
    help: 'Messages wished and not yet posted or edited.',
    label: 'platform',
    read: ({ undelivered }) => undelivered.map(({ platform, count }) => ({ label: platform, value: count })),
  },
  {
    name: 'undelivered_oldest_seconds',
    help: 'Age of the oldest undelivered message; a chat is down when it grows.',
    label: 'platform',
    read: ({ undelivered }) =>
      undelivered.map(({ platform, ageMs }) => ({ label: platform, value: ageMs / 1000 })),
  },
  {
    name: 'pending_lines',
    help: 'Lines taken in and not worked on yet.',
    read: ({ pendingLines }) => [{ value: pendingLines }],
  },
  {
    name: 'locks',
    help: 'Components locked by a change or a person.',
    read: ({ locks }) => [{ value: locks }],
  },
  {
    name: 'audit_records',
    help: 'Records in the audit.',
    read: ({ auditRecords }) => [{ value: auditRecords }],
  },
  {
    name: 'verdict',
    help: 'What a component or check last came to: 0 pass, 1 warn, 2 fail, 3 unknown.',
    label: 'of',
    read: ({ verdicts }) =>
      verdicts.map(({ key, verdict }) => ({ label: key, value: VERDICT_VALUES[verdict] })),
  },
];

function gaugeOf({ name, help, label, read }: GaugeDescription, registry: Registry) {
  const labelNames = label === undefined ? [] : [label];
  const gauge = new Gauge({ name: `botswain_${name}`, help, labelNames, registers: [registry] });
  return (measured: Measured): void => {
    gauge.reset();
    for (const { label: of, value } of read(measured))
      gauge.set(label === undefined || of === undefined ? {} : { [label]: of }, value);
  };
}

function eventCounter(registry: Registry) {
  const counter = new Counter({
    name: 'botswain_audit_events_total',
    help: 'Audit events since the start, by event and code.',
    labelNames: ['event', 'code'],
    registers: [registry],
  });
  return ({ events }: Measured): void => {
    counter.reset();
    for (const { event, code, times } of events) counter.inc({ event, code }, times);
  };
}

/** `GET /metrics` in the text format of Prometheus; measured when it is asked for, so that nothing runs when nobody asks. */
export function mountMetrics(measure: () => Promise<Measured>): Mount {
  return async (server) => {
    const registry = new Registry();
    collectDefaultMetrics({ register: registry });
    const showIncidents = incidentMetrics(registry);
    const show = [...GAUGES.map((gauge) => gaugeOf(gauge, registry)), eventCounter(registry)];
    server.get('/metrics', async (_request, reply) => {
      const measured = await measure();
      for (const each of show) each(measured);
      showIncidents(measured.incidents);
      return reply.type(registry.contentType).send(await registry.metrics());
    });
  };
}
