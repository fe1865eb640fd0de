import type { StepState } from '../domain/change.ts';

/** `evidence` is JSON of the executor's own; `ending` is JSON of exit code, output, code and message, null while started. */
export interface StepsTable {
  readonly change_id: string;
  readonly step: string;
  readonly attempt: number;
  readonly state: StepState;
  readonly owner: string;
  readonly receipt: string;
  readonly evidence: string;
  readonly started_at: number;
  readonly ended_at: number | null;
  readonly ending: string | null;
}

/** One row a step that waited for a person and was answered. */
export interface ConfirmationsTable {
  readonly receipt: string;
  readonly change_id: string;
  readonly step: string;
  readonly person: string;
  readonly at: number;
  readonly via: string;
}

/** One row a change and component it began to work on; `step` is its first one there. */
export interface TriesTable {
  readonly change_id: string;
  readonly component: string;
  readonly verb: string;
  readonly step: string;
  readonly at: number;
}
