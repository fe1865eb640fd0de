import type { OnCallOverride, Rotation, RotationLayer } from './on-call.ts';
import { dayAt, daysLater, type WallTime, whenShown } from './wall-clock.ts';
import { isInside, nextChange, type Span } from './window.ts';

/** A rotation with what people put on top of it. */
export interface Roster {
  readonly rotation: Rotation;
  /** Those of other rotations count for nothing here. */
  readonly overrides: readonly OnCallOverride[];
}

/** Who is on call; neither = nobody. */
export interface OnCallHolder {
  /** Person key. */
  readonly person?: string;
  /** What put them there, where it is not the rotation itself. */
  readonly override?: OnCallOverride;
}

/** A stretch during which the same person, or nobody, is on call; epoch milliseconds, `to` absent = no end is in sight. */
export interface Turn extends OnCallHolder {
  readonly from: number;
  readonly to?: number;
}

const DAY_MS = 86_400_000;
const FIRST = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})$/;

/** Reads `2026-01-05T09:00`; undefined where it is no time of any day. */
export function readWallTime(text: string): WallTime | undefined {
  const found = FIRST.exec(text)?.slice(1).map(Number);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found ?? [];
  const date = new Date(Date.UTC(year, month - 1, day));
  const isThere = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60;
  return found !== undefined && isThere ? { year, month, day, minute: hour * 60 + minute } : undefined;
}

function firstOf({ from }: RotationLayer): WallTime {
  const first = readWallTime(from);
  if (first === undefined) throw new Error(`${from} is no wall-clock time`);
  return first;
}

const daysOf = ({ every }: RotationLayer): number => every.count * (every.unit === 'week' ? 7 : 1);

const daysBetween = (from: WallTime, to: WallTime): number =>
  (Date.UTC(to.year, to.month - 1, to.day) - Date.UTC(from.year, from.month - 1, from.day)) / DAY_MS;

/**
 * When a turn of a layer begins: when the wall clock first shows its time of day. An hour that comes twice belongs to whoever
 * takes over in it; where the clock skips the time, it is the moment of the skip.
 */
const beginning = (layer: RotationLayer, zone: string, index: number): number =>
  whenShown(daysLater(firstOf(layer), index * daysOf(layer)), zone).first;

/** Which turn of a layer it is, from 0 on; below 0 before the first hand-over. */
function turnIndex(layer: RotationLayer, zone: string, at: number): number {
  const index = Math.floor(daysBetween(firstOf(layer), dayAt(at, zone)) / daysOf(layer));
  // On its own day a turn may not have begun yet; and clocks that go back over midnight show the day before again.
  return [index + 1, index].find((each) => beginning(layer, zone, each) <= at) ?? index - 1;
}

const isOpen = ({ only }: RotationLayer, at: number): boolean =>
  only === undefined || only.some((window) => isInside(window, at));

function personOfLayer(layer: RotationLayer, zone: string, at: number): string | undefined {
  if (!isOpen(layer, at)) return undefined;
  const index = turnIndex(layer, zone, at);
  return index < 0 ? undefined : layer.people[index % layer.people.length];
}

const endOf = ({ until, endedAt }: OnCallOverride): number => Math.min(until, endedAt ?? until);

/** Whether an override holds at an epoch millisecond. */
export const overrideHolds = (override: OnCallOverride, at: number): boolean =>
  override.from <= at && at < endOf(override);

const overridesOf = ({ rotation, overrides }: Roster): readonly OnCallOverride[] =>
  overrides.filter((each) => each.rotation === rotation.name);

/** Who is on call at an epoch millisecond: the newest override, else the last layer that has somebody. */
export function onCallAt(roster: Roster, at: number): OnCallHolder {
  const override = overridesOf(roster)
    .filter((each) => overrideHolds(each, at))
    .toSorted((a, b) => b.number - a.number)[0];
  if (override !== undefined) return { person: override.person, override };
  const { layers, timezone } = roster.rotation;
  for (const layer of layers.toReversed()) {
    const person = personOfLayer(layer, timezone, at);
    if (person !== undefined) return { person };
  }
  return {};
}

