import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** How old, or how far ahead, a signed time may be; in milliseconds. */
const WINDOW_MS = 5 * 60_000;

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** Whether two texts are the same, in a time that does not say where they differ. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));

/** What was signed and how, and the signatures that were brought. */
export interface Hmac {
  /** Keys of which any will do; an empty one never does. */
  readonly secrets: readonly (string | Buffer)[];
  /** What was signed, one after the other. */
  readonly signed: readonly (string | Buffer)[];
  readonly encoding: 'hex' | 'base64';
  /** The signatures that came with it, bare, of which any may be right. */
  readonly given: readonly string[];
}

/** Most signatures of one request that are looked at: a secret that is replaced makes two. */
const MOST_GIVEN = 8;

/** Whether one of the secrets made one of the signatures: HMAC with SHA-256, compared in constant time. */
export const isHmac = ({ secrets, signed, encoding, given }: Hmac): boolean =>
  secrets
    .filter((secret) => secret.length > 0)
    .some((secret) => {
      const hmac = createHmac('sha256', secret);
      for (const part of signed) hmac.update(part);
      const right = hmac.digest(encoding);
      return given.slice(0, MOST_GIVEN).some((signature) => isSame(right, signature));
    });

/** Whether a signed time, in epoch seconds, is within five minutes of now (epoch milliseconds). */
export const isRecent = (seconds: string | undefined, now: number): boolean =>
  /^\d{1,12}$/.test(seconds ?? '') && Math.abs(Number(seconds) * 1000 - now) <= WINDOW_MS;
