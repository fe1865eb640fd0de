import { describe, expect, it } from 'vitest';
import { overall, statusOf, turnsOf, usualEffect } from '../../../src/domain/status-rollup.ts';
import type { ComponentStatus, UpdateState } from '../../../src/domain/status-update.ts';

describe('the page as a whole', () => {
  const parts = (...statuses: readonly ComponentStatus[]) => statuses.map((status) => ({ status }));
  const TABLE: readonly (readonly [readonly ComponentStatus[], string])[] = [
    [[], 'All Systems Operational'],
    [['operational', 'operational'], 'All Systems Operational'],
    [['operational', 'degraded_performance'], 'Partially Degraded Service'],
    [['operational', 'partial_outage'], 'Partial System Outage'],
    [['operational', 'operational', 'major_outage'], 'Partial System Outage'],
    [['operational', 'major_outage'], 'Major Service Outage'],
    [['operational', 'under_maintenance'], 'Service Under Maintenance'],
    [['degraded_performance', 'under_maintenance'], 'Partially Degraded Service'],
  ];
  it.each(TABLE)('%j is %s', (statuses, words) =>
    expect(overall(parts(...statuses), []).description).toBe(words),
  );

  it('is no better than an open incident that names no component', () => {
    const open = { impact: 'major', components: {}, status: 'investigating' } as const;
    expect(overall(parts('operational'), [open]).indicator).toBe('major');
    expect(overall(parts('operational'), [{ ...open, status: 'resolved' }]).indicator).toBe('none');
  });

  it('shows of each component the worst that any open incident does to it; planned work does nothing yet', () => {
    const one = { status: 'identified', components: { website: 'degraded_performance' } } as const;
    const two = { status: 'investigating', components: { website: 'major_outage' } } as const;
    const work = { status: 'scheduled', components: { website: 'under_maintenance' } } as const;
    expect(statusOf('website', [one, two, work])).toBe('major_outage');
    expect(statusOf('website', [work])).toBe('operational');
    expect(turnsOf(['website', 'api'], [one, two], [one, { ...two, status: 'resolved' }])).toEqual([
      { component: 'website', from: 'major_outage', to: 'degraded_performance' },
    ]);
  });

  it('moves the components of a service by severity, keeps what was said, and ends well', () => {
    const usual = (status: UpdateState, more: object) =>
      usualEffect(status, { severity: 'P1', before: {}, own: ['website'], ...more });
    expect(usual('investigating', {})).toEqual({ website: 'partial_outage' });
    expect(usual('investigating', { severity: 'P3' })).toEqual({});
    expect(usual('monitoring', { before: { website: 'degraded_performance' } })).toEqual({
      website: 'degraded_performance',
    });
    expect(usual('resolved', { before: { website: 'degraded_performance' } })).toEqual({
      website: 'operational',
    });
    expect(usual('scheduled', {})).toEqual({ website: 'under_maintenance' });
  });
});
