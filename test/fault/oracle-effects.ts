import type { ChangeRow, StepRow } from './oracle.ts';

/** One effect as counted at the target: a start of a program, a container or a unit. */
export interface Effect {
  /** `shop/app@production` */
  readonly component: string;
  /** Epoch milliseconds by the target's clock; where it is known for all effects of a component each is told to its step. */
  readonly at?: number;
}

/** Milliseconds by which a target's record may lie before the journal's: both come from one clock here, rounded. */
const ROUNDING_MS = 5;

/** What the target shows of what was journaled. */
export interface Attributed {
  readonly doubles: readonly string[];
  /** A step that is said to have happened and did not, or the other way round. */
  readonly untrue: readonly string[];
}

const nameOf = ({ change_id, step, component }: StepRow): string =>
  `${change_id} step ${step} (${component})`;

const isNotStarted = ({ state, ending }: StepRow): boolean =>
  state === 'failed' && (ending ?? '').includes('TARGET_NOT_STARTED');

/** Effects at the target against steps in the journal: at most one each, and none for a step that is said not to have begun. */
export function attribute(steps: readonly StepRow[], effects: readonly Effect[]): Attributed {
  const components = new Set([
    ...steps.map(({ component }) => component),
    ...effects.map((it) => it.component),
  ]);
  const found = [...components].map((component) => {
    const mine = steps.filter((step) => step.component === component);
    const times = effects.filter((effect) => effect.component === component).map(({ at }) => at);
    const known = times.filter((at) => at !== undefined);
    return known.length === times.length
      ? byTime(component, mine, known)
      : byCount(component, mine, times.length);
  });
  return { doubles: found.flatMap((it) => it.doubles), untrue: found.flatMap((it) => it.untrue) };
}

/** A start of what runs and a stop of what does not alter nothing; a restart that is said to have succeeded did happen. */
const mustHave = ({ state, verb }: StepRow): boolean => state === 'succeeded' && verb === 'restart';

function byCount(component: string, steps: readonly StepRow[], count: number): Attributed {
  const possible = steps.filter((step) => !isNotStarted(step)).length;
  const certain = steps.filter(mustHave).length;
  const extra = Math.max(0, count - possible);
  const said = `${component}: ${count} effects of ${possible} steps`;
  const untrue =
    count < certain ? [`${component}: ${count} effects, and ${certain} are said to have succeeded`] : [];
  return { doubles: Array.from({ length: extra }, () => said), untrue };
}

function byTime(component: string, steps: readonly StepRow[], times: readonly number[]): Attributed {
  const counts = new Map<StepRow | undefined, number>();
  for (const at of times) {
    // Steps come in the order in which they began, and only one at a time works on a component.
    const step = steps.findLast((candidate) => candidate.started_at <= at + ROUNDING_MS);
    counts.set(step, (counts.get(step) ?? 0) + 1);
  }
  const strays = counts.get(undefined) ?? 0;
  const doubles = steps.flatMap((step) => {
    const count = counts.get(step) ?? 0;
    return count > 1 ? [`${nameOf(step)} had ${count} effects`] : [];
  });
  const untrue = steps.flatMap((step) => {
    const count = counts.get(step) ?? 0;
    if (isNotStarted(step) && count > 0) return [`${nameOf(step)} is said not to have happened, and it did`];
    return mustHave(step) && count === 0
      ? [`${nameOf(step)} is said to have succeeded, and did not happen`]
      : [];
  });
  const strayed = strays === 0 ? [] : [`${component}: ${strays} effects before any step began`];
  return { doubles: [...doubles, ...strayed], untrue };
}

/** Changes of one component whose times from start to end overlap; one that has not ended holds it for ever. */
export function overlapsOf(changes: readonly ChangeRow[]): readonly string[] {
  const begun = changes.filter(({ started_at }) => started_at !== null);
  const components = new Set(begun.flatMap((change) => change.components));
  return [...components].flatMap((component) => {
    const mine = begun
      .filter((change) => change.components.includes(component))
      .sort((a, b) => (a.started_at ?? 0) - (b.started_at ?? 0));
    return mine.flatMap((change, index) => {
      const before = mine[index - 1];
      const isFree = before === undefined || (before.ended_at ?? Infinity) <= (change.started_at ?? 0);
      return isFree ? [] : [`${before.id} and ${change.id} overlap on ${component}`];
    });
  });
}
