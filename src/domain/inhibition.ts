import type { Inhibition } from './incident-settings.ts';
import { type Facts, factOf, matchesAll } from './matcher.ts';

/** An alert that fires. */
export interface FiringAlert {
  /** `alertKey`. */
  readonly key: string;
  readonly facts: Facts;
  readonly title: string;
  /** `INC-7` */
  readonly incident?: string;
}

const areEqual = (names: readonly string[], a: Facts, b: Facts): boolean =>
  names.every((name) => factOf(a, name) === factOf(b, name));

/**
 * The firing alert that keeps another one quiet, as Alertmanager decides it: one that is both source and target is not kept
 * quiet by others that are both (alertmanager/inhibit/inhibit.go).
 */
export function inhibitedBy(
  alert: Pick<FiringAlert, 'key' | 'facts'>,
  firing: readonly FiringAlert[],
  inhibitions: readonly Inhibition[],
): FiringAlert | undefined {
  for (const { source, target, equal } of inhibitions) {
    if (!matchesAll(target, alert.facts)) continue;
    const isBoth = matchesAll(source, alert.facts);
    const found = firing.find(
      ({ key, facts }) =>
        key !== alert.key &&
        areEqual(equal, facts, alert.facts) &&
        matchesAll(source, facts) &&
        !(isBoth && matchesAll(target, facts)),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}
