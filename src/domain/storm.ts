import type { IncidentSettings } from './incident-settings.ts';
import { type Facts, factOf } from './matcher.ts';

/** Labels that several services share when what they stand on fails. */
export const SHARED_LABELS = ['cluster', 'region', 'node', 'datasource', 'upstream'] as const;

/** So many services of one cluster, node … make a storm. */
const SHARING_SERVICES = 3;
/** A storm is over when there were fewer new alerts than this in so many milliseconds. */
const QUIET_ALERTS = 5;
const QUIET_MS = 10 * 60_000;

/** A new alert (firing for the first time, or again after it was over). */
export interface NewAlert {
  /** Epoch milliseconds, our clock. */
  readonly at: number;
  /** Its facts: service, alertname and labels. */
  readonly facts: Facts;
}

/** What happened lately; what is older than it matters may be in it. */
export interface Lately {
  readonly alerts: readonly NewAlert[];
  /** Incidents that alerts opened: by their keys, since two under one key are one trouble. */
  readonly incidents: readonly { readonly at: number; readonly key: string }[];
}

/** Why there is a storm. */
export interface Storm {
  /** `12 incidents within 2m`, `3 services on cluster eu-1`. */
  readonly because: string;
  /** What its services share, where they do. */
  readonly shared?: { readonly label: string; readonly value: string; readonly services: readonly string[] };
}

const fact = ({ facts }: NewAlert, name: string): string | undefined => factOf(facts, name) || undefined;

const distinct = (values: readonly (string | undefined)[]): readonly string[] =>
  [...new Set(values)].filter((value) => value !== undefined).toSorted();

function sharedOf(alerts: readonly NewAlert[], label: string): Storm['shared'] {
  const groups = Map.groupBy(alerts, (alert) => fact(alert, label));
  const [widest] = [...groups]
    .flatMap(([value, on]) => {
      const services = distinct(on.map((alert) => fact(alert, 'service')));
      return value === undefined || services.length < SHARING_SERVICES ? [] : [{ label, value, services }];
    })
    .toSorted((a, b) => b.services.length - a.services.length || (a.value < b.value ? -1 : 1));
  return widest;
}

const minutes = (ms: number): string =>
  ms % 60_000 === 0 ? `${ms / 60_000}m` : `${Math.round(ms / 1_000)}s`;

function becauseOf(
  counts: { readonly incidents: number; readonly alerts: number },
  { incidents, alerts, withinMs }: IncidentSettings['storm'],
): string | undefined {
  if (counts.incidents >= incidents) return `${counts.incidents} incidents within ${minutes(withinMs)}`;
  if (counts.alerts >= alerts) return `${counts.alerts} new alerts within ${minutes(withinMs)}`;
  return undefined;
}

/** Whether so much came at once that single incidents would tell less than one for all; undefined where it did not. */
export function stormAt(lately: Lately, settings: IncidentSettings['storm'], now: number): Storm | undefined {
  const isRecent = ({ at }: { readonly at: number }): boolean => now - at < settings.withinMs;
  const alerts = lately.alerts.filter(isRecent);
  const keys = new Set(lately.incidents.filter(isRecent).map(({ key }) => key));
  const [shared] = SHARED_LABELS.map((label) => sharedOf(alerts, label)).filter(
    (found) => found !== undefined,
  );
  const on =
    shared === undefined
      ? undefined
      : `${shared.services.length} services on ${shared.label} ${shared.value}`;
  const because = becauseOf({ incidents: keys.size, alerts: alerts.length }, settings) ?? on;
  if (because === undefined) return undefined;
  return { because, ...(shared === undefined ? {} : { shared }) };
}

/** Whether a storm that began at `since` is over. */
export function stormIsOver(since: number, alerts: readonly Pick<NewAlert, 'at'>[], now: number): boolean {
  if (now - since < QUIET_MS) return false;
  return alerts.filter(({ at }) => now - at < QUIET_MS).length < QUIET_ALERTS;
}

/** How many alerts have each value of a fact, most first; those that lack it are left out. */
export function counted(
  alerts: readonly Pick<NewAlert, 'facts'>[],
  name: string,
): readonly { readonly value: string; readonly count: number }[] {
  const groups = Map.groupBy(alerts, ({ facts }) => factOf(facts, name));
  groups.delete('');
  return [...groups]
    .map(([value, of]) => ({ value, count: of.length }))
    .toSorted((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
}
