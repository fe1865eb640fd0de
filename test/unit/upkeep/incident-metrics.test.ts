import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../src/domain/incident.ts';
import { measuredIncidents } from '../../../src/upkeep/measured-incidents.ts';
import { incidentMetrics } from '../../../src/web/incident-metrics.ts';
import { MINUTE } from '../domain/alert-stage.ts';
import { incidentOf, NIGHT } from '../domain/post-mortem-stage.ts';

/** Numbered, opened at NIGHT. */
const incident = (number: number, given: Partial<Incident> = {}): Incident =>
  incidentOf({ number, id: `INC-${number}`, openedAt: NIGHT, ...given });

const { resolvedAt: _r, resolvedBy: _b, acknowledgedAt: _a, acknowledgedBy: _y, ...fresh } = incident(3);
const open: Incident = { ...fresh, state: 'open' };

function bench() {
  const registry = new Registry();
  const show = incidentMetrics(registry);
  return async (all: readonly Incident[]): Promise<string> => {
    show(await measuredIncidents({ list: async () => all }));
    return registry.metrics();
  };
}

describe('incidents as Prometheus sees them', () => {
  it('are counted while they are open, by severity, also where there are none', async () => {
    const metrics = bench();
    const text = await metrics([incident(1), open, { ...open, id: 'INC-4', severity: 'P2' }]);
    expect(text).toContain('botswain_incidents_open{severity="P0"} 1');
    expect(text).toContain('botswain_incidents_open{severity="P1"} 0');
    expect(text).toContain('botswain_incidents_open{severity="P2"} 1');
    expect(await metrics([])).toContain('botswain_incidents_open{severity="P0"} 0');
  });

  it('are timed once each, however often it is looked', async () => {
    const metrics = bench();
    const of = (what: string): string => `{of="${what}",severity="P0",service="karmabot"}`;
    await metrics([incident(1), open]);
    const text = await metrics([incident(1), incident(2, { acknowledgedAt: NIGHT + MINUTE }), open]);
    expect(text).toContain(`botswain_incident_seconds_count${of('acknowledge')} 2`);
    expect(text).toContain(`botswain_incident_seconds_sum${of('acknowledge')} 360`);
    expect(text).toContain(`botswain_incident_seconds_count${of('resolve')} 2`);
    expect(text).toContain('botswain_incident_seconds_bucket{le="60",of="acknowledge"');
    const reopened = incident(1, { reopened: 1, resolvedAt: NIGHT + 100 * MINUTE });
    expect(await metrics([reopened])).toContain(`botswain_incident_seconds_count${of('resolve')} 3`);
  });

  it('are not timed where they went away unseen or into another', async () => {
    const unseen: Incident = {
      ...open,
      state: 'resolved',
      resolvedAt: NIGHT + MINUTE,
      resolvedBy: 'botswain',
    };
    const text = await bench()([unseen, incident(5, { mergedInto: 'INC-1' })]);
    expect(text).not.toContain('botswain_incident_seconds_count');
  });
});
