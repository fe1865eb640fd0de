import type { OwnExecutors } from '../workflow/own-calls.ts';
import { checkExecutor } from '../workflow/own-check.ts';
import { personExecutor } from '../workflow/own-person.ts';
import { variableExecutor } from '../workflow/own-variable.ts';
import { waitExecutor } from '../workflow/own-wait.ts';
import { backupExecutors, backupPorts } from './backups.ts';
import type { AppOptions, Core } from './core.ts';

/** How Botswain carries out what no target does for it; `isEnding` says whether this process is about to stop. */
export function createOwn(
  options: Pick<AppOptions, 'configuration' | 'secret' | 'learn' | 'log'>,
  core: Core,
  isEnding: () => boolean,
): OwnExecutors {
  const { secret, learn } = options;
  const { journal, wakeups, now, bound, forms } = core;
  const waiting = { journal, wakeups, now, isEnding };
  return {
    person: personExecutor(waiting),
    wait: waitExecutor(waiting),
    ...backupExecutors(backupPorts(options, core)),
    check: checkExecutor({ ...waiting, fleet: bound.fleet }),
    variable: variableExecutor({ journal, effects: bound.effects, forms, secret, learn, isEnding }),
  };
}