function layerBoundaries(layer: RotationLayer, zone: string, at: number): readonly number[] {
  const index = turnIndex(layer, zone, at);
  const opens = layer.only === undefined ? undefined : nextChange(layer.only, at);
  const hands = index < 0 ? beginning(layer, zone, 0) : beginning(layer, zone, index + 1);
  return [...(layer.people.length > 1 || index < 0 ? [hands] : []), ...(opens === undefined ? [] : [opens])];
}

/** The next moment at which it may be somebody else. */
function nextBoundary(roster: Roster, at: number): number | undefined {
  const { layers, timezone } = roster.rotation;
  const ahead = [
    ...layers.flatMap((layer) => layerBoundaries(layer, timezone, at)),
    ...overridesOf(roster).flatMap((override) => [override.from, endOf(override)]),
  ].filter((boundary) => boundary > at);
  return ahead.length === 0 ? undefined : Math.min(...ahead);
}

/** Boundaries passed with the same person before it is said that there is no end in sight. */
const MOST_BOUNDARIES = 400;

const isSame = (a: OnCallHolder, b: OnCallHolder): boolean =>
  a.person === b.person && a.override?.id === b.override?.id;

function turnFrom(roster: Roster, at: number): Turn {
  const holder = onCallAt(roster, at);
  let boundary: number | undefined = at;
  for (let passed = 0; passed < MOST_BOUNDARIES; passed += 1) {
    boundary = nextBoundary(roster, boundary);
    if (boundary === undefined) break;
    if (!isSame(onCallAt(roster, boundary), holder)) return { ...holder, from: at, to: boundary };
  }
  return { ...holder, from: at };
}

/** The turn at an epoch millisecond, from then on, and those that follow, without a gap; stretches with nobody are turns, too. */
export function* turnsFrom(roster: Roster, at: number): Generator<Turn> {
  let turn = turnFrom(roster, at);
  yield turn;
  while (turn.to !== undefined) {
    turn = turnFrom(roster, turn.to);
    yield turn;
  }
}

/** The turns of a span of time, the first and the last cut to it. */
export function turnsWithin(roster: Roster, { from, to }: Span): readonly (Turn & Span)[] {
  const turns: (Turn & Span)[] = [];
  for (const turn of turnsFrom(roster, from)) {
    if (turn.from >= to) break;
    turns.push({ ...turn, to: Math.min(turn.to ?? to, to) });
  }
  return turns;
}

/** Who is on call at a moment, until when, and who is after that. */
export interface OnDuty extends OnCallHolder {
  /** When it is somebody else's turn, or nobody's; epoch milliseconds, absent = no end is in sight. */
  readonly until?: number;
  /** The first turn of another person, be there nobody in between; absent where none is in sight. */
  readonly next?: Turn;
}

/** Turns that are looked through for somebody else: a week of several a day. */
const MOST_TURNS = 50;

/** Who is on call at an epoch millisecond, and who is next. */
export function onDutyAt(roster: Roster, at: number): OnDuty {
  const holder = onCallAt(roster, at);
  let until: number | undefined;
  let seen = 0;
  for (const turn of turnsFrom(roster, at)) {
    if (turn.person !== holder.person) {
      until ??= turn.from;
      if (turn.person !== undefined) return { ...holder, until, next: turn };
    }
    seen += 1;
    if (seen >= MOST_TURNS) break;
  }
  return { ...holder, ...(until === undefined ? {} : { until }) };
}

/** The rotations that are for a service: its own, else those that are for all. */
export function rotationsFor(
  rotations: readonly Rotation[],
  service: string | undefined,
): readonly Rotation[] {
  const own = rotations.filter(({ services }) => service !== undefined && services?.includes(service));
  return own.length > 0 ? own : rotations.filter(({ services }) => services === undefined);
}
