import type { Chat, Receive } from '../chat/chat.ts';
import { auditHeads } from '../upkeep/audit-heads.ts';
import { countedAuditDuty } from '../upkeep/counted-audit.ts';
import type { Health } from '../upkeep/health.ts';
import { upkeepDuties } from '../upkeep/upkeep.ts';
import { approvalDuty } from '../workflow/approval-rounds.ts';
import { clockDuty } from '../workflow/clock-duty.ts';
import type { Duty } from '../workflow/duty.ts';
import { lockDuty } from '../workflow/lock-rounds.ts';
import { reviewDuty } from '../workflow/review-rounds.ts';
import { scheduleDuty } from '../workflow/schedule-rounds.ts';
import { storeDuty } from '../workflow/store-duty.ts';
import { backupRounds } from './backups.ts';
import type { AppOptions, Core } from './core.ts';
import { incidentDuties } from './incident-duties.ts';
import type { IncidentParts } from './incidents.ts';
import type { StatusPageParts } from './status-page.ts';

/** What duties are made of. */
export interface DutyPorts {
  readonly options: AppOptions;
  readonly core: Core;
  readonly incidents: IncidentParts;
  readonly statusPage: StatusPageParts;
  readonly chats: readonly Chat[];
  readonly health: Health;
  /** Takes a line as if somebody had typed it. */
  readonly receive: Receive;
}

/** Everything that goes on in the background beside the engine, the outbox and the watch. */
export function createDuties(ports: DutyPorts): readonly Duty[] {
  const { options, core, chats, health, receive } = ports;
  const onError =
    (duty: string) =>
    (error: unknown): void =>
      options.log('error', 'a duty broke', { duty, error });
  return [
    ...upkeepDuties({ ...options, health, prune: (borders) => core.journal.prune(borders), now: core.now }),
    clockDuty({ ...core.publishing, clock: core.clock, publish: core.publish, onError: onError('clock') }),
    storeDuty({
      ...core.publishing,
      journal: core.journal,
      chats,
      log: options.log,
      onError: onError('store'),
    }),
    countedAuditDuty(core.counted, onError('counted audit')),
    approvalDuty({ ...core.publishing, publish: core.publish }, onError('approvals')),
    lockDuty(core.publishing, onError('locks')),
    reviewDuty(core.publishing, onError('reviews')),
    scheduleDuty({ ...core.publishing, ...options, receive }, onError('schedules')),
    auditHeads(options, core, onError('audit head')),
    backupRounds(options, core, onError('backups')),
    ...incidentDuties({ ...ports, onError }),
    ...ports.statusPage.duties(onError('status page')),
  ];
}
