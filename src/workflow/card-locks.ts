import { type Change, FINAL_STATES } from '../domain/change.ts';
import { componentKey } from '../domain/fleet.ts';
import { isOver, type Lock, lockText, personHolder, standsInTheWay, tellMe } from '../domain/lock.ts';
import type { Action, Part } from '../domain/message.ts';
import type { Journal } from './journal.ts';
import type { Seen } from './seen.ts';

/** What the locks of a change's components say on its card. */
export interface LockFacts {
  readonly change: Change;
  readonly seen: Pick<Seen, 'waitsFor'>;
  /** Locks of its components. */
  readonly locks?: readonly Lock[];
  readonly timezone: string;
  readonly now: number;
}

/** The locks of a change's components; none once it has ended. */
export async function locksOf(journal: Pick<Journal, 'locks'>, change: Change): Promise<readonly Lock[]> {
  if (FINAL_STATES.includes(change.state)) return [];
  const keys = change.plan.components.map(componentKey);
  return (await journal.locks.all()).filter(({ key }) => keys.includes(key));
}

const hasStarted = ({ startedAt }: Change): boolean => startedAt !== undefined;

const keysOf = (locks: readonly Lock[]): string => locks.map(({ key }) => key).join(', ');

/** Locks of others, which it has to wait for. */
const inTheWay = ({ change, locks = [], now }: LockFacts): readonly Lock[] =>
  hasStarted(change)
    ? []
    : locks.filter((lock) => lock.holder !== change.id && standsInTheWay(lock, change.requester, now));

/** The requester's own locks, below the change or before it. */
const own = ({ change, locks = [], now }: LockFacts): readonly Lock[] =>
  locks.filter((lock) => {
    const held = hasStarted(change) ? lock.under : lock;
    return held?.holder === personHolder(change.requester) && !isOver(held, now);
  });

/** Who has locked what it is about, and that the requester's own lock stays. */
export function lockParts(facts: LockFacts): readonly Part[] {
  // What it waits for stands above already.
  const others = facts.seen.waitsFor === undefined ? inTheWay(facts) : [];
  const theirs = own(facts);
  const [lock] = theirs;
  const name = lock?.under?.holderName ?? lock?.holderName;
  const verb = hasStarted(facts.change) ? 'Runs' : 'Will run';
  const texts = [
    ...others.map((each) => `${each.key} is ${lockText(each, facts)}. It starts when that is free.`),
    ...(name === undefined
      ? []
      : [`${verb} under ${name}'s lock of ${keysOf(theirs)}, which stays afterwards.`]),
  ];
  return texts.map((text) => ({ kind: 'text', text }));
}

/** Whoever sees it can ask to hear when it is free. */
export function lockActions(facts: LockFacts): readonly Action[] {
  const others = inTheWay(facts);
  return others.length === 0 ? [] : [tellMe(others.map(({ key }) => key))];
}
