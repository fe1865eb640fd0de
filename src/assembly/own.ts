import type { OwnExecutors } from '../workflow/own-calls.ts';
import { checkExecutor } from '../workflow/own-check.ts';
import { personExecutor } from '../workflow/own-person.ts';
import { variableExecutor } from '../workflow/own-variable.ts';
import { waitExecutor } from '../workflow/own-wait.ts';
import type { AppOptions, Core } from './core.ts';

/** How Botswain carries out what no target does for it; `isEnding` says whether this process is about to stop. */
export function createOwn(
  { secret, learn }: Pick<AppOptions, 'secret' | 'learn'>,
  { journal, wakeups, now, bound, forms }: Core,
  isEnding: () => boolean,
): OwnExecutors {
  const waiting = { journal, wakeups, now, isEnding };
  return {
    person: personExecutor(waiting),
    wait: waitExecutor(waiting),
    check: checkExecutor({ ...waiting, fleet: bound.fleet }),
    variable: variableExecutor({ journal, effects: bound.effects, forms, secret, learn, isEnding }),
  };
}
