import type { Incoming } from '../chat/chat.ts';
import type { AuditEntry, AuditRecord } from '../domain/audit-event.ts';
import type { Change, StepRecord, StepState } from '../domain/change.ts';
import type { Code } from '../domain/code.ts';
import type { BeatKind, Heartbeat } from '../domain/heartbeat.ts';
import type { Outcome } from '../domain/outcome.ts';
import type { CheckState, Finding } from '../domain/verdict.ts';
import type { IncidentBook } from '../incidents/incident-book.ts';
import type { StatusBook } from '../incidents/status-book.ts';
import type { Backups } from './backup-book.ts';
import type { Changes } from './change-book.ts';
import type { Confirmations } from './confirmations.ts';
import type { Deliveries } from './deliveries.ts';
import type { Freezes, Locks, LockWaits, ScheduleBook } from './lock-books.ts';

/**
 * The only truth: everything that must survive `kill -9`, committed (fsync) before the promise resolves.
 * Every method that alters something takes the audit entry that goes into the same transaction.
 * When the disk is full a write throws {@link StoreError} with `STORE_FULL`, and nothing of it was done.
 */
export interface Journal {
  readonly inbox: Inbox;
  readonly changes: Changes;
  readonly steps: Steps;
  readonly confirmations: Confirmations;
  readonly locks: Locks;
  readonly lockWaits: LockWaits;
  readonly freezes: Freezes;
  readonly schedules: ScheduleBook;
  readonly deliveries: Deliveries;
  readonly checks: CheckStates;
  readonly heartbeats: HeartbeatBook;
  readonly audit: Audit;
  readonly backups: Backups;
  readonly incidents: IncidentBook;
  readonly statusPage: StatusBook;
  readonly tokens: Tokens;
  readonly accountLinks: AccountLinks;
  readonly time: TimeBook;
  /** What was made of a restored copy when it was first opened, from then on; absent for others. */
  readonly restored?: Restored | undefined;
  /** Everybody was told of {@link restored}. */
  restoreTold(): Promise<void>;
  close(): Promise<void>;
}

