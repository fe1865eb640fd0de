import type { Change } from '../domain/change.ts';
import { endingOfSpent } from './budget.ts';
import type { StartResult } from './change-book.ts';
import { endChange } from './change-ending.ts';
import type { Running } from './run-change.ts';

/** Ends a change that may not start any more, because somebody else made the last try since it was asked for. */
export async function refuseStart(
  { guard, fleet, publish }: Pick<Running, 'guard' | 'fleet' | 'publish'>,
  change: Change,
  { component, standing }: Extract<StartResult, { readonly kind: 'exhausted' }>,
): Promise<void> {
  const at = guard.now();
  const spent = { component, verb: change.plan.verb, standing };
  const ending = endingOfSpent(spent, { ...fleet.configuration, now: at });
  await endChange(guard.journal, change, { ...ending, at, from: ['requested'] });
  await publish(change.id);
}
