import type { Conversation } from '../chat/chat.ts';
import type { AuditEntry } from '../domain/audit-event.ts';
import type { TypedFreeze } from '../domain/freeze.ts';
import type { Lock } from '../domain/lock.ts';

/** Locks, one a component. */
export interface Locks {
  all(): Promise<readonly Lock[]>;
  /** Takes all or none; the first lock in the way is returned. The same holder again is no conflict. */
  take(locks: readonly Lock[], audit: AuditEntry): Promise<Lock | undefined>;
  /** Releases these keys as far as `holder` holds them; returns how many. */
  release(keys: readonly string[], holder: string, audit: AuditEntry): Promise<number>;
  /** Frees what has come to its end by this epoch millisecond, each on record; what was freed. */
  expire(at: number): Promise<readonly Lock[]>;
}

/** A freeze as it is asked for; the journal allots the id. */
export interface FreezeDraft extends Omit<TypedFreeze, 'id' | 'liftedAt'> {
  /** Unique: the incoming id; a second one with it returns the first freeze. */
  readonly requestKey: string;
}

/** Freezes that people typed; those by the calendar are in the configuration. */
export interface Freezes {
  /** The entry gets the new id as its subject. */
  add(draft: FreezeDraft, audit: AuditEntry): Promise<TypedFreeze>;
  find(id: string): Promise<TypedFreeze | undefined>;
  /** Those not lifted that end after this epoch millisecond. */
  standing(at: number): Promise<readonly TypedFreeze[]>;
  /** Undefined when it was lifted before, or is over. */
  lift(id: string, at: number, audit: AuditEntry): Promise<TypedFreeze | undefined>;
}

/** Somebody who wants to be told once when nothing of a subject is locked by others. */
export interface LockWait {
  /** Person key. */
  readonly person: string;
  /** As people type it. */
  readonly subject: string;
  /** Keys of its components. */
  readonly keys: readonly string[];
  /** Where it was asked for. */
  readonly conversation: Conversation;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Key of the delivery that says it; absent as long as it is not free. */
  readonly told?: string;
}

/** Who wants to be told when something is free. */
export interface LockWaits {
  /** The same person and subject again begins anew. */
  add(wait: Omit<LockWait, 'told'>): Promise<void>;
  all(): Promise<readonly LockWait[]>;
  /** Notes by which delivery it is said. */
  told(wait: LockWait, delivery: string): Promise<void>;
  forget(wait: LockWait): Promise<void>;
}

/** What the journal knows of a schedule; both in epoch milliseconds. */
export interface KnownSchedule {
  /** When it was heard of first. */
  readonly since: number;
  /** The latest of its times that was attended to; absent before the first. */
  readonly latestTurn?: number;
}

/** Which schedules are known, and when each had its turn last. */
export interface ScheduleBook {
  /** What is known of it; one that is not known yet is from now on. */
  seen(key: string, at: number): Promise<KnownSchedule>;
  /** One of its times was attended to. */
  had(key: string, turn: number): Promise<void>;
}
