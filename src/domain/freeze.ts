import type { ComponentRef } from './fleet.ts';
import { showDay } from './moment.ts';
import type { Risk } from './policy.ts';
import { isInside, nextTurn, type Window } from './window.ts';

/** What a freeze may lie on; absent keys match everything. */
export interface FrozenPlace {
  readonly service?: string;
  readonly component?: string;
  readonly environment?: string;
}

/** Keeps changes away from places while its windows hold. */
export interface Freeze {
  /** `F-3` for one that somebody typed, else its name in botswain.yaml. */
  readonly name: string;
  readonly kind: 'typed' | 'rule';
  /** Absent = everything. */
  readonly places?: readonly FrozenPlace[];
  /** Verbs it speaks of; absent = all that change something. */
  readonly verbs?: readonly string[];
  /** Risks it speaks of; absent = all but reading. */
  readonly risks?: readonly Risk[];
  /** Holds while any of these is open; empty = always. */
  readonly when: readonly Window[];
  /** And does not hold while any of these is open. */
  readonly only: readonly Window[];
  readonly reason: string;
  /** The name of who typed it. */
  readonly by?: string;
}

/** A freeze that somebody typed. */
export interface TypedFreeze {
  /** `F-3`. */
  readonly id: string;
  /** Absent = everything. */
  readonly places?: readonly FrozenPlace[];
  /** Epoch milliseconds. */
  readonly until: number;
  readonly reason: string;
  /** Person key. */
  readonly person: string;
  readonly personName: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** When somebody lifted it, epoch milliseconds. */
  readonly liftedAt?: number;
}

/** A freeze that somebody typed, as one like those of the calendar. */
export const asFreeze = ({ id, places, until, reason, personName }: TypedFreeze): Freeze => ({
  name: id,
  kind: 'typed',
  ...(places === undefined ? {} : { places }),
  // Not from when it was typed: a clock that is set back must not open it.
  when: [{ kind: 'moments', from: 0, to: until }],
  only: [],
  reason,
  by: personName,
});

/** Those of the calendar and those that people typed. */
export const everyFreeze = (
  byCalendar: readonly Freeze[] | undefined,
  typed: readonly TypedFreeze[],
): readonly Freeze[] => [...(byCalendar ?? []), ...typed.map(asFreeze)];

/** `karmabot/app@production, katana-bot@production`, or `everything`. */
export function placesText(places: readonly FrozenPlace[] | undefined): string {
  if (places === undefined) return 'everything';
  return places
    .map(
      ({ service = 'every service', component, environment }) =>
        `${service}${component === undefined ? '' : `/${component}`}${environment === undefined ? '' : `@${environment}`}`,
    )
    .join(', ');
}

/** What is to be done to one component. */
export interface FrozenQuestion {
  readonly component: ComponentRef;
  readonly verb: string;
  readonly risk: Risk;
}

/** A freeze that holds, and until when (epoch milliseconds); absent = nobody knows an end. */
export interface Frozen {
  readonly freeze: Freeze;
  readonly until?: number;
}

const liesOn = ({ service, component, environment }: FrozenPlace, ref: ComponentRef): boolean =>
  (service ?? ref.service) === ref.service &&
  (component ?? ref.component) === ref.component &&
  (environment ?? ref.environment) === ref.environment;

/** Whether a freeze lies on a component at all, at whatever time and for whatever verb. */
export const freezes = ({ places }: Freeze, component: ComponentRef): boolean =>
  places === undefined || places.some((place) => liesOn(place, component));

const speaksOf = (freeze: Freeze, { component, verb, risk }: FrozenQuestion): boolean =>
  risk !== 'read' &&
  freezes(freeze, component) &&
  (freeze.verbs?.includes(verb) ?? true) &&
  (freeze.risks?.includes(risk) ?? true);

/** Whether a freeze holds at an epoch millisecond. */
export const holdsAt = ({ when, only }: Freeze, at: number): boolean =>
  (when.length === 0 || when.some((window) => isInside(window, at))) &&
  !only.some((window) => isInside(window, at));

/** When it changes next whether a freeze holds; undefined when it never does again. */
export const turnOf = (freeze: Freeze, at: number): number | undefined =>
  nextTurn([...freeze.when, ...freeze.only], at, (moment) => holdsAt(freeze, moment));

function longest(frozen: readonly Frozen[]): Frozen | undefined {
  const end = ({ until = Number.POSITIVE_INFINITY }: Frozen): number => until;
  return frozen.toSorted((a, b) => end(b) - end(a))[0];
}

/** Those of these freezes that hold at an epoch millisecond, each with its end. */
export const holding = (all: readonly Freeze[], at: number): readonly Frozen[] =>
  all
    .filter((freeze) => holdsAt(freeze, at))
    .map((freeze) => {
      const until = turnOf(freeze, at);
      return { freeze, ...(until === undefined ? {} : { until }) };
    });

/** The freeze that keeps this away at an epoch millisecond; of several, the one that holds longest. */
export const frozenBy = (all: readonly Freeze[], about: FrozenQuestion, at: number): Frozen | undefined =>
  longest(
    holding(
      all.filter((freeze) => speaksOf(freeze, about)),
      at,
    ),
  );

/** When nothing of this is frozen any more, from an epoch millisecond on; undefined when no end is in sight. */
export function freeAt(
  all: readonly Freeze[],
  about: readonly FrozenQuestion[],
  at: number,
): number | undefined {
  const concerned = all.filter((freeze) => about.some((question) => speaksOf(freeze, question)));
  const isFrozen = (moment: number): boolean => concerned.some((freeze) => holdsAt(freeze, moment));
  if (!isFrozen(at)) return at;
  return nextTurn(
    concerned.flatMap(({ when, only }) => [...when, ...only]),
    at,
    isFrozen,
  );
}

/** `until Mon 2026-11-23 08:00 (weekend: nobody is there)`, as people read it in a time zone. */
export function frozenUntil(
  { freeze, until }: Frozen,
  { timezone, now }: { readonly timezone: string; readonly now: number },
): string {
  const end = until === undefined ? 'until further notice' : `until ${showDay(until, timezone, now)}`;
  const by = freeze.by === undefined ? '' : ` by ${freeze.by}`;
  return `${end} (${freeze.name}${by}: ${freeze.reason})`;
}
