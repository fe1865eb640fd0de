import type { Receive } from '../../chat/chat.ts';
import type { ConsoleFeed } from '../../chat/console/feed.ts';
import type { Message } from '../../domain/message.ts';
import type { Outcome } from '../../domain/outcome.ts';
import type { WebLog } from '../errors.ts';
import type { SignIns } from '../sign-ins.ts';

/** Incoming id of a line typed in a terminal; `line` is the id that the terminal gave it. */
export const terminalLineId = (person: string, line: string): string => `terminal:${person}:${line}`;

/** Whether an incoming id is that of a line typed in a terminal. */
export const isOfTerminal = (id: string): boolean => id.startsWith('terminal:');

/** One message of what a line came to; the same key again is the same message, redrawn. */
export interface TrailMessage {
  readonly key: string;
  readonly message: Message;
}

/** What a line came to so far. */
export interface Trail {
  readonly messages: readonly TrailMessage[];
  /** Nothing more comes by itself: answered, refused, or the change ended. */
  readonly isDone: boolean;
  /** The answer is yes: not refused, nothing bad in it, and the change succeeded. */
  readonly isGood: boolean;
}

/** A terminal that wants to speak as somebody, before a person has said yes to it. */
export interface LoginOffer {
  /** What the person types in a chat: `login K7QM-4TXD`. */
  readonly code: string;
  /** What the terminal shows to get its session; whoever has it gets it. */
  readonly ticket: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Terminals that wait for a person's yes. Kept in memory: after a restart one asks again. */
export interface Logins {
  /** `terminal` is said to the person who confirms it: `root@host7`. */
  offer(terminal: string): LoginOffer;
  /** The person who confirmed the ticket's code, once; `waiting` until then, undefined when it is unknown or too late. */
  take(ticket: string): { readonly person: string } | 'waiting' | undefined;
}

/** A copy of the journal that was written, and looked through. */
export interface StoreCopy {
  readonly path: string;
  readonly bytes: number;
  readonly auditRecords: number;
}

/** What the local socket gets from the composition root. */
export interface LocalPorts {
  readonly signIns: SignIns;
  readonly logins: Logins;
  readonly receive: Receive;
  /** Where the console shows what was typed; answers hang below it. */
  readonly feed: ConsoleFeed;
  readonly redact: (text: string) => string;
  /** The name of a person, by key; undefined for somebody who left the configuration. */
  readonly nameOf: (person: string) => string | undefined;
  /** What the line with this incoming id came to; undefined when it never came in. */
  readonly trail: (id: string) => Promise<Trail | undefined>;
  /** Writes a copy of the journal while it is in use. */
  readonly backUp: (path: string) => Promise<Outcome<StoreCopy>>;
  readonly log: WebLog;
}
