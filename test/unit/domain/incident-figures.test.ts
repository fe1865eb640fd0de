import { describe, expect, it } from 'vitest';
import type { Incident } from '../../../src/domain/incident.ts';
import {
  type CountedIncident,
  figuresByService,
  figuresBySeverity,
  incidentFigures,
  spreadText,
} from '../../../src/domain/incident-figures.ts';
import { HOUR, MINUTE } from './alert-stage.ts';
import { incidentOf, NIGHT } from './post-mortem-stage.ts';

/** Opened when it began, acknowledged and resolved so many minutes later. */
const took = (acknowledged: number, resolved: number, given: Partial<Incident> = {}): CountedIncident =>
  incidentOf({
    openedAt: NIGHT,
    acknowledgedAt: NIGHT + acknowledged * MINUTE,
    resolvedAt: NIGHT + resolved * MINUTE,
    ...given,
  });

const without = (incident: CountedIncident, ...keys: readonly (keyof CountedIncident)[]): CountedIncident => {
  const left = { ...incident };
  for (const key of keys) delete left[key];
  return left;
};

const NONE = { count: 0, mean: null, median: null, p90: null };

describe('how incidents went', () => {
  it('is told by mean, median and the ninetieth percentile', () => {
    const all = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100].map((minutes) => took(minutes, minutes * 2));
    expect(incidentFigures(all)).toEqual({
      count: 10,
      open: 0,
      falseAlarms: 0,
      unseen: 0,
      acknowledge: { count: 10, mean: 14.5 * MINUTE, median: 5.5 * MINUTE, p90: 9 * MINUTE },
      resolve: { count: 10, mean: 29 * MINUTE, median: 11 * MINUTE, p90: 18 * MINUTE },
    });
  });

  it.each<[string, readonly CountedIncident[], object]>([
    ['none at all', [], { count: 0, open: 0, acknowledge: NONE, resolve: NONE }],
    [
      'one: it is all of them',
      [took(5, 50)],
      { acknowledge: { count: 1, mean: 5 * MINUTE, median: 5 * MINUTE, p90: 5 * MINUTE } },
    ],
    [
      'one that is open and not acknowledged is no zero',
      [without({ ...took(0, 0), state: 'open' }, 'acknowledgedAt', 'resolvedAt', 'resolvedBy')],
      { count: 1, open: 1, acknowledge: NONE, resolve: NONE },
    ],
    [
      'times that contradict each other are none',
      [took(-5, -50)],
      { count: 1, acknowledge: NONE, resolve: NONE },
    ],
    [
      'one that went away unseen is counted apart',
      [took(5, 50), without({ ...took(0, 1), resolvedBy: 'botswain' }, 'acknowledgedAt')],
      { count: 1, unseen: 1, resolve: expect.objectContaining({ count: 1, mean: 50 * MINUTE }) },
    ],
    [
      'one that somebody took on and that went away by itself counts',
      [{ ...took(5, 50), resolvedBy: 'botswain' }],
      { count: 1, unseen: 0 },
    ],
    [
      'false alarms are counted apart, also those that nobody saw',
      [
        { ...took(5, 50), isFalseAlarm: true },
        { ...without({ ...took(0, 1), resolvedBy: 'botswain' }, 'acknowledgedAt'), isFalseAlarm: true },
      ],
      { count: 0, falseAlarms: 2, unseen: 0, acknowledge: NONE },
    ],
    [
      'one that went into another is not counted',
      [took(5, 50, { mergedInto: 'INC-8' })],
      { count: 0, open: 0 },
    ],
    [
      'the time to resolve begins with the trouble, not with its opening',
      [took(65, 120, { openedAt: NIGHT + HOUR })],
      {
        acknowledge: expect.objectContaining({ mean: 5 * MINUTE }),
        resolve: expect.objectContaining({ mean: 2 * HOUR }),
      },
    ],
  ])('%s', (_, all, expected) => expect(incidentFigures(all)).toMatchObject(expected));

  it('is told by severity, gravest first, and by service', () => {
    const all = [
      took(1, 2, { severity: 'P2', service: 'zeta' }),
      took(3, 4, { severity: 'P0', service: 'alpha' }),
      without(took(5, 6, { severity: 'P0' }), 'service'),
    ];
    expect(figuresBySeverity(all).map(({ severity, figures }) => [severity, figures.count])).toEqual([
      ['P0', 2],
      ['P2', 1],
    ]);
    expect(figuresByService(all).map(({ service, figures }) => [service, figures.count])).toEqual([
      ['alpha', 1],
      ['zeta', 1],
      ['', 1],
    ]);
  });

  it.each([
    [{ count: 0, mean: null, median: null, p90: null }, '—'],
    [{ count: 1, mean: MINUTE, median: MINUTE, p90: MINUTE }, '1m'],
    [{ count: 3, mean: 5 * MINUTE, median: 4 * MINUTE, p90: HOUR }, '5m (median 4m, 9 of 10 within 1h)'],
  ])('%o in words', (spread, text) => expect(spreadText(spread)).toBe(text));
});
