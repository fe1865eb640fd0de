import type { Conversation, Incoming } from '../chat/chat.ts';
import type { AuditEntry, AuditRecord } from '../domain/audit-event.ts';
import type { Change, ChangeState, Decision, StepRecord, StepState } from '../domain/change.ts';
import type { Code } from '../domain/code.ts';
import type { Lock } from '../domain/lock.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { CheckState } from '../domain/verdict.ts';
import type { Deliveries } from './deliveries.ts';

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
  readonly accountLinks: AccountLinks;
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
  /** Ids of what is not done and was recorded before this epoch millisecond. */
  pendingBefore(at: number): Promise<readonly string[]>;
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

/** Which changes are wanted, newest first unless said otherwise. */
export interface ChangeFilter {
  readonly states?: readonly ChangeState[];
  readonly service?: string;
  /** Epoch milliseconds of the request. */
  readonly since?: number;
  /** Whoever asked first comes first. */
  readonly oldestFirst?: boolean;
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

/** An account that a person linked, beside those in the configuration. */
export interface AccountLink {
  readonly platform: string;
  readonly account: string;
  /** Person key. */
  readonly person: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** Accounts that people linked themselves: a code shown in one chat is typed in the other. */
export interface AccountLinks {
  /** Offers a code for a person until it expires; an earlier one of theirs stops working. */
  offer(code: string, person: string, expiresAt: number): Promise<void>;
  /** Takes a code from an account and links it; the person, or undefined when the code is wrong or has expired. */
  take(code: string, by: Omit<AccountLink, 'person'>): Promise<string | undefined>;
  all(): Promise<readonly AccountLink[]>;
}

/** Short tokens for lines that do not fit into a button. */
export interface Tokens {
  issue(line: string, at: number): Promise<string>;
  lineOf(token: string): Promise<string | undefined>;
}
