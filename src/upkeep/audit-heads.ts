import { operations } from '../assembly/chats.ts';
import type { AppOptions, Core } from '../assembly/core.ts';
import { appendHead, headsPath, readHeads } from '../store/audit-heads.ts';
import type { Duty } from '../workflow/duty.ts';
import { headDuty } from '../workflow/post-head.ts';

/** Minutes after midnight, where the settings say nothing. */
const POST_AT_MINUTES = 9 * 60;

/** Posts the head of the audit to the operations channels once a day, and appends it to the file of heads. */
export function auditHeads(
  options: Pick<AppOptions, 'configuration' | 'environment'>,
  core: Pick<Core, 'journal' | 'wakeups' | 'now'>,
  onError: (error: unknown) => void,
): Duty {
  const { configuration, environment } = options;
  const { heads, postAtMinutes = POST_AT_MINUTES } = configuration.audit ?? {};
  const path = headsPath(environment.dataFolder, heads);
  return headDuty({
    journal: core.journal,
    wakeups: core.wakeups,
    places: operations(configuration),
    heads: {
      path,
      read: () => readHeads(path) ?? [],
      append: (head, at) => appendHead(path, head, at),
    },
    timezone: configuration.timezone,
    postAtMinutes,
    now: core.now,
    onError,
  });
}
