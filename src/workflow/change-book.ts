import type { Conversation } from '../chat/chat.ts';
import type { AuditEntry } from '../domain/audit-event.ts';
import type { BudgetRule, BudgetStanding, Try } from '../domain/budget.ts';
import type { Change, ChangeState, Decision, Review } from '../domain/change.ts';
import type { Code } from '../domain/code.ts';
import type { Lock } from '../domain/lock.ts';

/** A change as it is asked for; the journal allots the id. */
export interface ChangeDraft
  extends Omit<Change, 'id' | 'startedAt' | 'endedAt' | 'cancelledBy' | 'code' | 'ending' | 'review'> {
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
  /** Only those for which the glass was broken and whose review nobody has signed. */
  readonly reviewOpen?: true;
  /** Of those that wait for their time only the ones whose time has come at this epoch millisecond. */
  readonly startsBy?: number;
  /** Only those behind the change with this id, for the next page; with {@link oldestFirst}. */
  readonly after?: string;
  /** Whoever asked first comes first. */
  readonly oldestFirst?: boolean;
  /** At most this many, 1 … 500. */
  readonly limit: number;
}

/** What became of a decision. */
export type DecisionResult =
  | { readonly kind: 'recorded'; readonly change: Change; readonly decisions: readonly Decision[] }
  /** The same person decided the same before; an approval may still become a denial. */
  | { readonly kind: 'already decided'; readonly change: Change; readonly decision: Decision }
  /** It no longer waits, has expired, or stands under another digest. */
  | { readonly kind: 'too late'; readonly change: Change };

type Exhausted = Extract<BudgetStanding, { readonly kind: 'exhausted' }>;

/** What became of a start. */
export type StartResult =
  | { readonly kind: 'started'; readonly change: Change }
  | { readonly kind: 'locked'; readonly lock: Lock }
  /** The budget of this component is used up; nothing was altered. */
  | { readonly kind: 'exhausted'; readonly component: string; readonly standing: Exhausted }
  | { readonly kind: 'gone' };

/** What a decision is counted by. */
export interface DecisionTerms {
  /** Milliseconds that the change may wait for its start once it is approved. */
  readonly startWithinMs: number;
  /** How the change ends, in words for people, where this decision denies it. */
  readonly denial?: string;
  /** Keys of those who may approve by now; absent = everybody who has. */
  readonly approvers?: readonly string[];
}

/** What a start is judged by. */
export interface StartTerms {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Looked at in the same transaction, so that of two changes only one makes the last try. */
  readonly budget?: readonly BudgetRule[];
}

/** Changes and the decisions on them. */
export interface Changes {
  request(
    draft: ChangeDraft,
    ...audits: readonly AuditEntry[]
  ): Promise<{ readonly change: Change; readonly isNew: boolean }>;
  find(id: string): Promise<Change | undefined>;
  /** The change that the line with this incoming id asked for. */
  ofRequest(requestKey: string): Promise<Change | undefined>;
  list(filter: ChangeFilter): Promise<readonly Change[]>;
  originOf(id: string): Promise<Conversation | undefined>;
  decisions(id: string): Promise<readonly Decision[]>;
  /** Compare-and-set; undefined when the change was not in `from`. A final state releases its locks in the same transaction. */
  move(
    id: string,
    from: readonly ChangeState[],
    move: { readonly to: ChangeState; readonly patch: ChangePatch; readonly audit: AuditEntry },
  ): Promise<Change | undefined>;
  /** Takes all locks of its plan's components, counts the try and moves `requested` to `running`, or does nothing. */
  start(id: string, terms: StartTerms, audit: AuditEntry): Promise<StartResult>;
  /** Records a decision; when the tally is complete moves to `requested` (approved, startBy moved to at + startWithinMs) or `denied`. */
  decide(decision: Decision, terms: DecisionTerms, audit: AuditEntry): Promise<DecisionResult>;
  /** Lets the roles of its demand's `escalate` approve as well; undefined when it does not wait any more, or they may already. */
  escalate(id: string, at: number, audit: AuditEntry): Promise<Change | undefined>;
  /** Signs the review of a change that has ended; undefined when it needs none, or has one. */
  review(id: string, review: Review, audit: AuditEntry): Promise<Change | undefined>;
  /** The latest tries of a verb on a component (by its key), newest first. */
  tries(of: { readonly verb: string; readonly component: string }): Promise<readonly Try[]>;
  /** Marks a running, verifying or unknown change to stop before its next step; false when it is in none of these. */
  askToStop(id: string, person: string, audit: AuditEntry): Promise<boolean>;
}
