import type { Configuration } from '../domain/configuration.ts';
import { everyFreeze } from '../domain/freeze.ts';
import { type Holds, holdsAt } from '../domain/holds.ts';
import type { Journal } from '../workflow/journal.ts';

/** Every lock and every freeze that holds now. */
export async function holdsNow({
  journal,
  configuration,
  now,
}: {
  readonly journal: Pick<Journal, 'locks' | 'freezes'>;
  readonly configuration: Configuration;
  readonly now: () => number;
}): Promise<Holds> {
  const at = now();
  const typed = await journal.freezes.standing(at);
  return holdsAt(await journal.locks.all(), everyFreeze(configuration.freezes, typed), at);
}
