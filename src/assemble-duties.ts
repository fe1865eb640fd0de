import type { AppOptions, Core } from './assemble.ts';
import type { Chat } from './chat/chat.ts';
import type { Duty } from './workflow/duty.ts';

/** What duties are made of. */
export interface DutyPorts {
  readonly options: AppOptions;
  readonly core: Core;
  readonly chats: readonly Chat[];
}

/** Everything that goes on in the background beside the engine, the outbox and the watch. */
export function createDuties(_ports: DutyPorts): readonly Duty[] {
  return [];
}
