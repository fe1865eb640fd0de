import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Alert, AlertReport } from '../../../src/domain/alert.ts';
import { type Turned, turnAlert } from '../../../src/domain/alert-turn.ts';
import { MINUTE, reportOf, T0 } from './alert-stage.ts';

const minutes = fc.integer({ min: -100, max: 100 }).map((after) => T0 + after * MINUTE);
const said = fc.record({
  report: fc.record(
    {
      status: fc.constantFrom<AlertReport['status']>('firing', 'resolved', 'acknowledged'),
      startsAt: minutes,
      endsAt: minutes,
      groupHint: fc.constant('a group'),
    },
    { requiredKeys: ['status'] },
  ),
  gap: fc.integer({ min: 0, max: 20 }),
});
type Said = typeof said extends fc.Arbitrary<infer T> ? T : never;

const take = (stored: Alert | undefined, report: Said['report'], at: number): Turned =>
  turnAlert(stored, {
    integration: 'alertmanager',
    source: 'alertmanager',
    report: reportOf(report),
    facts: { severity: 'P1' },
    at,
    delivery: 1,
  });

function expectOrder(alert: Alert, at: number): void {
  expect(alert.firingSince).toBeLessThanOrEqual(at);
  expect(alert.resolvedAt !== undefined).toBe(alert.status === 'resolved');
  expect(alert.isFlapping && alert.status === 'resolved').toBe(false);
  expect(alert.turns).toEqual(alert.turns.toSorted((a, b) => a - b));
}

describe('whatever is told in whatever order', () => {
  it('the same twice is once, and an alert never gets out of order', () => {
    fc.assert(
      fc.property(fc.array(said, { minLength: 1, maxLength: 12 }), (all) => {
        let alert: Alert | undefined;
        let at = T0;
        for (const { report, gap } of all) {
          at += gap * MINUTE;
          const turned = take(alert, report, at);
          expectOrder(turned.alert, at);
          const twice = take(turned.alert, report, at);
          expect(['again', 'late', 'unknown resolve']).toContain(twice.turn);
          expect(twice.alert.status).toBe(turned.alert.status);
          alert = turned.alert;
        }
      }),
    );
  });
});
