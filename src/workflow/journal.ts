import type { Conversation, Incoming, Posted } from '../chat/chat.ts';
import type { AuditEntry, AuditRecord } from '../domain/audit-event.ts';
import type { Change, ChangeState, Decision, StepRecord, StepState } from '../domain/change.ts';
import type { Code } from '../domain/code.ts';
import type { Lock } from '../domain/lock.ts';
import type { Message } from '../domain/message.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { CheckState } from '../domain/verdict.ts';

/**
 * The only truth: everything that must survive `kill -9`, committed (fsync) before the promise resolves.
 * Every method that alters something takes the audit entry that goes into the same transaction.
 * When the disk is full a write throws {@link StoreError} with `STORE_FULL`, and nothing of it was done.
 */
export interface Journal {
  readonly inbox: Inbox;
  readonly changes: Changes;
  readonly steps: Steps;
  readonly locks: Locks;
  readonly deliveries: Deliveries;
  readonly checks: CheckStates;
  readonly audit: Audit;
  readonly tokens: Tokens;
  close(): Promise<void>;
}

/** The store said no or is not there; the one thing the journal throws for the world's sake. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly code: Code;
  constructor(code: Code, message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

/** What came in from chats, each once by its id, kept until it has been worked on. */
export interface Inbox {
  /** Records it; false when this id was recorded before (a redelivery). */
  accept(incoming: Incoming, at: number): Promise<boolean>;
  /** It has been worked on. */
  done(id: string): Promise<void>;
  /** Recorded and not done, oldest first: what a crash left. */
  pending(): Promise<readonly Incoming[]>;
}

/** A change as it is asked for; the journal allots the id. */
export interface ChangeDraft
  extends Omit<Change, 'id' | 'startedAt' | 'endedAt' | 'cancelledBy' | 'code' | 'ending'> {
  /** Unique: the incoming id that asked for it; a second request with it returns the first change. */
  readonly requestKey: string;
  /** Where it was asked for; its card goes there. */
  readonly origin: Conversation;
}

/** What a move may set besides the state. */
export interface ChangePatch {
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly code?: Code;
  readonly ending?: string;
}

/** Which changes are wanted, newest first. */
export interface ChangeFilter {
  readonly states?: readonly ChangeState[];
  readonly service?: string;
  /** Epoch milliseconds of the request. */
  readonly since?: number;
  /** At most this many, 1 … 500. */
  readonly limit: number;
}

/** What became of a decision. */
export type DecisionResult =
  | { readonly kind: 'recorded'; readonly change: Change; readonly decisions: readonly Decision[] }
  /** The same person decided before. */
  | { readonly kind: 'already decided'; readonly change: Change; readonly decision: Decision }
  /** It no longer waits, has expired, or stands under another digest. */
  | { readonly kind: 'too late'; readonly change: Change };

/** What became of a start. */
export type StartResult =
  | { readonly kind: 'started'; readonly change: Change }
  | { readonly kind: 'locked'; readonly lock: Lock }
  | { readonly kind: 'gone' };

/** Changes and the decisions on them. */
export interface Changes {
  request(
    draft: ChangeDraft,
    audit: AuditEntry,
  ): Promise<{ readonly change: Change; readonly isNew: boolean }>;
  find(id: string): Promise<Change | undefined>;
  list(filter: ChangeFilter): Promise<readonly Change[]>;
  originOf(id: string): Promise<Conversation | undefined>;
  decisions(id: string): Promise<readonly Decision[]>;
  /** Compare-and-set; undefined when the change was not in `from`. A final state releases its locks in the same transaction. */
  move(
    id: string,
    from: readonly ChangeState[],
    move: { readonly to: ChangeState; readonly patch: ChangePatch; readonly audit: AuditEntry },
  ): Promise<Change | undefined>;
  /** Takes all locks of its plan's components and moves `requested` to `running`, or does neither. */
  start(id: string, at: number, audit: AuditEntry): Promise<StartResult>;
  /** Records a decision; when the tally is complete moves to `requested` (approved, startBy moved to at + startWithinMs) or `denied`. */
  decide(decision: Decision, startWithinMs: number, audit: AuditEntry): Promise<DecisionResult>;
  /** Marks a running, verifying or unknown change to stop before its next step; false when it is in none of these. */
  askToStop(id: string, person: string, audit: AuditEntry): Promise<boolean>;
}

