import type { Code } from './code.ts';
import type { Plan } from './plan.ts';

/** The lifecycle of a change; everything before `running` may also end denied, expired, voided or cancelled. */
export const CHANGE_STATES = [
  'requested',
  'awaiting approval',
  'running',
  'verifying',
  'unknown',
  'succeeded',
  'not verified',
  'failed',
  'denied',
  'expired',
  'voided',
  'cancelled',
] as const;

/** One state of {@link CHANGE_STATES}. */
export type ChangeState = (typeof CHANGE_STATES)[number];

/** States that nothing leaves any more. */
export const FINAL_STATES: readonly ChangeState[] = [
  'succeeded',
  'not verified',
  'failed',
  'denied',
  'expired',
  'voided',
  'cancelled',
];

const LEADS_TO: Readonly<Record<ChangeState, readonly ChangeState[]>> = {
  // An approved or unapproved-but-allowed change waits as `requested` for its time and for its locks.
  requested: ['awaiting approval', 'running', 'expired', 'voided', 'cancelled', 'failed'],
  'awaiting approval': ['requested', 'denied', 'expired', 'voided', 'cancelled'],
  running: ['verifying', 'failed', 'unknown', 'cancelled', 'voided'],
  verifying: ['running', 'succeeded', 'not verified', 'failed', 'cancelled'],
  unknown: ['running', 'failed'],
  succeeded: [],
  'not verified': [],
  failed: [],
  denied: [],
  expired: [],
  voided: [],
  cancelled: [],
};

/** Whether the lifecycle allows this move; the journal refuses every other one. */
export const mayMove = (from: ChangeState, to: ChangeState): boolean => LEADS_TO[from].includes(to);

/** What policy demanded when the change was requested. */
export interface ApprovalDemand {
  /** How many distinct people must approve; 0 = none. */
  readonly count: number;
  /** Roles of which an approver must hold one. */
  readonly from: readonly string[];
  /** The approval expires at this epoch millisecond. */
  readonly expiresAt: number;
  /** Which rule of the policy demanded it, for `show`: `policy rule 3`. */
  readonly rule: string;
  /** Those who have not decided are asked again after so many milliseconds, each time; absent = never. */
  readonly remindEveryMs?: number;
  /** So many milliseconds after the request these roles may approve as well. */
  readonly escalate?: { readonly afterMs: number; readonly from: readonly string[] };
  /** Since when `from` includes the roles of `escalate`, epoch milliseconds. */
  readonly escalatedAt?: number;
  /** What it becomes when nobody decided in time; absent = `expired`. */
  readonly onExpiry?: 'expired' | 'denied';
}

/** A change that nobody had to approve because somebody on call said that it cannot wait. */
export interface BreakGlass {
  /** What would have stood in the way, in words: `1 approval from approver`. */
  readonly skipped: readonly string[];
  /** Roles that would have been asked; they are told. */
  readonly told: readonly string[];
  /** Roles of which somebody else must sign the review. */
  readonly reviewFrom: readonly string[];
  /** By when, epoch milliseconds. */
  readonly reviewBy: number;
}

/** What another person found who looked at a change for which the glass was broken. */
export interface Review {
  /** Person key. */
  readonly person: string;
  readonly found: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The account it came from: `slack:U0BEN`. */
  readonly via: string;
}

/** One request to alter something. Times are epoch milliseconds. */
export interface Change {
  /** Read aloud as `C-142`. */
  readonly id: string;
  readonly state: ChangeState;
  readonly line: string;
  readonly plan: Plan;
  readonly digest: string;
  readonly requester: string;
  readonly reason?: string;
  readonly demand: ApprovalDemand;
  readonly breakGlass?: BreakGlass;
  /** Absent as long as nobody has signed the review that {@link breakGlass} demands. */
  readonly review?: Review;
  readonly requestedAt: number;
  /** Not before this time (`--at`); equals requestedAt when it may start at once. */
  readonly startAt: number;
  /** The second clock: if it has not started by then it expires. */
  readonly startBy: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  /** Who asked for a stop of the running change. */
  readonly cancelledBy?: string;
  readonly code?: Code;
  /** Why it ended as it did, one or two sentences for people. */
  readonly ending?: string;
}

/** A person's yes or no to a change's digest. */
export interface Decision {
  readonly change: string;
  readonly person: string;
  readonly decision: 'approved' | 'denied';
  readonly digest: string;
  readonly at: number;
  readonly reason?: string;
  /** The account it was pressed with: `slack:U0BEN`. */
  readonly via: string;
}

/** Where a step stands. */
export type StepState = 'started' | 'succeeded' | 'failed' | 'unknown';

/** One attempt at a step, as the guard recorded it. */
export interface StepRecord {
  readonly change: string;
  readonly step: string;
  readonly attempt: number;
  readonly state: StepState;
  /** The boot of the process that began it. */
  readonly owner: string;
  /** UUID carried to the target, by which the target is asked afterwards. */
  readonly receipt: string;
  /** What the target looked like just before, JSON text of the executor's own shape. */
  readonly evidence: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly exitCode?: number;
  /** Redacted output, head and tail. */
  readonly output?: string;
  /** sha256 of the whole, where `output` is not all of it. */
  readonly outputSha256?: { readonly stdout?: string; readonly stderr?: string };
  readonly code?: Code;
  readonly message?: string;
}
