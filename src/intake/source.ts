import type { z } from 'zod';
import type { AlertReading } from '../domain/alert.ts';

/** A request of a sender, as it came in. */
export interface AlertRequest {
  readonly method: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly query: Readonly<Record<string, string>>;
  /** The bytes that were signed. */
  readonly body: Buffer;
  /**
   * What the body says as JSON, or the JSON in the `data` field of a form; undefined where it is neither. Without
   * `__proto__`, at most 100 deep, and without half characters.
   */
  readonly json: unknown;
}

/** A request whose signature is to be checked. */
export interface SignedRequest {
  readonly request: Omit<AlertRequest, 'json'>;
  /** Any of these will do, so that one can be replaced by another without a gap. */
  readonly secrets: readonly string[];
  /** Epoch milliseconds. */
  readonly now: number;
}

/** Reads what one kind of sender says. */
export interface Source {
  /** As `source:` in the configuration calls it. */
  readonly source: string;
  /** One line for the reference. */
  readonly summary: string;
  /** What people paste into the sender, where its body is theirs to write; a template of the sender, as text. */
  readonly template?: string;
  /** Its own settings beside those of every integration; a strictObject. */
  readonly settings?: z.ZodType<object>;
  /**
   * Whether a secret made the signature over the raw bytes, and lately where the time is signed; absent where this sender
   * signs nothing. Compares in constant time.
   */
  readonly isSigned?: (signed: SignedRequest) => boolean;
  /** Undefined for a shape that it does not know, of which the caller makes a generic alert. Never throws. */
  read(request: AlertRequest, settings: unknown): AlertReading | undefined;
}
