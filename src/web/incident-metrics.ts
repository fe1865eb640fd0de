import { Gauge, Histogram, type Registry } from 'prom-client';
import { SEVERITIES, type Severity } from '../domain/policy.ts';

/** What is measured of one incident. */
export interface MeasuredIncident {
  readonly id: string;
  readonly severity: Severity;
  /** Empty where it is not known. */
  readonly service: string;
  readonly isOpen: boolean;
  readonly reopened: number;
  /** Milliseconds until it was acknowledged and resolved; null where it was not, or where that tells nothing about people. */
  readonly acknowledgedAfter: number | null;
  readonly resolvedAfter: number | null;
}

/** Seconds: from the shortest time that a chain waits to the longest that a severity allows. */
const BUCKETS = [60, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 259_200];

const openGauge = (registry: Registry) =>
  new Gauge({
    name: 'botswain_incidents_open',
    help: 'Incidents that are not resolved, by severity.',
    labelNames: ['severity'],
    registers: [registry],
  });

const histogram = (registry: Registry) =>
  new Histogram({
    name: 'botswain_incident_seconds',
    help: 'How long incidents took: `of` says until they were acknowledged (from their opening) or resolved (from their beginning). Without false alarms and those that went away unseen.',
    labelNames: ['of', 'severity', 'service'],
    buckets: BUCKETS,
    registers: [registry],
  });

/** Shows incidents; each time is observed once, so that sums and counts only grow while this process lives. */
export function incidentMetrics(registry: Registry): (incidents: readonly MeasuredIncident[]) => void {
  const gauge = openGauge(registry);
  const seconds = histogram(registry);
  const observed = new Set<string>();
  const observe = (of: 'acknowledge' | 'resolve', incident: MeasuredIncident): void => {
    const { id, severity, service, reopened } = incident;
    const ms = of === 'resolve' ? incident.resolvedAfter : incident.acknowledgedAfter;
    const key = of === 'resolve' ? `${id} ${of} ${reopened}` : `${id} ${of}`;
    if (ms === null || observed.has(key)) return;
    observed.add(key);
    seconds.observe({ of, severity, service }, ms / 1_000);
  };
  return (incidents) => {
    for (const severity of SEVERITIES)
      gauge.set({ severity }, incidents.filter((each) => each.isOpen && each.severity === severity).length);
    for (const incident of incidents) {
      observe('acknowledge', incident);
      observe('resolve', incident);
    }
  };
}
