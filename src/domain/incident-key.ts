import { createHash } from 'node:crypto';
import type { AlertReport } from './alert.ts';
import type { AlertFacts } from './alert-facts.ts';
import type { AlertRule } from './incident-settings.ts';
import { type Facts, factOf, matchersText } from './matcher.ts';

/** Longer keys end in a digest instead. */
const LONGEST = 200;

const short = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/** `service:karmabot/production`: nothing in a part can be taken for the end of it. */
function keyOf(kind: string, parts: readonly string[]): string {
  const written = parts.map((part) => encodeURIComponent(part.toWellFormed())).join('/');
  return `${kind}:${written.length > LONGEST ? short(written) : written}`;
}

/** Undefined where the alert has none of what the rule groups by: it would put strangers together. */
function byRule(rule: AlertRule | undefined, facts: Facts): string | undefined {
  const { groupBy = [] } = rule ?? {};
  const values = groupBy.map((name) => factOf(facts, name));
  if (rule === undefined || values.every((value) => value === '')) return undefined;
  // By what it matches, not by its place: keys of open incidents outlive a rule that is put before it.
  const which = short(matchersText(rule.match)).slice(0, 8);
  return keyOf('rule', [which, ...groupBy.map((name, index) => `${name}=${values[index] ?? ''}`)]);
}

/**
 * By what alerts find the incident that they belong to, first hit: the label `incident_key`; what its rule groups by; its
 * service and environment; what its sender puts together; itself.
 */
export function incidentKey(
  { integration, report }: { readonly integration: string; readonly report: AlertReport },
  { service, environment = '', rule, facts }: Pick<AlertFacts, 'service' | 'environment' | 'rule' | 'facts'>,
): string {
  const label = factOf(report.labels, 'incident_key').trim();
  if (label !== '') return keyOf('label', [label]);
  const ruled = byRule(rule, facts);
  if (ruled !== undefined) return ruled;
  if (service !== undefined) return keyOf('service', [service, environment]);
  if (report.groupHint) return keyOf('group', [integration, report.groupHint]);
  return keyOf('alert', [integration, report.fingerprint]);
}
