import type { OnCallOverride, Rotation } from './on-call.ts';
import type { Person } from './person.ts';
import { onCallAt, type Roster } from './rotation.ts';

/** All that says who is on call. */
export interface OnCallFacts {
  readonly rotations: readonly Rotation[];
  readonly overrides: readonly OnCallOverride[];
  readonly people: readonly Person[];
}

/** Somebody who is called. */
export interface CalledPerson {
  readonly person: Person;
  /** By which name: `primary`, `role lead`; empty where the person is named. */
  readonly by: string;
}

/** Whom names of an escalation step come to. */
export interface Called {
  /** Each once, in the order of the names. */
  readonly people: readonly CalledPerson[];
  /** Names that come to nobody, in words: `nobody has the role lead`. */
  readonly missing: readonly string[];
}

/** Where and when somebody is called. */
export interface CallCase {
  /** Our name of the service; absent where it is not known. */
  readonly service?: string | undefined;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** How a name of an escalation step says that it is a role. */
export const ROLE_PREFIX = 'role:';

/** A rotation with its overrides; one of somebody who left the configuration counts no more. */
export const rosterOf = ({ overrides, people }: OnCallFacts, rotation: Rotation): Roster => ({
  rotation,
  overrides: overrides.filter(({ person }) => people.some(({ key }) => key === person)),
});

/**
 * Whether a rotation is for somebody else's service: it names services, and not this one; or it is for all, and the same step
 * names one of the service's own.
 */
function isForOthers(rotation: Rotation, named: readonly Rotation[], service: string | undefined): boolean {
  const isOwn = ({ services }: Rotation): boolean =>
    service !== undefined && services?.includes(service) === true;
  return rotation.services === undefined ? named.some(isOwn) : !isOwn(rotation);
}

type Found = CalledPerson | { readonly missing: string } | undefined;

interface Names {
  readonly facts: OnCallFacts;
  readonly named: readonly Rotation[];
  readonly about: CallCase;
}

function byRotation(rotation: Rotation, { facts, named, about }: Names): Found {
  if (isForOthers(rotation, named, about.service)) return undefined;
  const key = onCallAt(rosterOf(facts, rotation), about.at).person;
  if (key === undefined) return { missing: `nobody is on call in the rotation ${rotation.name}` };
  const person = facts.people.find((each) => each.key === key);
  return person === undefined
    ? { missing: `${key}, who is on call in the rotation ${rotation.name}, is not in the configuration` }
    : { person, by: rotation.name };
}

function byName(name: string, names: Names): readonly Found[] {
  const { people, rotations } = names.facts;
  if (name.startsWith(ROLE_PREFIX)) {
    const role = name.slice(ROLE_PREFIX.length);
    const holders = people.filter(({ roles }) => roles.includes(role));
    if (holders.length === 0) return [{ missing: `nobody has the role ${role}` }];
    return holders.map((person) => ({ person, by: `role ${role}` }));
  }
  const rotation = rotations.find((each) => each.name === name);
  if (rotation !== undefined) return [byRotation(rotation, names)];
  const person = people.find(({ key }) => key === name);
  return [person === undefined ? { missing: `there is no rotation or person ${name}` } : { person, by: '' }];
}

/** Whom names of rotations, `role:NAME` and person keys come to at a moment. */
export function whoIsCalled(facts: OnCallFacts, call: readonly string[], about: CallCase): Called {
  const named = facts.rotations.filter(({ name }) => call.includes(name));
  const found = call.flatMap((name) => byName(name, { facts, named, about }));
  const people = new Map<string, CalledPerson>();
  const missing: string[] = [];
  for (const each of found) {
    if (each === undefined) continue;
    if ('missing' in each) missing.push(each.missing);
    else if (!people.has(each.person.key)) people.set(each.person.key, each);
  }
  const others = people.size === 0 && missing.length === 0 && call.length > 0;
  return {
    people: [...people.values()],
    missing: others ? [`${call.join(', ')}: for other services`] : missing,
  };
}
