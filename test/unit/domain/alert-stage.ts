import type { AlertReport } from '../../../src/domain/alert.ts';
import type { AlertRule } from '../../../src/domain/incident-settings.ts';
import { parseMatchers } from '../../../src/domain/matcher.ts';
import type { Matcher } from '../../../src/domain/silence.ts';

/** 20 November 2026, 07:29 UTC. */
export const T0 = Date.UTC(2026, 10, 20, 7, 29);
/** Milliseconds. */
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;

/** A report with what a test cares about. */
export const reportOf = (given: Partial<AlertReport> = {}): AlertReport => ({
  fingerprint: 'a221817265c1a57c',
  kind: 'alert',
  status: 'firing',
  level: 'critical',
  title: 'HighErrorRate on web-1',
  labels: {},
  annotations: {},
  links: [],
  expectsResolve: true,
  ...given,
});

/** Matchers as they are written. */
export function matchersOf(text: string): readonly Matcher[] {
  const outcome = parseMatchers(text);
  if (outcome.kind !== 'succeeded') throw new Error(outcome.message);
  return outcome.value;
}

/** A rule with what a test cares about. */
export const ruleOf = (match: string, given: Partial<AlertRule> = {}): AlertRule => ({
  number: 1,
  match: matchersOf(match),
  isIgnored: false,
  propose: [],
  ...given,
});
