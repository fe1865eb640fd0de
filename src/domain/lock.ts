import type { Action } from './message.ts';
import { showDay } from './moment.ts';

/** Who holds a component, why and for how long. */
export interface Holding {
  /** `C-142`, or `person:ana`. */
  readonly holder: string;
  /** The name people read: `C-142 (Ana)`, `Ana`. */
  readonly holderName: string;
  readonly reason: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** When it frees itself, epoch milliseconds; absent = when its holder lets go. */
  readonly until?: number;
}

/** One change, or one person's wish, at a time on a component. */
export interface Lock extends Holding {
  /** `service/component@environment`. */
  readonly key: string;
  /** The lock of the requester below which a change runs; it holds again when the change has ended. */
  readonly under?: Holding;
}

/** `locked by Ana until 14:00: migrating by hand`, in a time zone. */
export const lockText = (
  { holderName, until, reason }: Holding,
  { timezone, now }: { readonly timezone: string; readonly now: number },
): string =>
  `locked by ${holderName}${until === undefined ? '' : ` until ${showDay(until, timezone, now)}`}: ${reason}`;

const PERSON = 'person:';

/** The holder of a lock that a person has. */
export const personHolder = (person: string): string => `${PERSON}${person}`;

/** Whether a person holds it, not a change. */
export const isPersons = ({ holder }: Pick<Lock, 'holder'>): boolean => holder.startsWith(PERSON);

/** Whether its time is over at an epoch millisecond. */
export const isOver = ({ until }: Pick<Lock, 'until'>, at: number): boolean =>
  until !== undefined && until <= at;

/** Whether a lock keeps this person's changes away at an epoch millisecond; their own does not. */
export const standsInTheWay = (lock: Lock, person: string, at: number): boolean =>
  lock.holder !== personHolder(person) && !isOver(lock, at);

/** Who presses it is told when nobody else locks these components. */
export const tellMe = (keys: readonly string[]): Action => ({
  label: 'Tell me when it is free',
  style: 'plain',
  line: `notify ${keys.join(' ')}`,
});