/** How a step ended. */
export interface StepEnd {
  readonly state: Exclude<StepState, 'started'>;
  readonly endedAt: number;
  readonly exitCode?: number;
  readonly output?: string;
  readonly code?: Code;
  readonly message?: string;
}

/** The guard: facts/engine-faults-threats.md §0.1. */
export interface Steps {
  /** Inserts `started`; false when this attempt at this step exists already: then do NOT run it. */
  begin(record: Omit<StepRecord, 'state'>, audit: AuditEntry): Promise<boolean>;
  /** `started` of this owner → its end; false when somebody declared it lost meanwhile: then the result is late. */
  finish(
    step: Pick<StepRecord, 'change' | 'step' | 'attempt' | 'owner'>,
    end: StepEnd,
    audit: AuditEntry,
  ): Promise<boolean>;
  /** `unknown` → what the target or a person said; false when it was settled already. */
  settle(
    step: Pick<StepRecord, 'change' | 'step' | 'attempt'>,
    end: StepEnd,
    audit: AuditEntry,
  ): Promise<boolean>;
  ofChange(change: string): Promise<readonly StepRecord[]>;
  /** Every `started` step of another owner becomes `unknown`, and its change too; locks stay. Returns the changes. */
  loseOrphans(owner: string, at: number): Promise<readonly Change[]>;
}

/** Locks, one a component. */
export interface Locks {
  all(): Promise<readonly Lock[]>;
  /** Takes all or none; the first lock in the way is returned. The same holder again is no conflict. */
  take(locks: readonly Lock[], audit: AuditEntry): Promise<Lock | undefined>;
  /** Releases these keys as far as `holder` holds them; returns how many. */
  release(keys: readonly string[], holder: string, audit: AuditEntry): Promise<number>;
}

/** A message that is to stand somewhere; the outbox brings the platform to it. */
export interface Delivery {
  /** Unique: `C-142 card slack:C0OPS`. */
  readonly key: string;
  readonly conversation: Conversation;
  /** Key of the delivery below which it hangs; it waits until that is posted. */
  readonly parent?: string;
  readonly message: Message;
  /** Counts up with every new wish. */
  readonly revision: number;
  /** The revision that stands there; 0 = not posted. */
  readonly deliveredRevision: number;
  readonly posted?: Posted;
  /** The last post may have arrived: look before posting again. */
  readonly ambiguous: boolean;
  readonly attempts: number;
  /** Not before this epoch millisecond. */
  readonly notBefore: number;
  /** Why it was given up; then it is not tried again until the next wish. */
  readonly givenUp?: string;
}

/** The durable outbox: wishes, not posts, so that many edits become one. */
export interface Deliveries {
  /** Wishes that this message stands there; the same key again edits it. */
  want(
    wish: {
      readonly key: string;
      readonly conversation: Conversation;
      readonly message: Message;
      readonly parent?: string;
    },
    at: number,
  ): Promise<void>;
  /** Not yet delivered, due, and with a posted parent; oldest wish first. */
  pending(platform: string, now: number): Promise<readonly Delivery[]>;
  find(key: string): Promise<Delivery | undefined>;
  /** Copies whose key starts with this. */
  withPrefix(prefix: string): Promise<readonly Delivery[]>;
  /** The delivery that stands at this message. */
  at(posted: Posted): Promise<Delivery | undefined>;
  delivered(key: string, revision: number, posted: Posted | undefined): Promise<void>;
  retryLater(
    key: string,
    later: { readonly notBefore: number; readonly ambiguous: boolean; readonly givenUp?: string },
  ): Promise<void>;
}

/** What the checks last saw. */
export interface CheckStates {
  save(states: readonly CheckState[]): Promise<void>;
  all(): Promise<readonly CheckState[]>;
}

/** Which audit records are wanted, newest first. */
export interface AuditFilter {
  readonly service?: string;
  readonly since?: number;
  /** 1 … 10,000. */
  readonly limit: number;
}

/** The hash-chained audit. */
export interface Audit {
  append(entry: AuditEntry): Promise<AuditRecord>;
  list(filter: AuditFilter): Promise<readonly AuditRecord[]>;
  /** Walks the whole chain; names the first bad record. */
  verify(): Promise<Outcome<{ readonly records: number; readonly head: string }>>;
}

/** Short tokens for lines that do not fit into a button. */
export interface Tokens {
  issue(line: string, at: number): Promise<string>;
  lineOf(token: string): Promise<string | undefined>;
}
