import type { Conversation, Posted } from '../chat/chat.ts';
import type { AuditEntry } from '../domain/audit-event.ts';
import type { AttachedFile, Message } from '../domain/message.ts';

/** How urgent a message is, the most urgent first: what wakes somebody, decisions and ends, progress, summaries. */
export const LANES = ['P0', 'decision', 'progress', 'digest'] as const;

/** One lane of the outbox. */
export type Lane = (typeof LANES)[number];

/** That a message is to stand somewhere. */
export interface Wish {
  /** Unique: `C-142 card slack:C0OPS`. */
  readonly key: string;
  readonly conversation: Conversation;
  readonly message: Message;
  /** Key of the delivery below which it hangs; it waits until that is posted or given up. */
  readonly parent?: string;
  /** `progress` when absent. */
  readonly lane?: Lane;
}

/** A message that is to stand somewhere; the outbox brings the platform to it. */
export interface Delivery extends Wish {
  readonly lane: Lane;
  /** Counts up with every new wish. */
  readonly revision: number;
  /** The revision that stands there; 0 = not posted. */
  readonly deliveredRevision: number;
  /** The oldest revision that may stand there when it is found after an ambiguous post. */
  readonly sentRevision: number;
  readonly posted?: Posted;
  /** The last post may have arrived: look before posting again. */
  readonly ambiguous: boolean;
  readonly attempts: number;
  /** Not before this epoch millisecond. */
  readonly notBefore: number;
  /** When the oldest undelivered wish was made, epoch milliseconds. */
  readonly wantedAt: number;
  /** Why it was given up; then it is not tried again until the next wish. */
  readonly givenUp?: string;
  /** Its file, as long as that is not there yet. */
  readonly fileDue?: {
    readonly file: AttachedFile;
    /** The last upload may have arrived. */
    readonly ambiguous: boolean;
  };
}

/** How much may be sent to one place; kept, because a restart gives no platform's patience back. */
export interface Room {
  /** `slack:C0OPS`, or `slack edits` where edits are counted for the whole app. */
  readonly place: string;
  /** By when all sends so far would have been paced out, epoch milliseconds. */
  readonly pacedOut: number;
  /** Until when the platform asked for a rest, epoch milliseconds; 0 = it did not. */
  readonly restUntil: number;
}

/** How a delivery that did not succeed goes on. */
export interface Later {
  /** The revision that was tried; only that one is given up, never a newer wish. */
  readonly revision: number;
  readonly notBefore: number;
  /** Whether it may stand there now; a file's doubt is kept apart from its message's. */
  readonly ambiguous: boolean;
  readonly givenUp?: string;
}

/** The durable outbox: wishes, not posts, so that many edits become one. */
export interface Deliveries {
  /** Wishes that this message stands there; the same key again edits it. What hangs below it lends it its urgency. */
  want(wish: Wish, at: number): Promise<void>;
  /**
   * Wishes those that nobody wished before, and leaves the others as they stand. True, and `audit` is in the same
   * transaction, where all of them are new.
   */
  wantOnce(wishes: readonly Wish[], at: number, audit?: AuditEntry): Promise<boolean>;
  /** Not yet delivered, due, and with a parent that is posted or given up: the first few of each channel, by lane, then oldest wish. */
  pending(platform: string, now: number): Promise<readonly Delivery[]>;
  find(key: string): Promise<Delivery | undefined>;
  /** Copies whose key starts with this. */
  withPrefix(prefix: string): Promise<readonly Delivery[]>;
  /** The delivery that stands at this message. */
  at(posted: Posted): Promise<Delivery | undefined>;
  /** The delivery for which this topic was opened. */
  ofTopic(topic: Conversation): Promise<Delivery | undefined>;
  /**
   * Says that it is sent now and how much room that leaves: a crash from here on makes a post (or a file) ambiguous.
   * Gives it as it stood before, with the newest wish; undefined when nothing of it is due any more.
   */
  claim(key: string, now: number, room: Room): Promise<Delivery | undefined>;
  /** Its topic is there: it is posted in it, and newer wishes stay in it. `ambiguous` = an earlier post may stand outside of it. */
  opened(key: string, topic: Conversation, ambiguous: boolean): Promise<void>;
  delivered(key: string, revision: number, posted: Posted | undefined): Promise<void>;
  /** It was looked for and does not stand there; nor does its file. */
  missing(key: string): Promise<void>;
  /** Its file is there. */
  filed(key: string, file: AttachedFile): Promise<void>;
  /** False when it was to be given up and a newer wish kept it. */
  retryLater(key: string, later: Later): Promise<boolean>;
  /** What it stood in or hung below is gone: it is posted anew, outside of a thread it could not enter. False the second time. */
  lost(key: string): Promise<boolean>;
  /** Urgent, tried in vain (or hanging below what another chat shows), wished before this moment, and not shown by another chat yet. */
  overdue(platform: string, before: number): Promise<readonly Delivery[]>;
  /** Notes which revision another chat shows instead; 0 = none any more. */
  takenOver(key: string, revision: number): Promise<void>;
  /** What another chat showed instead, of the channels where all of that is through (or given up) now. */
  returned(platform: string): Promise<readonly Delivery[]>;
  /** Keeps how much room a place has. */
  keepRoom(room: Room): Promise<void>;
  rooms(): Promise<readonly Room[]>;
}
