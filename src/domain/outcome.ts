import type { Code } from './code.ts';

/** It happened, and this is what came back. */
export interface Succeeded<T> {
  readonly kind: 'succeeded';
  readonly value: T;
}

/** A word as it was typed, and one that would have worked in its place. */
export interface Correction {
  readonly typed: string;
  readonly meant: string;
}

/** A line that a person may take with one press instead. */
export interface Offer {
  readonly label: string;
  readonly line: string;
}

/** It did not happen, for a reason a person can act on. */
export interface Failed {
  readonly kind: 'failed';
  readonly code: Code;
  /** What was wrong and where, one sentence. */
  readonly message: string;
  /** What to do about it, one sentence. */
  readonly remedy?: string;
  /** What may have been meant, best first; a person can take one with one press. */
  readonly instead?: readonly Correction[];
  /** What to do about it, with one press. */
  readonly offers?: readonly Offer[];
  /** It stands in the audit already, under a better name than that of a line that was refused. */
  readonly isAudited?: true;
}

/** It may or may not have happened: a timed-out or cut-off write is this, never `failed`. */
export interface Unknown {
  readonly kind: 'unknown';
  readonly code: Code;
  readonly message: string;
}

/** The value every expected ending is; a bug throws instead. */
export type Outcome<T> = Succeeded<T> | Failed | Unknown;

/** Wraps a value that was had. */
export const succeeded = <T>(value: T): Succeeded<T> => ({ kind: 'succeeded', value });

/** Says no, with a code, what was wrong and what to do. */
export const failed = (code: Code, message: string, remedy?: string): Failed => ({
  kind: 'failed',
  code,
  message,
  ...(remedy === undefined ? {} : { remedy }),
});

/** Says that nobody knows yet. */
export const unknown = (code: Code, message: string): Unknown => ({ kind: 'unknown', code, message });
