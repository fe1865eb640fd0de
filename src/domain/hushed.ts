import { formatDuration } from './duration.ts';
import type { AlertRule, Inhibition, Maintenance } from './incident-settings.ts';
import { type FiringAlert, inhibitedBy } from './inhibition.ts';
import { type Facts, matchesAll } from './matcher.ts';
import { showDay } from './moment.ts';
import type { Silence } from './silence.ts';
import { isInside, nextChange } from './window.ts';

/** The silence that holds for an alert at an epoch millisecond; of several the one that holds longest. */
export const silencedBy = (facts: Facts, silences: readonly Silence[], at: number): Silence | undefined =>
  silences
    .filter(({ from, until, endedAt }) => from <= at && at < until && (endedAt === undefined || at < endedAt))
    .filter(({ matchers }) => matchesAll(matchers, facts))
    .toSorted((a, b) => b.until - a.until)[0];

/** The maintenance that an alert falls into at an epoch millisecond. */
export const maintainedBy = (
  facts: Facts,
  maintenance: readonly Maintenance[],
  at: number,
): Maintenance | undefined =>
  maintenance.find(
    ({ match, windows }) => windows.some((window) => isInside(window, at)) && matchesAll(match, facts),
  );

/** When an alert has fired for as long as its rule wants, epoch milliseconds. */
export const ripeAt = (rule: Pick<AlertRule, 'lastsMs'> | undefined, firingSince: number): number =>
  firingSince + (rule?.lastsMs ?? 0);

/** An alert, and all that may keep it quiet. */
export interface HushQuestion {
  /** `alertKey`. */
  readonly key: string;
  readonly facts: Facts;
  readonly rule?: AlertRule;
  /** Epoch milliseconds. */
  readonly firingSince: number;
  readonly silences: readonly Silence[];
  readonly maintenance: readonly Maintenance[];
  readonly inhibitions: readonly Inhibition[];
  readonly firing: readonly FiringAlert[];
  /** IANA name; times are told in it. */
  readonly timezone: string;
}

/** Why nobody is told of an alert. */
export interface Hushed {
  /** `silenced by S-3 until 14:00`. */
  readonly why: string;
  /** When that has to be looked at again, epoch milliseconds; absent where no time will alter it. */
  readonly until?: number;
}

function bySilence({ facts, silences, timezone }: HushQuestion, at: number): Hushed | undefined {
  const silence = silencedBy(facts, silences, at);
  if (silence === undefined) return undefined;
  const { id, until } = silence;
  return { why: `silenced by ${id} until ${showDay(until, timezone, at)}`, until };
}

function byMaintenance({ facts, maintenance, timezone }: HushQuestion, at: number): Hushed | undefined {
  const found = maintainedBy(facts, maintenance, at);
  if (found === undefined) return undefined;
  const until = nextChange(found.windows, at);
  const why = `maintenance "${found.name}"`;
  return until === undefined ? { why } : { why: `${why} until ${showDay(until, timezone, at)}`, until };
}

function byInhibition({ key, facts, firing, inhibitions }: HushQuestion): Hushed | undefined {
  const source = inhibitedBy({ key, facts }, firing, inhibitions);
  return source === undefined ? undefined : { why: `inhibited by ${source.incident ?? source.title}` };
}

function byAge({ rule, firingSince }: HushQuestion, at: number): Hushed | undefined {
  const until = ripeAt(rule, firingSince);
  if (at >= until || rule === undefined) return undefined;
  return {
    why: `young: rule ${rule.number} waits until it lasts ${formatDuration(until - firingSince)}`,
    until,
  };
}

/** Why nobody is told of an alert at an epoch millisecond; undefined where people are. */
export function hushed(question: HushQuestion, at: number): Hushed | undefined {
  const { rule } = question;
  if (rule?.isIgnored) return { why: `ignored by rule ${rule.number}` };
  return (
    bySilence(question, at) ?? byMaintenance(question, at) ?? byInhibition(question) ?? byAge(question, at)
  );
}
