import type { AuditEntry } from '../domain/audit-event.ts';

/** What a person said to a step that waits for one: that it may go on, or that it is done. */
export interface Confirmation {
  /** Id of the change. */
  readonly change: string;
  /** Id of the step. */
  readonly step: string;
  /** Under which the step was begun. */
  readonly receipt: string;
  /** Person key. */
  readonly person: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The account it came from: `slack:U0BEN`. */
  readonly via: string;
}

/** What people said to steps that wait for a person. */
export interface Confirmations {
  /** Records it while the step waits; false when somebody was faster, or it does not wait any more. */
  add(confirmation: Confirmation, audit: AuditEntry): Promise<boolean>;
  /** What was said to the step that was begun under this receipt. */
  of(receipt: string): Promise<Confirmation | undefined>;
  ofChange(change: string): Promise<readonly Confirmation[]>;
}
