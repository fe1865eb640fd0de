import { formatDuration } from './duration.ts';
import type { Incident } from './incident.ts';
import { SEVERITIES, type Severity } from './policy.ts';

/** What is counted of an incident. */
export type CountedIncident = Pick<
  Incident,
  | 'severity'
  | 'service'
  | 'state'
  | 'openedAt'
  | 'impactSince'
  | 'acknowledgedAt'
  | 'resolvedAt'
  | 'resolvedBy'
  | 'mergedInto'
> & {
  /** Somebody said that nothing was wrong. */
  readonly isFalseAlarm?: boolean;
};

/** How long something took, milliseconds; null where nothing was measured. */
export interface Spread {
  readonly count: number;
  readonly mean: number | null;
  readonly median: number | null;
  /** Nine of ten took no longer. */
  readonly p90: number | null;
}

/** How a group of incidents went. */
export interface IncidentFigures {
  /** Those that count: no false alarm, none that went away unseen, none that went into another. */
  readonly count: number;
  readonly open: number;
  readonly falseAlarms: number;
  /** Over by themselves before anybody acknowledged them. */
  readonly unseen: number;
  /** From the opening until somebody acknowledged it: MTTA. */
  readonly acknowledge: Spread;
  /** From its beginning until it was resolved: MTTR. */
  readonly resolve: Spread;
}

/** From the opening until somebody acknowledged it, milliseconds; null where nobody did or the times contradict each other. */
export function acknowledgedAfter({ openedAt, acknowledgedAt }: CountedIncident): number | null {
  return acknowledgedAt === undefined || acknowledgedAt < openedAt ? null : acknowledgedAt - openedAt;
}

/** From its beginning until it was resolved, milliseconds; null where it is not or the times contradict each other. */
export function resolvedAfter({ impactSince, resolvedAt }: CountedIncident): number | null {
  return resolvedAt === undefined || resolvedAt < impactSince ? null : resolvedAt - impactSince;
}

/** Whether it was over by itself before anybody acknowledged it. */
export const wentUnseen = ({ state, acknowledgedAt, resolvedBy }: CountedIncident): boolean =>
  state === 'resolved' && acknowledgedAt === undefined && resolvedBy === 'botswain';

/** Whether an incident says how well people answer. */
export const isCounted = (incident: CountedIncident): boolean =>
  incident.isFalseAlarm !== true && incident.mergedInto === undefined && !wentUnseen(incident);

/** The smallest value that so many of all do not exceed (nearest rank); null of none. */
const rank = (sorted: readonly number[], share: number): number | null =>
  sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;

function median(sorted: readonly number[]): number | null {
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]];
  return low === undefined || high === undefined ? null : (low + high) / 2;
}

function spreadOf(values: readonly (number | null)[]): Spread {
  const sorted = values.filter((value) => value !== null).toSorted((a, b) => a - b);
  const sum = sorted.reduce((total, value) => total + value, 0);
  return {
    count: sorted.length,
    mean: sorted.length === 0 ? null : sum / sorted.length,
    median: median(sorted),
    p90: rank(sorted, 0.9),
  };
}

/** How incidents went. */
export function incidentFigures(all: readonly CountedIncident[]): IncidentFigures {
  const own = all.filter(({ mergedInto }) => mergedInto === undefined);
  const falseAlarms = own.filter(({ isFalseAlarm }) => isFalseAlarm === true);
  const counted = own.filter(isCounted);
  return {
    count: counted.length,
    open: own.filter(({ state }) => state !== 'resolved').length,
    falseAlarms: falseAlarms.length,
    unseen: own.filter((incident) => incident.isFalseAlarm !== true && wentUnseen(incident)).length,
    acknowledge: spreadOf(counted.map(acknowledgedAfter)),
    resolve: spreadOf(counted.map(resolvedAfter)),
  };
}

/** The figures of each severity that there was, gravest first. */
export function figuresBySeverity(
  all: readonly CountedIncident[],
): readonly { readonly severity: Severity; readonly figures: IncidentFigures }[] {
  return SEVERITIES.flatMap((severity) => {
    const those = all.filter((incident) => incident.severity === severity);
    return those.length === 0 ? [] : [{ severity, figures: incidentFigures(those) }];
  });
}

/** The figures of each service that there was, by name; those of no known service come last, under an empty one. */
export function figuresByService(
  all: readonly CountedIncident[],
): readonly { readonly service: string; readonly figures: IncidentFigures }[] {
  return [...Map.groupBy(all, ({ service = '' }) => service)]
    .map(([service, those]) => ({ service, figures: incidentFigures(those) }))
    .toSorted(
      (a, b) => Number(a.service === '') - Number(b.service === '') || (a.service < b.service ? -1 : 1),
    );
}

/** `4m58s (median 3m, 9 of 10 within 12m)`, or a dash where nothing was measured. */
export function spreadText({ count, mean, median: middle, p90 }: Spread): string {
  if (mean === null || middle === null || p90 === null) return '—';
  if (count === 1) return formatDuration(mean);
  return `${formatDuration(mean)} (median ${formatDuration(middle)}, 9 of 10 within ${formatDuration(p90)})`;
}
