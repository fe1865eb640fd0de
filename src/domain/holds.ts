import { type ComponentRef, componentKey } from './fleet.ts';
import { type Freeze, type Frozen, frozenUntil, holding, freezes as liesOn } from './freeze.ts';
import { isOver, type Lock, lockText } from './lock.ts';
import { showDay } from './moment.ts';

/** What keeps changes away at the moment. */
export interface Holds {
  readonly locks: readonly Lock[];
  /** Freezes that hold. */
  readonly frozen: readonly Frozen[];
}

/** Every lock and every freeze that holds at an epoch millisecond. */
export const holdsAt = (locks: readonly Lock[], freezes: readonly Freeze[], at: number): Holds => ({
  locks: locks.filter((lock) => !isOver(lock, at)),
  frozen: holding(freezes, at),
});

/** Those of them that lie on any of these components. */
export const holdsOn = ({ locks, frozen }: Holds, components: readonly ComponentRef[]): Holds => ({
  locks: locks.filter(({ key }) => components.some((component) => componentKey(component) === key)),
  frozen: frozen.filter(({ freeze }) => components.some((component) => liesOn(freeze, component))),
});

/** Those that keep every change away, not only some verbs: what somebody has to know before anything else. */
export const forEverything = ({ locks, frozen }: Holds): Holds => ({
  locks,
  frozen: frozen.filter(({ freeze }) => freeze.verbs === undefined && freeze.risks === undefined),
});

type Shown = { readonly timezone: string; readonly now: number };

/** `shop/app@production, shop/web@production: locked by Ana until 14:00: why`, a line for each who locks. */
export function lockLines(locks: readonly Lock[], shown: Shown): readonly string[] {
  const keys = new Map<string, readonly string[]>();
  for (const lock of locks) {
    const under = lock.under === undefined ? '' : `, under ${lock.under.holderName}'s lock`;
    const text = `${lockText(lock, shown)}${under}`;
    keys.set(text, [...(keys.get(text) ?? []), lock.key]);
  }
  return [...keys].map(([text, held]) => `${held.join(', ')}: ${text}`);
}

/** `frozen for deploy until Sun 02:00 (name: why)`. */
export const frozenLine = (frozen: Frozen, shown: Shown): string => {
  const { verbs, risks } = frozen.freeze;
  const what = verbs?.join(', ') ?? risks?.map((risk) => `${risk} changes`).join(', ');
  return `frozen ${what === undefined ? '' : `for ${what} `}${frozenUntil(frozen, shown)}`;
};

/** What keeps changes away, briefly: `locked by Ana`, `frozen until Mon 08:00`. */
export function heldBriefly({ locks, frozen }: Holds, { timezone, now }: Shown): readonly string[] {
  const holders = [...new Set(locks.map(({ holderName }) => holderName))];
  const [first] = frozen;
  const until = first?.until === undefined ? '' : ` until ${showDay(first.until, timezone, now)}`;
  return [
    ...(holders.length === 0 ? [] : [`locked by ${holders.join(', ')}`]),
    ...(first === undefined ? [] : [`frozen${until}`]),
  ];
}
