import { describe, expect, it } from 'vitest';
import { type Alert, alertKey } from '../../../src/domain/alert.ts';
import { alertFacts } from '../../../src/domain/alert-facts.ts';
import { turnAlert } from '../../../src/domain/alert-turn.ts';
import { incidentKey } from '../../../src/domain/incident-key.ts';
import { type NewAlert, stormAt } from '../../../src/domain/storm.ts';
import { readFile } from '../../contract/sources.ts';
import { MINUTE, SECOND, T0 } from './alert-stage.ts';

const known = { services: ['checkout', 'worker'], environments: ['production'] };
const settings = {
  rules: [],
  severityOf: { critical: 'P0', error: 'P1', warning: 'P2', info: 'P3', unknown: 'P2' },
} as const;
const integration = {
  name: 'am',
  source: 'alertmanager',
  services: [],
  levels: {},
  environment: 'production',
};

/** What the bodies of a real Alertmanager come to, one after the other, ten seconds apart. */
function bench() {
  const alerts = new Map<string, Alert>();
  let at = T0 + 10 * SECOND;
  return {
    alerts,
    take: (file: string): readonly string[] => {
      at += 10 * SECOND;
      const reading = readFile(`alertmanager-${file}.json`);
      return reading.reports.map((report) => {
        const key = alertKey({ integration: 'am', report });
        const facts = alertFacts({ report, integration, settings, known });
        const { turn, alert } = turnAlert(alerts.get(key), {
          integration: 'am',
          source: 'alertmanager',
          report,
          facts,
          at,
          delivery: 1,
        });
        alerts.set(key, alert);
        return `${report.labels.instance ?? ''} ${turn}`;
      });
    },
  };
}

describe('the bodies of a real Alertmanager', () => {
  it('come to what happened, however its groups list it', () => {
    const { take, alerts } = bench();
    const firing = (): number => [...alerts.values()].filter(({ status }) => status === 'firing').length;
    expect(take('firing-single')).toEqual(['web-1:9090 new']);
    expect(take('firing-single')).toEqual(['web-1:9090 again']);
    expect(take('repeat')).toEqual(['w-1 new']);
    expect(take('repeat')).toEqual(['w-1 again']);
    expect(take('firing-grouped').toSorted()).toEqual([
      'web-1:9090 again',
      'web-2:9090 new',
      'web-3:9090 new',
    ]);
    expect(firing()).toBe(4);
    // The group is firing, one of it is not.
    expect(take('partial-resolve')).toContain('web-2:9090 resolved');
    expect(firing()).toBe(3);
    // The group is resolved and lists two of three.
    expect(take('resolved').toSorted()).toEqual(['web-1:9090 resolved', 'web-3:9090 resolved']);
    expect(firing()).toBe(1);
    expect(take('refire')).toEqual(['web-1:9090 refired']);
    expect(take('refire')).toEqual(['web-1:9090 again']);
    expect(firing()).toBe(2);
    const keys = new Set(
      [...alerts.values()].map(({ report }) =>
        incidentKey({ integration: 'am', report }, alertFacts({ report, integration, settings, known })),
      ),
    );
    expect([...keys]).toEqual(['service:checkout/production', 'service:worker/production']);
  });

  it('make one storm of sixty in one delivery', () => {
    const reading = readFile('alertmanager-storm-60.json');
    const reports = reading.reports;
    const all = reports.map((report) => ({
      report,
      facts: alertFacts({ report, integration, settings, known }),
    }));
    const keys = new Set(all.map(({ report, facts }) => incidentKey({ integration: 'am', report }, facts)));
    const alerts = all.map(({ facts }): NewAlert => ({ at: T0, facts: facts.facts }));
    const incidents = [...keys].map((key) => ({ at: T0, key }));
    expect(alerts).toHaveLength(60);
    expect(
      stormAt({ alerts, incidents }, { incidents: 10, alerts: 50, withinMs: 2 * MINUTE }, T0),
    ).toMatchObject({
      because: '60 new alerts within 2m',
      shared: { label: 'cluster', value: 'eu-1', services: { length: 7 } },
    });
  });
});
