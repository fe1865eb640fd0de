/** What a program can say at `/heartbeats/NAME`: `beat` I am there, `start` I begin, `fail` it went wrong. */
export type BeatKind = 'beat' | 'start' | 'fail';

/** What was heard under one name; times are epoch milliseconds by our clock. */
export interface Heartbeat {
  readonly name: string;
  /** The latest of each kind. */
  readonly beatAt?: number;
  readonly startedAt?: number;
  readonly failedAt?: number;
  /** The first line that came with the latest, redacted. */
  readonly note: string;
  /** When it was first found silent for too long, and nothing came since. */
  readonly lateSince?: number;
}

/** What checks know of heartbeats. */
export interface Heartbeats {
  /** From when on somebody listened without a break, epoch milliseconds. */
  readonly listeningSince: number;
  heard(name: string): Promise<Heartbeat | undefined>;
  /** Remembers that it is silent for too long, so that a restart does not excuse it; nothing where it is known already. */
  noteLate(name: string, at: number): Promise<void>;
}

/** Names under which programs may call: part of an address. */
export const HEARTBEAT_NAME = /^[a-z][a-z0-9-]{0,62}$/;