/** A journal that was restored from a copy of itself; what happened in between is not in it. */
export interface Restored {
  readonly at: number;
  /** Everybody was told. */
  readonly isTold: boolean;
  /** When the copy was made; absent where only the missing audit records show it. */
  readonly copiedAt?: number;
  /** Ids of changes that waited and are void, that were under way and were given up, and whose targets are being asked. */
  readonly voided: readonly string[];
  readonly givenUp: readonly string[];
  readonly unknown: readonly string[];
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

/** Why nothing new can be written, and since when (epoch milliseconds). */
export interface StoreTrouble {
  readonly since: number;
  /** The latest. */
  readonly error: StoreError;
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

/** How a step ended. */
export interface StepEnd {
  readonly state: Exclude<StepState, 'started'>;
  readonly endedAt: number;
  readonly exitCode?: number;
  readonly output?: string;
  /** sha256 (hex) of the whole of what was printed, before redaction, where `output` is not all of it. */
  readonly outputSha256?: { readonly stdout?: string; readonly stderr?: string };
  readonly code?: Code;
  readonly message?: string;
}

/** The guard: facts/engine-faults-threats.md §0.1. */
export interface Steps {
  /**
   * Inserts `started`; false when this attempt at this step exists already, the change does not run, or somebody asked it
   * to stop: then do NOT run it.
   */
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
  /** The step that was begun under this receipt. */
  ofReceipt(receipt: string): Promise<StepRecord | undefined>;
  /** A `started` step whose owner is gone, and which Botswain can go on with as if nothing had been, is this owner's now. */
  adopt(step: Pick<StepRecord, 'change' | 'step' | 'attempt'>, owner: string): Promise<void>;
  /** The `started` steps of a change that this owner carries out no more become `unknown`; `message` says why. */
  lose(lost: {
    readonly change: string;
    readonly owner: string;
    readonly at: number;
    readonly message: string;
  }): Promise<void>;
  /** Every `started` step of another owner becomes `unknown`, and its change too; locks stay. Returns the changes. */
  loseOrphans(owner: string, at: number): Promise<readonly Change[]>;
}

/** What the checks last saw. */
export interface CheckStates {
  save(states: readonly CheckState[]): Promise<void>;
  /** A verdict has turned: saves it, and adds it to the check's history. */
  turned(state: CheckState): Promise<void>;
  /** The latest turns of a check, newest first; of each 100 are kept. */
  history(key: string, limit: number): Promise<readonly Finding[]>;
  all(): Promise<readonly CheckState[]>;
}

/** What was heard of programs that call us, by name. */
export interface HeartbeatBook {
  find(name: string): Promise<Heartbeat | undefined>;
  /** Notes a call; whatever was silent is not any more. */
  note(call: {
    readonly name: string;
    readonly kind: BeatKind;
    readonly at: number;
    readonly note: string;
  }): Promise<void>;
  /** Notes since when it is silent for too long, the first time only. */
  noteLate(name: string, at: number): Promise<void>;
}

/** Which audit records are wanted, newest first. */
export interface AuditFilter {
  readonly service?: string;
  /** Epoch milliseconds. */
  readonly since?: number;
  /** Epoch milliseconds; what was written then does not count any more. */
  readonly until?: number;
  /** Only records before this one, for the next page. */
  readonly before?: number;
  /** 1 … 10,000. */
  readonly limit: number;
}

/** The end of the chain at some time, as it was noted outside of the journal. */
export interface NotedHead {
  /** sha256 in hexadecimal, or its first characters. */
  readonly hash: string;
  readonly sequence?: number;
  /** In words, where it was noted: `audit-heads.log, line 3`. */
  readonly where: string;
}

/** The hash-chained audit. */
export interface Audit {
  append(entry: AuditEntry): Promise<AuditRecord>;
  list(filter: AuditFilter): Promise<readonly AuditRecord[]>;
  /** Walks the whole chain; names the first bad record. Each noted head must be in it. */
  verify(noted?: readonly NotedHead[]): Promise<Outcome<{ readonly records: number; readonly head: string }>>;
  /** What was found wrong when the journal was opened and no person has cleared up yet. */
  doubt(): string | undefined;
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
  /** Whom a code was offered to; undefined when it is wrong or has expired. */
  offeredTo(code: string, at: number): Promise<string | undefined>;
  /**
   * Takes a code from an account and links it, in the place of what the person linked on that platform before; the person,
   * or undefined when the code is wrong or has expired.
   */
  take(code: string, by: Omit<AccountLink, 'person'>): Promise<string | undefined>;
  /** Ends what a person linked, on one platform or everywhere; the links that were. */
  remove(of: {
    readonly person: string;
    readonly platform?: string;
    readonly at: number;
    readonly why?: string;
  }): Promise<readonly AccountLink[]>;
  all(): Promise<readonly AccountLink[]>;
}

/** That the clock was set back, and what was moved along. */
export interface SetBack {
  /** By at least this many milliseconds. */
  readonly byMs: number;
  /** Ids of the changes that wait, whose times were moved. */
  readonly changes: readonly string[];
}

/** What the journal knows of time, so that nothing lasts longer when the clock is set back. */
export interface TimeBook {
  /** What was found at opening: the clock shows less than was seen before. */
  readonly setBackBefore: SetBack | undefined;
  /** Notes a moment that was seen, so that the next boot can compare. */
  saw(at: number): Promise<void>;
  /** When everything that waited at a chat which does not say when something came was taken; undefined before the first time. */
  heard(): Promise<number | undefined>;
  /** Notes {@link heard}. */
  noteHeard(at: number): Promise<void>;
  /** Moves back what waits for a while (approvals, waits of the outbox, sign-ins), in one transaction; `at` is the time from now on. */
  setBack(byMs: number, at: number): Promise<SetBack>;
}

/** Short tokens for lines that do not fit into a button. */
export interface Tokens {
  issue(line: string, at: number): Promise<string>;
  lineOf(token: string): Promise<string | undefined>;
}
