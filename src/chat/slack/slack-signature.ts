import { createHmac, timingSafeEqual } from 'node:crypto';
import type { WebhookRequest } from '../chat.ts';

/** Slack says to refuse what is older than five minutes: https://docs.slack.dev/authentication/verifying-requests-from-slack. */
const WINDOW_MS = 5 * 60_000;

/** What a request's signature says; `signature` is unique to its time and body. */
export type Checked =
  | { readonly kind: 'genuine'; readonly signature: string; readonly sentAt: number }
  | { readonly kind: 'refused'; readonly why: string };

const refused = (why: string): Checked => ({ kind: 'refused', why });

const expected = (secret: string, timestamp: string, body: Buffer): Buffer =>
  Buffer.from(`v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`);

/** Whether Slack itself sent this, and now: HMAC over the raw bytes in constant time, five minutes in both directions. */
export const checkSignature = (
  { headers, body }: WebhookRequest,
  secret: string,
  now = Date.now(),
): Checked => {
  const timestamp = headers['x-slack-request-timestamp'] ?? '';
  const given = Buffer.from(headers['x-slack-signature'] ?? '');
  if (!/^\d{1,12}$/.test(timestamp) || given.length === 0) return refused('it is not signed');
  const sentAt = Number(timestamp) * 1000;
  if (sentAt < now - WINDOW_MS) return refused('its signature is older than five minutes');
  if (sentAt > now + WINDOW_MS) return refused('its signature is from the future; check the clock');
  const right = expected(secret, timestamp, body);
  if (given.length !== right.length || !timingSafeEqual(given, right))
    return refused('its signature is wrong');
  return { kind: 'genuine', signature: right.toString(), sentAt };
};

/** Remembers genuine signatures for as long as their time would be believed. */
export class SeenSignatures {
  readonly #until = new Map<string, number>();

  /** True the first time; false when the very same request came before. */
  isNew(signature: string, sentAt: number, now = Date.now()): boolean {
    for (const [old, until] of this.#until) {
      if (until >= now) break;
      this.#until.delete(old);
    }
    if (this.#until.has(signature)) return false;
    this.#until.set(signature, sentAt + WINDOW_MS);
    return true;
  }
}
